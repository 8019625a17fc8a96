from collections.abc import Callable
from pathlib import Path

import pytest
from sample_runs import COLUMNS, header

from scantrail.runs import RunWriter


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def take(root: Path) -> Callable[..., Path]:
    """Take a run of so many points of ten, and return its directory."""

    def taken(points: int = 10, *, expected: int = 10, **changes: object) -> Path:
        with RunWriter.create(root, header(expected, **changes)) as run:
            run.describe("primary", COLUMNS)
            for i in range(points):
                run.event("primary", {"x": float(i), "i0": i * 100}, 1000.0 + i)
        return run.directory

    return taken
