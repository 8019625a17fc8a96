"""Run a plan of any kind: open the rig, take the run, sum up."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scantrail.acquire.kinds import kind_of
from scantrail.acquire.outcome import Outcome, outcome_of
from scantrail.acquire.rig import RigOptions, counting_detector
from scantrail.db import database_url
from scantrail.errors import ScantrailError
from scantrail.runs import Record, RunWriter
from scantrail.station import Station, data_root
from scantrail.threshold import Setting, ThresholdPlan, check_workspace, take

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
    if order.workspace is not None:
        check_workspace(order.workspace)
    runs: list[RunWriter] = []

    def note(run: RunWriter) -> None:
        runs.append(run)
        opened(run)

    try:
        with counting_detector(order.station, order.options) as detector:
            return outcome_of(take(order.plan, detector, kind_of(order.plan.kind).scan, _setting(order, note)))
    except ScantrailError as error:
        if runs:
            error.add_note(saved(runs[0]))
        raise


def saved(run: RunWriter) -> str:
    """Say what is on disk of a run that did not reach its end, and how to go on."""
    share = f"{run.taken()} of {run.expected} points are saved in run {run.number}"
    if run.taken() == run.expected:
        return f"{share}."
    return f'{share}; "scantrail runs resume {run.number}" goes on.'


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
