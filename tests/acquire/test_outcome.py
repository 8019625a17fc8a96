import pytest

from scantrail.acquire import Outcome


def outcome(tmp_path, **changes):
    given = {
        "number": 1,
        "uid": "u",
        "directory": tmp_path,
        "status": "success",
        "taken": 5,
        "expected": 5,
        **{key: [] for key in ("files", "errors", "reasons", "skipped", "restored", "notes")},
        "points": {},
    }
    return Outcome(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"notes": ["the link was full"]}, 0),
        ({"skipped": [3]}, 3),
        ({"errors": ["channel 2 stopped"]}, 3),
        ({"status": "fail"}, 1),
        ({"status": "fail", "skipped": [1], "errors": ["no"]}, 1),
        ({"status": "abort"}, 130),
        ({"status": "abort", "errors": ["no"]}, 130),
    ],
)
def test_what_a_command_ends_with(tmp_path, changes, code):
    made = outcome(tmp_path, **changes)
    assert made.exit_code == made.document()["exit_code"] == code
