from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_databases import KINDS, fresh_database

from scantrail.db import database_url


@pytest.fixture(params=KINDS)
def any_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of an empty database, of SQLite and of PostgreSQL in turn."""
    with fresh_database(request.param, request) as url:
        yield url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where an SQLite database may be made."""
    return tmp_path / "scantrail.db"


@pytest.fixture
def file_url(file: Path) -> str:
    return database_url(str(file), None)
