"""What a run was to the components that it measured, as far as the database knows."""

from collections.abc import Sequence
from typing import Any

from scantrail.errors import ScantrailError
from scantrail.runs import RunSummary
from scantrail.tracker import tests_of_run
from scantrail.web.site import Site

Rows = Sequence[dict[str, Any]]


def judged(site: Site, run: RunSummary) -> tuple[Rows, str | None]:
    """Return the tests that a run became; a notice why they are not known, where the database cannot be used."""
    try:
        return tests_of_run(site.database, run.uid), None
    except ScantrailError as error:
        told = f"{error}; the verdicts on the components are not shown"
        return (), told if run.components else None


def by_component(run: RunSummary, tests: Rows) -> list[tuple[str, Rows]]:
    """Return each component that a run names, or became a test of, with those tests."""
    named = dict.fromkeys((*run.components, *(test["component"] for test in tests)))
    return [(each, [test for test in tests if test["component"] == each]) for each in named]
