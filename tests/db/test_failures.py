"""A database that cannot be used: one sentence that names it and says why."""

import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sample_databases import locked

from scantrail.db import database_url, open_database, sqlite_path
from scantrail.db.failures import explained
from scantrail.errors import DatabaseError, InputError

NOBODY = 65534


def refusal(url: str, timeout: float = 0.2) -> str:
    with pytest.raises(DatabaseError) as caught:
        open_database(url, timeout=timeout)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.fixture
def plain_user() -> Iterator[Path]:
    """A place of root's own that everybody may read, seen by a user who is not root."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        open_database(database_url(str(place / "scantrail.db"), None)).close()
        (place / "scantrail.db").chmod(0o444)
        if os.geteuid() == 0:
            os.seteuid(NOBODY)
            yield place
            os.seteuid(0)
        else:
            place.chmod(0o555)
            yield place
            place.chmod(0o755)


def test_locked_says_how_long_it_waited(file_url: str, file: Path) -> None:
    with open_database(file_url, timeout=0.2) as database, locked(file):
        waited = r"is locked by another process \(waited 0\.2 s\)"
        with pytest.raises(DatabaseError, match=waited), database.write():
            pytest.fail("two writers at once")
        with database.read() as connection:  # reading never waits
            assert connection.exec_driver_sql("SELECT count(*) FROM run").scalar_one() == 0


def test_locked_while_it_is_empty(file_url: str, file: Path) -> None:
    with locked(file):
        assert "is locked by another process" in refusal(file_url)
    open_database(file_url).close()


def test_locked_on_postgresql(any_url: str) -> None:
    with open_database(any_url, timeout=0.2) as database, database.write() as first:
        if first.dialect.name == "postgresql":
            first.exec_driver_sql("LOCK TABLE run")
        with pytest.raises(DatabaseError, match="is locked by another process"), database.write() as second:
            second.exec_driver_sql("DELETE FROM run")


def test_a_directory_is_no_database(tmp_path: Path) -> None:
    assert f"{tmp_path} is a directory" in refusal(database_url(str(tmp_path), None))


def test_a_parent_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("")
    assert "cannot be made" in refusal(database_url(str(tmp_path / "notes" / "x.db"), None))


def test_a_file_of_something_else(file: Path, file_url: str) -> None:
    file.write_text("not a database at all, but long enough to be read as one" * 50)
    assert f"{file} is not an SQLite database" in refusal(file_url)


def test_a_damaged_file(file: Path, file_url: str) -> None:
    open_database(file_url).close()
    content = bytearray(file.read_bytes())
    content[4096:] = b"\x99" * (len(content) - 4096)
    file.write_bytes(content)
    assert "damaged" in refusal(file_url)


def test_a_damaged_table_is_found_on_reading(file: Path, file_url: str) -> None:
    open_database(file_url).close()
    with closing(sqlite3.connect(file)) as plain:
        page = plain.execute("SELECT rootpage FROM sqlite_master WHERE name = 'run'").fetchone()[0]
    content = bytearray(file.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\x99" * 4096
    file.write_bytes(content)
    damaged = pytest.raises(DatabaseError, match="damaged")
    with open_database(file_url) as database, damaged, database.read() as connection:
        connection.exec_driver_sql("SELECT * FROM run").all()


def test_a_file_that_may_not_be_written(plain_user: Path) -> None:
    url = database_url(str(plain_user / "scantrail.db"), None)
    try:
        with open_database(url, timeout=0.2) as database, database.write() as connection:
            connection.exec_driver_sql("DELETE FROM run")
    except DatabaseError as error:
        assert "scantrail.db cannot be" in str(error)
        assert "permission" in str(error) or "may not write" in str(error)
    else:
        pytest.fail("written without permission")


def test_a_log_that_cannot_be_kept_beside_the_file(plain_user: Path) -> None:
    """SQLite writes beside a file even to read it; the sentence must not send anybody to the file's permissions."""
    message = refusal(database_url(str(plain_user / "scantrail.db"), None))
    assert f"even for reading, its log is kept beside it, and this user may not write in {plain_user}" in message


@pytest.mark.parametrize(("free", "words"), [(0, "the disk is full"), (1 << 30, "disk I/O error")])
def test_a_log_that_finds_no_room(free: int, words: str, file: Path, file_url: str, monkeypatch) -> None:
    """SQLite calls it an input/output error when its log's index cannot grow."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    monkeypatch.setattr("shutil.disk_usage", lambda place: SimpleNamespace(free=free))
    with pytest.raises(DatabaseError, match=words), explained(file_url, 1.0):
        raise error


def test_a_place_that_may_not_be_written(plain_user: Path) -> None:
    assert "this user may not write" in refusal(database_url(str(plain_user / "other.db"), None))
    assert "Permission denied" in refusal(database_url(str(plain_user / "below" / "other.db"), None))


def test_the_old_trackers_file_is_left_alone(file: Path, file_url: str) -> None:
    with closing(sqlite3.connect(file)) as old:
        for table in ("components", "installation_history", "test_results", "connections", "maintenance_log"):
            old.execute(f"CREATE TABLE {table} (id TEXT PRIMARY KEY)")
        old.commit()
    before = file.read_bytes()
    message = refusal(file_url)
    assert f'"svt adopt {file}"' in message
    assert "hps-svt-tracker" in message
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_another_programs_tables_are_left_alone(any_url: str) -> None:
    path = sqlite_path(any_url)
    if path is not None:
        path.parent.mkdir()
    engine = sa.create_engine(any_url)
    with engine.begin() as connection:
        for name in "abcd":
            connection.exec_driver_sql(f"CREATE TABLE {name} (x INTEGER)")
    engine.dispose()
    assert "holds another program's tables (a, b, c, …)" in refusal(any_url)


def test_a_newer_schema_is_left_alone(any_url: str) -> None:
    with open_database(any_url) as database, database.write() as connection:
        connection.exec_driver_sql("UPDATE scantrail_version SET version_num = '9999'")
    assert "is of a newer Scantrail (schema 9999" in refusal(any_url)


def test_an_unreachable_server_and_a_wrong_password(postgres_url: str) -> None:
    url = database_url(postgres_url, None)
    password = url.partition("@")[0].rpartition(":")[2]
    wrong = url.replace(password, "s3cret")
    nowhere = database_url("postgresql://u:s3cret@127.0.0.1:1/x", None)
    assert "authentication failed" in refusal(wrong)
    assert "refused" in refusal(nowhere)
    assert "does not exist" in refusal(url.rpartition("/")[0] + "/none_of_this_name")
    for broken in (wrong, nowhere):
        assert "s3cret" not in refusal(broken)


def test_a_url_that_cannot_be_understood() -> None:
    with pytest.raises(InputError, match=r"postgresql\+psycopg://u:\*\*\*@host:port/x cannot be understood"):
        open_database(database_url("postgresql://u:s3cret@host:port/x", None))


def test_an_sqlite_without_strict_tables(file_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    assert "SQLite 3.37 or newer is needed" in refusal(file_url)


def test_a_server_without_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert 'pip install "scantrail[postgres]"' in refusal(database_url("postgresql://u@h/x", None))
