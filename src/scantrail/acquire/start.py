"""Run a plan of any kind: open the rig, take the run, sum up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from scantrail.acquire.kinds import kind_of
from scantrail.acquire.outcome import Outcome, outcome_of
from scantrail.acquire.rig import RigOptions, counting_detector
from scantrail.db import database_url
from scantrail.errors import ScantrailError, ThresholdError
from scantrail.runs import Record, RunWriter
from scantrail.station import Station, data_root
from scantrail.threshold import Setting, ThresholdPlan, attempt, check_workspace

Opened = Callable[[RunWriter], None]


@dataclass(frozen=True, slots=True)
class Order:
    """An acquisition as ordered: what to take, on which station, how.

    database: path or URL from the command line. earlier: runs that this one goes on with, oldest first; if `reopened`,
    in the journal of the last of them.
    """

    plan: ThresholdPlan
    station: Station
    options: RigOptions
    workspace: Path | None = None
    database: str | None = None
    components: tuple[str, ...] = ()
    earlier: tuple[Record, ...] = ()
    reopened: bool = False


def start(order: Order, opened: Opened = lambda run: None) -> Outcome:
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


def carry_out(order: Order, opened: Opened = lambda run: None) -> Outcome:
    """As `start`, but what ends the run once it has begun is the outcome's `failure`, beside what was taken."""
    check(order)
    setting = _setting(order, opened)
    with counting_detector(order.station, order.options) as detector:
        taken = attempt(order.plan, detector, kind_of(order.plan.kind).scan, setting)
    return judged(outcome_of(taken), order.plan.kind)


def judged(outcome: Outcome, kind: str) -> Outcome:
    """Judge what was taken, however the run ended; what prevents it is a note, for the data are safe."""
    if not outcome.points:
        return outcome
    from scantrail.acquire.judge import judge_run
    from scantrail.plots import save

    try:
        verdict = judge_run(outcome.directory)
    except ScantrailError as error:
        return replace(outcome, notes=[*outcome.notes, f"the run could not be judged: {error}"])
    outcome = replace(outcome, verdict=verdict, notes=[*outcome.notes, *verdict.notes])
    try:
        picture = save(verdict.figure, outcome.place / kind_of(kind).figure)
    except ScantrailError as error:
        return replace(outcome, notes=[*outcome.notes, f"there is no picture: {error}"])
    return replace(outcome, files=[*outcome.files, str(picture)])


def check(order: Order) -> None:
    """Refuse what can be refused before any hardware is opened: InputError for the database, OutputError."""
    database_url(order.database, order.station.database.url)
    if order.workspace is not None:
        check_workspace(order.workspace)


def _setting(order: Order, opened: Opened) -> Setting:
    return Setting(
        root=data_root(),
        database=database_url(order.database, order.station.database.url),
        workspace=order.workspace,
        station=order.station.document(),
        rig=order.options.document(),
        components=order.components,
        earlier=order.earlier,
        reopened=order.reopened,
        opened=opened,
    )
