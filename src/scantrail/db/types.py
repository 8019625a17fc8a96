"""Column types that mean the same in SQLite's STRICT tables and in PostgreSQL.

STRICT knows INTEGER, REAL, TEXT, BLOB and ANY alone. Each type of a table is one of these constants, and its twin in
the migrations is the word of the same name (`scantrail.db.migrations.ddl`).
"""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = sa.MetaData()
"""Every table of the one database; a room adds its own on import."""


class _Boolean(TypeDecorator[bool]):
    """True and False as 1 and 0 in SQLite."""

    impl = sa.Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Integer() if dialect.name == "sqlite" else sa.Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> bool | None:
        if value is not None and not isinstance(value, bool):
            raise ValueError(f"{value!r} is neither true nor false")
        return value

    def process_result_value(self, value: object, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class _Json(TypeDecorator[Any]):
    """A JSON value, as text in SQLite; None is SQL's NULL. NaN and infinities are refused: they are not JSON."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        from sqlalchemy.dialects.postgresql import JSONB  # 20 ms that a command on a file does not pay

        return dialect.type_descriptor(JSONB(none_as_null=True))

    def process_bind_param(self, value: object, dialect: Dialect) -> object:
        if value is None:
            return None
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        return text if dialect.name == "sqlite" else value

    def process_result_value(self, value: object, dialect: Dialect) -> object:
        return json.loads(value) if dialect.name == "sqlite" and isinstance(value, str) else value


class _Time(TypeDecorator[datetime]):
    """A moment, always aware, always UTC; in SQLite text of one width (`2025-01-31T09:00:00.000000Z`), so it sorts."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone, so it is no moment")
        moment = value.astimezone(UTC)
        return (
            f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z" if dialect.name == "sqlite" else moment
        )

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


class _Uuid(TypeDecorator[str]):
    """A uuid as its canonical text."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else sa.Uuid(as_uuid=False))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(uuid.UUID(value))


TEXT = sa.Text()
INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REAL: TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")
BOOLEAN = _Boolean()
JSON = _Json()
TIME = _Time()
UUID = _Uuid()
