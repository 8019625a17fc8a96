"""Tokens of scripts: kept as hashes, each with a scope and an end."""

import hashlib

import pytest
import sqlalchemy as sa

from scantrail.errors import AlreadyExists, InputError, Refused
from scantrail.tracker import list_tokens, new_token, revoke_token, token_of


def test_a_token_is_kept_as_its_hash_alone(db):
    secret = new_token(db, "daq", "change", days=1)
    assert len(secret) >= 43  # 32 bytes in base 64
    with db.read() as connection:
        row = connection.execute(sa.text("SELECT * FROM token")).one()
    assert row.hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(row)
    found = token_of(db, secret)
    assert (found.name, found.scope, found.holds) == ("daq", "change", True)


def test_a_token_that_is_unknown_revoked_or_old_is_none(db):
    secret, short = new_token(db, "daq"), new_token(db, "short", days=1e-9)
    assert token_of(db, secret[:-1]) is None
    assert token_of(db, "") is None
    assert token_of(db, "\udcff") is None
    assert token_of(db, short) is None
    assert revoke_token(db, "daq").name == "daq"
    assert token_of(db, secret) is None
    assert new_token(db, "daq") != secret  # the name is free again
    assert [token.name for token in list_tokens(db)] == ["daq", "short", "daq"]


def test_what_is_no_token_is_refused(db):
    new_token(db, "daq")
    with pytest.raises(AlreadyExists, match="'daq' already"):
        new_token(db, "daq")
    with pytest.raises(Refused, match="no token 'other'"):
        revoke_token(db, "other")
    for name, scope, days in (
        ("", "read", 1),
        ("a", "admin", 1),
        ("a", "read", 0),
        ("a", "read", 1e9),
        ("a\nb", "read", 1),
    ):
        with pytest.raises(InputError):
            new_token(db, name, scope, days=days)
