"""Threshold scans as orders: their rig, their run, what came of them."""

from scantrail.acquire.order import Opened, Order
from scantrail.acquire.outcome import Outcome
from scantrail.acquire.rig import clock_speed, counting_detector
from scantrail.db import database_url
from scantrail.station import data_root
from scantrail.threshold import Scan, Setting, Taken, ThresholdPlan, attempt


def take_thresholds(order: Order[ThresholdPlan], scan: Scan[ThresholdPlan], opened: Opened) -> Outcome:
    """Connect the counting detector and step it through the plan with `scan`. Raises as `attempt` does."""
    setting = Setting(
        root=data_root(),
        database=database_url(order.database, order.station.database.url),
        workspace=order.workspace,
        station=order.station.document(),
        rig={**order.options.document(), **order.linking()},
        components=order.components,
        earlier=order.earlier,
        reopened=order.reopened,
        opened=opened,
    )
    with counting_detector(order.station, order.options) as detector:
        return threshold_outcome(attempt(order.plan, detector, scan, setting))


def threshold_seconds(order: Order[ThresholdPlan]) -> float:
    """Return how long a threshold scan takes [s of our clock], without the few milliseconds that writes take."""
    return order.plan.duration / clock_speed(order.station, order.options)


def threshold_outcome(taken: Taken) -> Outcome:
    """Sum up a threshold scan."""
    return Outcome(
        number=taken.number,
        uid=taken.run.uid,
        directory=taken.run.directory,
        status=taken.status,
        taken=taken.run.taken(),
        expected=taken.run.expected,
        files=taken.files,
        errors=taken.errors,
        reasons=taken.reasons,
        skipped=taken.skipped,
        restored=taken.restored,
        notes=taken.notes,
        points=taken.points,
        failure=taken.failure,
    )
