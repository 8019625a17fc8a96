"""Migrations: the same tables as the rooms declare, by themselves, once, after a backup, and whole or not at all."""

import importlib
import pkgutil
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sample_databases import python
from sqlalchemy.exc import IntegrityError

import scantrail
from scantrail.db import metadata, migrate, open_database, sqlite_path
from scantrail.errors import DatabaseError

HEAD = migrate.HEAD
NEXT = f"{int(HEAD) + 1:04}"
STEP = f'''
"""A later step: a table that refers to runs."""
from scantrail.db.migrations.ddl import execute
revision = "{NEXT}"
down_revision = "{HEAD}"
def upgrade():
    execute("""
        CREATE TABLE note (run <uuid> NOT NULL REFERENCES run (uid), text <text> CHECK (text <> '%s :x')) <strict>
    """)
'''
RUN = (
    "INSERT INTO run (uid, number, kind, status, points, started, operator, host, components, directory, reason)"
    " VALUES ('00000000-0000-0000-0000-000000000001', 1, 'k', 'success', 0, '2025-01-01T00:00:00Z', '', '', '[]',"
    " '/x', '')"
)


def script_directory() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    return ScriptDirectory.from_config(config)


def test_head_is_the_newest_migration_and_versions_are_in_order() -> None:
    revisions = [script.revision for script in script_directory().walk_revisions()]
    assert revisions[0] == migrate.HEAD
    assert revisions == [f"{number:04}" for number in range(len(revisions), 0, -1)]


def import_every_table() -> None:
    for module in pkgutil.walk_packages(scantrail.__path__, "scantrail."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            source = importlib.util.find_spec(module.name)
            if source and source.origin and "metadata" in Path(source.origin).read_text():
                importlib.import_module(module.name)


def shape(connection: sa.Connection) -> dict[str, object]:
    """All that the inspector sees: columns, types, keys and indices of each table."""
    inspector = sa.inspect(connection)
    return {
        table: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(table)
            ],
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(map(str, inspector.get_foreign_keys(table))),
            "unique": sorted(str(unique["column_names"]) for unique in inspector.get_unique_constraints(table)),
            "indices": sorted(
                (str(index["name"]), str(index["column_names"]), bool(index["unique"]))
                for index in inspector.get_indexes(table)
            ),
            "strict": inspector.get_table_options(table).get("sqlite_strict"),
        }
        for table in inspector.get_table_names()
        if table != migrate.VERSION_TABLE
    }


def test_the_migrated_schema_is_the_declared_one(any_url: str) -> None:
    import_every_table()
    with open_database(any_url) as database:
        with database.read() as connection:
            migrated = shape(connection)
        with database.write() as connection:
            metadata.drop_all(connection)
            metadata.create_all(connection)
        with database.read() as connection:
            declared = shape(connection)
    assert "run" in migrated
    assert migrated == declared


def test_a_table_that_is_not_declared_would_be_seen(any_url: str) -> None:
    with open_database(any_url) as database, database.write() as connection:
        before = shape(connection)
        connection.exec_driver_sql("ALTER TABLE run ADD COLUMN forgotten TEXT")
        assert shape(connection) != before


def test_no_trigger_is_lost_on_the_way(any_url: str) -> None:
    text = "\n".join(path.read_text() for path in (migrate.SCRIPTS / "versions").glob("v*.py"))
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with open_database(any_url) as database, database.read() as connection:
        triggers = set(connection.exec_driver_sql(asked[connection.dialect.name]).scalars())
    assert len(triggers) == 40, sorted(triggers)
    assert {"event_written", "event_kept", "event_chained", "assembly_cycle_insert", "installation_opens"} <= triggers
    assert all(re.sub("_(insert|update|kept|written)$|_[ab]_(insert|update)$", "", name) in text for name in triggers)


