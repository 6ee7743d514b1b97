"""What the site asks of its database, beneath whatever ``DATABASE_URL`` asks for: the address always wins."""

from typing import Any

# Without IMMEDIATE two thirds of contended read-then-write transactions fail with 'database is locked'.
SQLITE = {"transaction_mode": "IMMEDIATE", "timeout": 20}
SQLITE_START = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"

# A host that does not answer, or a cable that was cut, must not hold a web or worker thread for ever.
POSTGRES = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
# Our queries are many and short: compiling one takes longer (a second, of a first page) than it saves.
POSTGRES_START = "-c lock_timeout=3s -c statement_timeout=30s -c jit=off"


def with_defaults(database: dict[str, Any]) -> dict[str, Any]:
    """Django's entry of a database, from the one that ``DATABASE_URL`` gave, with the site's settings where it is mute.

    Statements and ``-c`` switches are joined, the address's after ours: the later of two wins.
    """
    asked = database.get("OPTIONS", {})
    if database["ENGINE"] == "django.db.backends.sqlite3":
        start = f"{SQLITE_START} {asked.get('init_command', '')}".strip()
        return database | {"OPTIONS": SQLITE | asked | {"init_command": start}}
    start = f"{POSTGRES_START} {asked.get('options', '')}".strip()
    kept = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}  # connections are kept, and looked at before use
    return kept | database | {"OPTIONS": POSTGRES | asked | {"options": start}}
