"""Files written for a test."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    """`file(text)`: a file that holds it."""

    def written(text: str, name: str = "scan.txt") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return written