# --- one step further -------------------------------------------------------------------------------------------------


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`later(more)`: from here on this is a Scantrail with one more migration, with `more` as its last lines."""

    def install(more: str = "") -> None:
        scripts = tmp_path / "migrations, 100 %"
        shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        (scripts / "versions" / "v_next.py").write_text(STEP + more)
        monkeypatch.setattr(migrate, "SCRIPTS", scripts)
        monkeypatch.setattr(migrate, "HEAD", NEXT)

    return install


def fill(url: str) -> None:
    """Make a database of this version with one run in it."""
    with open_database(url) as database, database.write() as connection:
        connection.exec_driver_sql(RUN)


def tables(path: Path) -> tuple[str, set[str], int]:
    """Version, tables and number of runs of a file."""
    with closing(sqlite3.connect(path)) as plain:
        version = plain.execute(f"SELECT version_num FROM {migrate.VERSION_TABLE}").fetchone()[0]
        names = {name for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return version, names - {migrate.VERSION_TABLE}, plain.execute("SELECT count(*) FROM run").fetchone()[0]


def test_an_older_database_is_brought_up_and_keeps_its_rows(any_url: str, later: Callable[..., None]) -> None:
    fill(any_url)
    later()
    with open_database(any_url) as database:
        with database.read() as connection:
            assert {"note", "run"} <= set(sa.inspect(connection).get_table_names())
            assert connection.exec_driver_sql("SELECT count(*) FROM run").scalar_one() == 1
        with pytest.raises(IntegrityError), database.write() as connection:
            connection.exec_driver_sql("INSERT INTO note VALUES ('00000000-0000-0000-0000-000000000009', '')")


def test_a_file_is_copied_before_it_is_migrated(file_url: str, file: Path, later: Callable[..., None]) -> None:
    fill(file_url)
    later()
    open_database(file_url).close()
    (backup,) = file.parent.glob(f"scantrail-before-{NEXT}-*Z.db")
    assert tables(backup)[0] == HEAD
    assert tables(backup)[2] == 1
    assert "note" not in tables(backup)[1]
    assert tables(file)[0] == NEXT
    open_database(file_url).close()
    assert sorted(entry.name for entry in file.parent.iterdir() if entry.is_file()) == sorted([backup.name, file.name])


def test_a_new_file_needs_no_copy(file_url: str, file: Path) -> None:
    open_database(file_url).close()
    assert list(file.parent.iterdir()) == [file]


def test_a_migration_that_fails_changes_nothing(
    any_url: str, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(any_url)
    later("    execute('INSERT INTO none_of_this_name VALUES (1)')")
    with pytest.raises(DatabaseError, match="none_of_this_name"):
        open_database(any_url)
    monkeypatch.setattr(migrate, "HEAD", HEAD)
    with open_database(any_url) as database, database.read() as connection:
        assert "note" not in sa.inspect(connection).get_table_names()
        assert connection.exec_driver_sql("SELECT count(*) FROM run").scalar_one() == 1


def test_a_migration_that_breaks_a_reference_changes_nothing(
    file_url: str, file: Path, later: Callable[..., None]
) -> None:
    fill(file_url)
    before = tables(file)
    later("    execute(\"INSERT INTO note VALUES ('00000000-0000-0000-0000-000000000009', '')\")")
    with pytest.raises(DatabaseError, match="a row of note would refer to nothing in run"):
        open_database(file_url)
    assert tables(file) == before


def test_without_room_for_a_copy_nothing_is_migrated(
    file_url: str, file: Path, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    fill(file_url)
    before = tables(file)
    later()
    monkeypatch.setattr(migrate, "copy_online", full)
    with pytest.raises(DatabaseError, match=r"was not migrated: no backup .*No space left"):
        open_database(file_url)
    assert tables(file) == before


# --- other processes --------------------------------------------------------------------------------------------------

OPENER = """
import sys
from scantrail.db import open_database
sys.stdin.readline()
open_database(sys.argv[1]).close()
print("alembic" in sys.modules)
"""


def test_processes_that_make_the_same_database_at_once(any_url: str) -> None:
    openers = [python(OPENER, any_url) for _ in range(4)]
    for opener in openers:
        opener.stdin.write("go\n")
        opener.stdin.flush()
    said = [opener.communicate(timeout=30) for opener in openers]
    assert [errors for _, errors in said] == [""] * 4
    with open_database(any_url) as database, database.read() as connection:
        versions = connection.exec_driver_sql(f"SELECT version_num FROM {migrate.VERSION_TABLE}").scalars().all()
    assert versions == [HEAD]
    path = sqlite_path(any_url)
    assert path is None or list(path.parent.iterdir()) == [path]


def test_a_database_of_this_version_costs_no_alembic(file_url: str) -> None:
    open_database(file_url).close()
    with python(OPENER, file_url) as opener:
        assert opener.communicate("go\n", timeout=30) == ("False\n", "")


def test_the_place_of_a_database_costs_no_sqlalchemy() -> None:
    code = "import sys; from scantrail.db import database_url, render; print('sqlalchemy' in sys.modules)"
    with python(code) as asker:
        assert asker.communicate(timeout=30) == ("False\n", "")
