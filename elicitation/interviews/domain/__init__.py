"""Pure rules of interviews: no database, no network, no framework."""
