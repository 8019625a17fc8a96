"""The rules that a database keeps by itself, against those that this program's migrations make."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from scantrail.db.engine import open_database
from scantrail.db.location import database_url

Rules = dict[tuple[str, str], str]
"""Kind and name -> how it was made."""

_OF_FILE = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND sql IS NOT NULL"
_OF_SERVER = """
    SELECT 'trigger', t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND n.nspname = current_schema()
    UNION ALL SELECT 'index', indexname FROM pg_indexes WHERE schemaname = current_schema()
    UNION ALL SELECT 'table', tablename FROM pg_tables WHERE schemaname = current_schema()
"""


def altered_rules(connection: Connection) -> Iterator[str]:
    """Yield each table, index and trigger that is missing or was altered, and each trigger that was added.

    What somebody adds besides, such as an index, breaks nothing. Of a server only the names are compared.
    """
    wanted = _as_made()
    if connection.dialect.name == "sqlite":
        found = _of_file(connection)
    else:
        found = {(kind, name): wanted.get((kind, name), "") for kind, name in connection.exec_driver_sql(_OF_SERVER)}
    for kind, name in sorted(wanted):
        if (kind, name) not in found:
            yield f"the {kind} {name} of the database is missing"
        elif found[kind, name] != wanted[kind, name]:
            yield f"the {kind} {name} of the database was altered"
    for kind, name in sorted(set(found) - set(wanted)):
        if kind == "trigger":
            yield f"the {kind} {name} of the database was added"


def _as_made() -> Rules:
    with (
        tempfile.TemporaryDirectory(prefix="scantrail-") as place,
        open_database(database_url(str(Path(place) / "rules.db"), None)) as fresh,
        fresh.read() as connection,
    ):
        return _of_file(connection)


def _of_file(connection: Connection) -> Rules:
    return {(kind, name): sql for kind, name, sql in connection.exec_driver_sql(_OF_FILE)}
