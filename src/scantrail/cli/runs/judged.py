"""What a run was to the components that it measured, as far as the database of the catalogue knows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scantrail.runs import Choice, RunSummary

PATIENCE = 1.0
"""Longest wait [s] for a database that is locked: the run itself is in its directory."""


def judged(run: "RunSummary", db_path: str | None) -> list[dict[str, Any]]:
    """Return the tests that a run became, each with its component, verdicts and limits.

    Empty, with a notice, if the database cannot be used. Raises InputError, ConfigError for its place.
    """
    from scantrail.cli.runs.places import catalogue
    from scantrail.db import sqlite_path
    from scantrail.errors import ScantrailError

    url = catalogue(db_path)
    path = sqlite_path(url)
    if path is not None and not path.exists():  # nor is one made by looking
        return []
    from scantrail.tracker import Database, tests_of_run

    try:
        with Database(url, patience=PATIENCE) as database:
            return tests_of_run(database, run.uid)
    except ScantrailError as error:
        if run.components:
            click.echo(f"Notice: {error}; the verdicts on the components are not shown.", err=True)
        return []


def as_linked(choice: "Choice", url: str) -> "Choice":
    """Return the choice with its component as the database spells it, and with the runs that were linked to it later.

    As it is, if the database knows no such component or cannot be used.
    """
    from scantrail.db import sqlite_path
    from scantrail.errors import ScantrailError

    path = sqlite_path(url)
    if choice.component is None or (path is not None and not path.exists()):
        return choice
    from dataclasses import replace

    from scantrail.tracker import Database, runs_measuring

    try:
        with Database(url, patience=PATIENCE) as database:
            component, linked = runs_measuring(database, choice.component)
    except ScantrailError:  # the list itself says what is wrong with the database
        return choice
    return replace(choice, component=component, linked=linked)


def component_lines(run: "RunSummary", tests: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say of each component what the run was to it, a line each; those of which nothing is recorded stand alone."""
    from scantrail.cli.components import VERDICTS
    from scantrail.cli.parts.show import limit_in_words
    from scantrail.cli.parts.wording import verdict

    for component in dict.fromkeys((*run.components, *(test["component"] for test in tests))):
        found = [test for test in tests if test["component"] == component]
        if not found:
            yield f"{component}: nothing recorded" if run.ended is not None else component
        for test in found:
            stated, measured = test["pass_fail"], test["measured"]
            said = VERDICTS[measured] if stated is None else verdict(stated, measured)
            limits = "; ".join(map(limit_in_words, test["limits"]))
            yield f"{component}: {test['test_type']}, {said}" + (f", {limits}" if limits else "")
