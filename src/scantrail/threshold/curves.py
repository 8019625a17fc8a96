"""Counting curves: what a scan measured of each channel, whichever file it comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf, isinf
from typing import Any

from scantrail.errors import InputError
from scantrail.runs import Point, Record
from scantrail.threshold.counted import CountedChannel
from scantrail.threshold.fit import Fit
from scantrail.threshold.plan import ParallelPlan, SerialPlan, ThresholdPlan, counts_key, threshold_key

PLANS: dict[str, type[ThresholdPlan]] = {SerialPlan.kind: SerialPlan, ParallelPlan.kind: ParallelPlan}


@dataclass(slots=True)
class CountingCurve:
    """One channel's points, a list per quantity, all of one length.

    threshold [DAC]; counts; live time [s]; correction: factor (n + lost) / n for known losses, infinite where all was
    lost; link_full: whether the link set the rate.
    """

    channel: int
    name: str
    label: str = ""
    threshold: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    live: list[float] = field(default_factory=list)
    correction: list[float] = field(default_factory=list)
    link_full: list[bool] = field(default_factory=list)

    def add(
        self, threshold: int, counts: int, live: float, *, correction: float = 1.0, link_full: bool = False
    ) -> None:
        """Append one point."""
        self.threshold.append(threshold)
        self.counts.append(counts)
        self.live.append(live)
        self.correction.append(correction)
        self.link_full.append(link_full)

    def counted(self, fit: Fit | None = None) -> CountedChannel:
        """Return the points, with their fit if there is one, as the figures take them."""
        points = zip(self.counts, self.correction, strict=True)
        return CountedChannel(
            self.channel,
            self.threshold,
            self.counts,
            self.live,
            [inf if isinf(factor) else n * (factor - 1.0) for n, factor in points],
            self.name,
            self.label,
            fit,
            self.link_full,
        )


def curves_of(records: Iterable[Record]) -> list[CountingCurve]:
    """Return the curves of a threshold run, given as the chain of runs that took it, oldest first.

    Raises InputError for a run of another kind.
    """
    curves: dict[int, CountingCurve] = {}
    for record in records:
        plan = _plan_of(record.start)
        curves = _empty(plan) | curves
        _add_rows(curves, plan, record.stream("primary").rows())
    return list(curves.values())


def curves_of_rows(plan: ThresholdPlan, rows: Iterable[Mapping[str, Any]]) -> list[CountingCurve]:
    """Return the curves so far of a scan that is being taken, from the rows of its primary stream."""
    curves = _empty(plan)
    _add_rows(curves, plan, rows)
    return list(curves.values())


def _empty(plan: ThresholdPlan) -> dict[int, CountingCurve]:
    return {steps.channel: CountingCurve(steps.channel, steps.name, steps.label) for steps in plan.steps}


def _plan_of(start: Mapping[str, Any]) -> ThresholdPlan:
    kind = start["plan_name"]
    if kind not in PLANS:
        raise InputError(f"run {start['scan_id']} is a {kind} run; only threshold scans have counting curves")
    return PLANS[kind].from_document(start["scantrail"]["plan"])


def _add_rows(curves: Mapping[int, CountingCurve], plan: ThresholdPlan, rows: Iterable[Mapping[str, Any]]) -> None:
    points = list(plan.points())
    for row in rows:
        _add_row(curves, plan, points[row["point"]], row)


def _add_row(curves: Mapping[int, CountingCurve], plan: ThresholdPlan, point: Point, row: Mapping[str, Any]) -> None:
    events = sum(count for key, count in row.items() if key.startswith("pattern_"))
    lost = row["lost"] or 0
    correction = (events + lost) / events if events else inf if lost else 1.0
    for channel in plan.scanned(point):
        threshold, counts = row[threshold_key(channel)], row[counts_key(channel)]
        full = bool(row.get("link_full"))
        curves[channel].add(threshold, counts, row["live_time"], correction=correction, link_full=full)
