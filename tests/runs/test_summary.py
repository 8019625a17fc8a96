from pathlib import Path

import pytest

from scantrail.errors import RunNotFound
from scantrail.runs import find


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("12-linear-34567abc", "3456-linear-98765432", "7-linear-12abcdef"):
        place = tmp_path / "runs" / "2026" / name
        place.mkdir(parents=True)
        (place / "journal.jsonl").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("ref", "number"),
    [("12", 12), ("0012", 12), ("34567", 12), ("3456", 3456), ("9876", 3456), ("98765432", 3456), ("12AB", 7)],
)
def test_a_number_comes_before_a_uid_of_digits(root, ref, number):
    assert find(root, ref).name.startswith(f"{number}-")


@pytest.mark.parametrize("ref", ["8", "345", "12a", "9" * 5000, "²", ""])
def test_no_such_run(root, ref):
    with pytest.raises(RunNotFound, match="the newest runs: 3456, 12, 7"):
        find(root, ref)
