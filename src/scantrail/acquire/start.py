"""Run a plan of any kind: open the rig, take the run, sum up."""

from dataclasses import replace
from typing import Any

from scantrail.acquire.kinds import kind_of
from scantrail.acquire.order import Opened, Order
from scantrail.acquire.outcome import Outcome
from scantrail.acquire.positions import check_output
from scantrail.acquire.trail import admit, owing, recorded
from scantrail.db import database_url
from scantrail.errors import ScantrailError, ThresholdError
from scantrail.threshold import check_workspace


def start(order: Order[Any], opened: Opened = lambda run: None) -> Outcome:
    """Take what is ordered and return what came of it; `opened` is called with the run before its first point.

    A scan in which nothing could be measured, or that the user stopped, is an outcome too. Raises OutputError,
    LinkError and their kin; the run is closed by then, and the error's note says what is saved where.
    """
    outcome = carry_out(order, opened)
    failure = outcome.failure
    if failure is not None and not isinstance(failure, ThresholdError):
        failure.add_note(outcome.saved)
        raise failure
    return outcome


def carry_out(order: Order[Any], opened: Opened = lambda run: None) -> Outcome:
    """As `start`, but what ends the run once it has begun is the outcome's `failure`, beside what was taken."""
    check(order)
    order = admit(order)
    kind = kind_of(order.plan.kind)
    return recorded(judged(kind.take(order, owing(order, opened)), order.plan.kind), order)


def judged(outcome: Outcome, kind: str) -> Outcome:
    """Judge what was taken, however the run ended; what prevents it is a note, for the data are safe."""
    judging = kind_of(kind).judging
    if not outcome.measured:
        return outcome
    from scantrail.acquire.judge import judge_run
    from scantrail.plots import save

    try:
        verdict = judge_run(outcome.directory)
    except ScantrailError as error:
        return replace(outcome, notes=[*outcome.notes, f"the run could not be judged: {error}"])
    outcome = replace(outcome, verdict=verdict, notes=[*outcome.notes, *verdict.notes])
    if judging.figure is None:
        return outcome
    try:
        picture = save(verdict.figure, outcome.place / judging.figure)
    except ScantrailError as error:
        return replace(outcome, notes=[*outcome.notes, f"there is no picture: {error}"])
    return replace(outcome, files=[*outcome.files, str(picture)])


def check(order: Order[Any]) -> None:
    """Refuse what can be refused before any hardware is opened: InputError for the database, OutputError."""
    database_url(order.database, order.station.database.url)
    if order.workspace is not None:
        check_workspace(order.workspace)
    if order.output is not None:
        check_output(order.output, continued=bool(order.earlier))
