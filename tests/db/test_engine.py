"""Transactions: whole or nothing, one writer at a time, and a file that is complete when nobody is at work."""

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sample_databases import python
from sqlalchemy.exc import IntegrityError

from scantrail.db import Database, database_url, open_database
from scantrail.errors import DatabaseError

INSERT = (
    "INSERT INTO run (uid, number, kind, status, points, started, operator, host, components, directory, reason)"
    " VALUES ('{uid}', {number}, 'serial', 'success', 0, '2025-01-01T00:00:00Z', '', '', '[]', '/x', '')"
)


def insert(connection: sa.Connection, number: int) -> None:
    connection.exec_driver_sql(INSERT.format(uid=f"00000000-0000-0000-0000-{abs(number):012}", number=number))


def numbers(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.exec_driver_sql("SELECT number FROM run ORDER BY number").scalars())


def test_a_block_that_raises_changes_nothing(any_url: str) -> None:
    with open_database(any_url) as database:
        with database.write() as connection:
            insert(connection, 1)
        with pytest.raises(RuntimeError), database.write() as connection:
            insert(connection, 2)
            raise RuntimeError
        assert numbers(database) == [1]


def test_what_was_written_is_there_when_it_is_opened_again(any_url: str) -> None:
    with open_database(any_url) as database, database.write() as connection:
        insert(connection, 7)
    with open_database(any_url) as database:
        assert numbers(database) == [7]


def test_reading_sees_one_state_while_another_writes(any_url: str) -> None:
    with open_database(any_url) as database, database.read() as reading:
        count = "SELECT count(*) FROM run"
        assert reading.exec_driver_sql(count).scalar_one() == 0
        with database.write() as connection:
            insert(connection, 1)
        assert reading.exec_driver_sql(count).scalar_one() == 0
    with open_database(any_url) as database:
        assert numbers(database) == [1]


def test_reading_may_not_write(any_url: str) -> None:
    with open_database(any_url) as database:
        with pytest.raises(DatabaseError, match=r"read.?only"), database.read() as connection:
            insert(connection, 1)
        with database.write() as connection:
            insert(connection, 2)
        assert numbers(database) == [2]


def test_a_refused_row_stays_an_integrity_error(any_url: str) -> None:
    with open_database(any_url) as database:
        for number in (0, -1):
            with pytest.raises(IntegrityError), database.write() as connection:
                insert(connection, number)
        assert numbers(database) == []


def test_nothing_shows_the_password(any_url: str) -> None:
    password = sa.make_url(any_url).password
    with open_database(any_url) as database:
        assert database.name in any_url or password
        assert password is None or password not in f"{database!r} {database.name}"


def test_the_settings_that_keep_data(file_url: str) -> None:
    with open_database(file_url) as database, database.write() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_the_file_alone_is_complete_after_closing(file_url: str, file: Path, tmp_path: Path) -> None:
    with open_database(file_url) as database:
        with database.write() as connection:
            insert(connection, 1)
        assert [entry.name for entry in tmp_path.iterdir() if entry.name.endswith("-wal")] == ["scantrail.db-wal"]
    assert [entry for entry in tmp_path.iterdir() if entry.is_file()] == [file]
    copy = shutil.copy(file, tmp_path / "copy.db")
    with open_database(database_url(str(copy), None)) as database:
        assert numbers(database) == [1]


def test_the_log_is_brought_in_though_another_keeps_the_file_open(file_url: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as idle, open_database(file_url) as database:
        with database.write() as connection:
            insert(connection, 1)
        idle.execute("SELECT 1 FROM run").fetchall()
        database.close()
        assert Path(f"{file}-wal").stat().st_size == 0


def test_closing_waits_for_nobody(file_url: str, file: Path) -> None:
    with open_database(file_url) as database, closing(sqlite3.connect(file, isolation_level=None)) as reader:
        with database.write() as connection:
            insert(connection, 1)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM run").fetchall()
        with database.write() as connection:
            insert(connection, 2)
        database.close()
    assert not Path(f"{file}-wal").exists()


def test_missing_parent_directories_are_made(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "new.db"
    open_database(database_url(str(file), None)).close()
    assert file.exists()


WRITER = """
import sys
from scantrail.db import open_database
with open_database(sys.argv[1]) as database:
    for step in range(10**6):
        with database.write() as connection:
            uid = f"00000000-0000-0000-0000-{step:012}"
            for half in "ab":
                connection.exec_driver_sql(
                    "INSERT INTO run (uid, number, kind, status, points, started, operator, host, components, "
                    f"directory, reason) VALUES ('{half}{uid[1:]}', {step + 1}, 'k', 'success', 0, "
                    "'2025-01-01T00:00:00Z', '', '', '[]', '/x', '')"
                )
        print(step, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 7, 40])
def test_a_killed_writer_leaves_whole_transactions(file_url: str, file: Path, lines: int) -> None:
    with python(WRITER, file_url) as writer:
        said = [writer.stdout.readline() for _ in range(lines)]
        os.kill(writer.pid, signal.SIGKILL)
        said += writer.stdout.readlines()
    confirmed = sum(line.endswith("\n") for line in said)
    with open_database(file_url) as database:
        with database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        kept = numbers(database)
    assert kept[::2] == kept[1::2]  # both rows of a transaction, or neither
    assert len(kept) // 2 in {confirmed, confirmed + 1}
    assert not Path(f"{file}-wal").exists()
