"""Pure arithmetic of moral graphs: votes in, graphs out; no database, no web, no models."""
