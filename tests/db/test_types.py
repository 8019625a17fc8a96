"""Column types: what goes in comes out, on both databases, and what does not fit is refused."""

import math
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError

from scantrail.db import BOOLEAN, INTEGER, JSON, REAL, TEXT, TIME, UUID, Database, open_database

SAMPLE = sa.Table(
    "sample",
    sa.MetaData(),
    sa.Column("id", INTEGER, primary_key=True),
    sa.Column("text", TEXT),
    sa.Column("real", REAL),
    sa.Column("flag", BOOLEAN),
    sa.Column("document", JSON),
    sa.Column("moment", TIME),
    sa.Column("uid", UUID),
    sqlite_strict=True,
)
ROW = {
    "id": 2**40,
    "text": "Ω 'quoted'; DROP TABLE run; --",
    "real": 1e-12,
    "flag": True,
    "document": {"ids": ["A", "B"], "nested": {"x": [1, 2.5, None, "é"]}},
    "moment": datetime(2025, 1, 31, 9, 0, 0, 123456, UTC),
    "uid": str(uuid4()),
}


@pytest.fixture
def database(any_url: str) -> Database:
    with open_database(any_url) as database:
        with database.write() as connection:
            SAMPLE.create(connection)
        yield database


def insert(database: Database, **values: object) -> None:
    with database.write() as connection:
        connection.execute(SAMPLE.insert().values(id=1, **values))


def test_values_come_back_as_they_were(database: Database) -> None:
    nothing = dict.fromkeys(ROW) | {"id": 1}
    with database.write() as connection:
        connection.execute(SAMPLE.insert(), [ROW, nothing])
    with database.read() as connection:
        rows = connection.execute(sa.select(SAMPLE).order_by(SAMPLE.c.id)).mappings().all()
    assert [dict(row) for row in rows] == [nothing, ROW]
    assert rows[1]["flag"] is True
    assert rows[1]["moment"].tzinfo is UTC


def test_a_moment_of_any_zone_is_kept_in_utc_and_sorts(database: Database) -> None:
    tokyo = datetime(2025, 1, 1, 8, tzinfo=timezone(timedelta(hours=9)))
    with database.write() as connection:
        for number, moment in enumerate([tokyo, datetime(2024, 12, 31, 23, 0, 0, 1, UTC)]):
            connection.execute(SAMPLE.insert().values(id=number, moment=moment))
    with database.read() as connection:
        found = connection.execute(sa.select(SAMPLE.c.moment).order_by(SAMPLE.c.moment)).scalars().all()
        assert found == [tokyo, datetime(2024, 12, 31, 23, 0, 0, 1, UTC)]
        if connection.dialect.name == "sqlite":
            stored = connection.exec_driver_sql("SELECT moment FROM sample ORDER BY id").scalars().first()
            assert stored == "2024-12-31T23:00:00.000000Z"


def test_nothing_is_null_in_the_database_too(database: Database) -> None:
    insert(database, document=None)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sample WHERE document IS NULL").scalar_one() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"flag": "yes"},
        {"flag": 2},
        {"document": {"x": math.nan}},
        {"document": [math.inf]},
        {"document": {1, 2}},
        {"moment": datetime(2025, 1, 1)},
        {"uid": "not a uuid"},
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(database: Database, values: dict[str, object]) -> None:
    with pytest.raises(StatementError):
        insert(database, **values)
    with database.read() as connection:
        assert connection.execute(sa.select(SAMPLE)).all() == []


@pytest.mark.parametrize("column", ["id", "real", "flag"])
def test_strict_refuses_text_where_numbers_belong(file_url: str, column: str) -> None:
    with (
        open_database(file_url) as database,
        pytest.raises(IntegrityError, match=r"cannot store TEXT|datatype mismatch"),
        database.write() as connection,
    ):
        SAMPLE.create(connection)
        connection.exec_driver_sql(f"INSERT INTO sample ({column}) VALUES ('many')")
