"""The address of another database on the same PostgreSQL server."""

from urllib.parse import urlencode

from psycopg.conninfo import conninfo_to_dict


def address_of(url: str, database: str) -> str:
    """Return ``url`` with another database's name; everything else stays."""
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    parts["dbname"] = database
    return f"postgresql:///?{urlencode(parts)}"
