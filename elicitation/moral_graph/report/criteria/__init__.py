"""The six criteria of the method, measured on a study's own rows."""
