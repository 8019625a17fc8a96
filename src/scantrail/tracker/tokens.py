"""Tokens by which scripts are known: made once, kept as a hash alone, each with a scope and an end."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import sqlalchemy as sa

from scantrail.errors import AlreadyExists, InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.change import Change, changing
from scantrail.tracker.store import Database
from scantrail.tracker.texts import name as checked_name

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

Scope = Literal["read", "change"]
COMMAND = "token"
"""Command of the events that tell of tokens; `undo` passes them over, for what was revoked never comes back."""

BYTES = 32
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; never the token itself. `ended`: when it was revoked, None while it was not."""

    name: str
    user: str
    scope: Scope
    made: datetime
    expires: datetime
    ended: datetime | None

    @property
    def holds(self) -> bool:
        """Whether it is accepted now."""
        return self.ended is None and datetime.now(UTC) < self.expires


def new_token(database: Database, name: str, scope: Scope = "read", *, days: float = 90.0) -> str:
    """Make a token and return it, the only time that anybody sees it.

    Raises AlreadyExists for a name that another one has, InputError for a scope or a time that there is not.
    """
    called = checked_name(name, "the name of a token")
    if scope not in get_args(Scope):
        raise InputError(f"the scope {scope!r} is none of {', '.join(get_args(Scope))}")
    if not 0.0 < days <= MOST_DAYS:
        raise InputError(f"a token holds for more than 0 and at most {MOST_DAYS} days; got {days:g}")
    secret = secrets.token_urlsafe(BYTES)
    database.initialize_schema()
    with changing(database, COMMAND) as change:
        if _standing(change.connection, called) is not None:
            raise AlreadyExists(f"there is a token {called!r} already; revoke it, or choose another name")
        expires = change.time + timedelta(days=days)
        row = {"name": called, "scope": scope, "made": change.time, "expires": expires}
        change.put(schema.token, hash=_hash(secret), user=_user(change), **row)
        change.said.append(f"made the token {called} ({scope}, until {expires:%Y-%m-%d})")
    return secret


def list_tokens(database: Database) -> list[Token]:
    """Return every token that was ever made, newest first."""
    with database.read() as connection:
        return [_token(row) for row in connection.execute(sa.select(schema.token).order_by(schema.token.c.made.desc()))]


def revoke_token(database: Database, name: str) -> Token:
    """End a token at once and return what it was. Raises Refused if there is none of this name."""
    with changing(database, COMMAND) as change:
        row = _standing(change.connection, name.strip())
        if row is None:
            raise Refused(f"there is no token {name!r} to revoke")
        change.update(schema.token, row.hash, voided=change.time)
        change.said.append(f"revoked the token {row.name}")
        return _token(row)


def token_of(database: Database, secret: str) -> Token | None:
    """Return the token that this is, if it holds now; else None."""
    with database.read() as connection:
        row = connection.execute(sa.select(schema.token).where(schema.token.c.hash == _hash(secret))).first()
    found = None if row is None else _token(row)
    return found if found is not None and found.holds else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _standing(connection: "Connection", name: str) -> "Row[Any] | None":
    table = schema.token
    return connection.execute(sa.select(table).where(table.c.name == name, table.c.voided.is_(None))).first()


def _user(change: Change) -> str:
    """Return the user who is logged in, known from the first token on."""
    table = schema.user
    if change.connection.execute(sa.select(table.c.name).where(table.c.name == change.login)).first() is None:
        change.put(table, name=change.login, role="admin", made=change.time)
    return change.login


def _token(row: "Row[Any]") -> Token:
    found = row._mapping
    return Token(
        found["name"], found["user"], cast(Scope, found["scope"]), found["made"], found["expires"], found["voided"]
    )
