from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_databases import KINDS, fresh_database

from scantrail.tracker import Component, Database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A fresh database of the profile hps-svt, with a module, its parts and a cable."""
    with Database(tmp_path / "parts.db") as database:
        furnish(database)
        yield database


@pytest.fixture(params=KINDS)
def any_db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The same on SQLite and on PostgreSQL."""
    with fresh_database(request.param, request) as url, Database(url, tmp_path / "test_data") as database:
        furnish(database)
        yield database


def furnish(database: Database) -> None:
    for name, kind in (("M1", "module"), ("M2", "module"), ("S1", "sensor"), ("S2", "sensor"), ("H1", "hybrid")):
        Component(name, kind, installation_status="spare", current_location="Shelf").save(database)
    for name in ("C1", "C2"):
        Component(name, "cable", installation_status="spare").save(database)
