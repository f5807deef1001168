"""Pure parts: shapes, columns, randomisation and identifiers; nothing here knows Django."""
