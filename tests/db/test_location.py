"""Which database is meant, and what a message may say of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from scantrail.db import database_url, render, sqlite_path
from scantrail.errors import InputError

NAMES = st.text(st.characters(exclude_characters="\0/~", exclude_categories=["Cs"]), min_size=1).filter(
    lambda name: name not in {".", ".."}
)


def test_the_option_wins_then_the_environment_then_the_station(monkeypatch: pytest.MonkeyPatch) -> None:
    default = Path.home() / ".hps_svt_tracker" / "svt_components.db"
    assert sqlite_path(database_url(None, None)) == default
    assert sqlite_path(database_url(None, "/station.db")) == Path("/station.db")
    monkeypatch.setenv("SVT_DB", "/svt.db")
    assert sqlite_path(database_url(None, "/station.db")) == Path("/svt.db")
    monkeypatch.setenv("SCANTRAIL_DB", "/scantrail.db")
    assert sqlite_path(database_url(None, "/station.db")) == Path("/scantrail.db")
    assert sqlite_path(database_url("/option.db", "/station.db")) == Path("/option.db")


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCANTRAIL_DB", "")
    assert sqlite_path(database_url(None, "/station.db")) == Path("/station.db")


@pytest.mark.parametrize(
    ("given_text", "path"),
    [
        ("~/x.db", Path("~/x.db")),
        ("x.db", Path("x.db").absolute()),
        ("sqlite:///x.db", Path("x.db").absolute()),
        ("sqlite:////a/b%20c.db", Path("/a/b c.db")),
        ("sqlite+pysqlite:////a/b.db", Path("/a/b.db")),
        ("SQLite:////a/b.db", Path("/a/b.db")),
    ],
)
def test_a_path_and_a_url_name_the_same_file(given_text: str, path: Path) -> None:
    url = database_url(given_text, None)
    assert sqlite_path(url) == path.expanduser()
    assert render(url) == str(path.expanduser())


@given(NAMES)
def test_any_file_name_survives(name: str) -> None:
    url = database_url(f"/data/{name}", None)
    assert sqlite_path(url) == Path(f"/data/{name}")
    assert make_url(url).database == f"/data/{name}"
    assert database_url(url, None) == url


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_is_reached_through_psycopg_and_its_password_is_not_shown(scheme: str) -> None:
    url = database_url(f"{scheme}://tracker:s3cr%40t@host:5433/svt?sslmode=require", None)
    assert make_url(url).drivername == "postgresql+psycopg"
    assert make_url(url).password == "s3cr@t"
    assert sqlite_path(url) is None
    assert render(url) == "postgresql+psycopg://tracker:***@host:5433/svt?sslmode=require"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("mysql://u:s3cret@h/d", r"mysql://u:\*\*\*@h/d is neither a path nor"),
        ("sqlite://", "names a host|in memory"),
        ("sqlite:///", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        (":memory:", "in memory"),
        ("sqlite://x.db", "three slashes, sqlite:///x.db"),
        ("sqlite:////x.db?mode=ro", "leave them out"),
        ("~nobody-of-this-name/x.db", "home directory that is not known"),
    ],
)
def test_what_is_no_database_is_refused(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        database_url(text, None)
    assert "s3cret" not in str(caught.value)
