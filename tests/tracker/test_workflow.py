"""The life of a component as the reference page prints it is the one that the code keeps."""

import re
from pathlib import Path

from scantrail.tracker import OUTCOMES, STATUSES, TRANSITIONS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "tracker.md"


def test_the_page_prints_the_table_of_the_code() -> None:
    section = PAGE.read_text().partition("## Status")[2].partition("##")[0]
    printed = {row[0]: row[1].split(", ") for row in re.findall(r"^\| (\w+) \| ([\w*, ]+) \|$", section, re.MULTILINE)}
    assert printed.pop("from") == ["to"]
    kept = {
        origin: [f"{step}*" if starred else step for step, starred in steps.items()]
        for origin, steps in TRANSITIONS.items()
        if origin != "installed"
    }
    assert printed == kept
    assert set(kept) == set(OUTCOMES) == set(STATUSES) - {"installed"}
    assert TRANSITIONS["installed"] == {}


def test_every_status_can_be_reached_and_none_is_left_for_good() -> None:
    reached = {step for steps in TRANSITIONS.values() for step in steps} | set(OUTCOMES)
    assert reached == set(STATUSES)
    assert all(steps for origin, steps in TRANSITIONS.items() if origin != "installed")
