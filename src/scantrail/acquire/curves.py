"""Threshold scans, judged: a fit for each counting curve."""

from collections.abc import Mapping, Sequence

from scantrail.acquire.verdict import Family, Verdict
from scantrail.plots import Figure
from scantrail.runs import Record
from scantrail.threshold import (
    CountingCurve,
    all_answered,
    compare_figure,
    curves_of,
    fit_curves,
    results_of,
    threshold_figure,
)


def compare_threshold_runs(runs: Mapping[str, Sequence[Record]]) -> Figure:
    """Return the figure of several threshold scans laid over each other; `runs` maps a name to what took it."""
    judged = {name: [one.counted for one in fit_curves(curves_of(records))] for name, records in runs.items()}
    return compare_figure(judged, title=" and ".join(runs))


def judge_threshold_run(records: Sequence[Record], *, family: Family | None, title: str) -> Verdict:
    """Judge a threshold scan, given as the runs that took it, oldest first."""
    return judge_curves(curves_of(records), family=family, title=title)


def judge_curves(curves: Sequence[CountingCurve], *, family: Family | None = None, title: str = "") -> Verdict:
    """Fit counting curves, whichever file they come from. Raises InputError for what is no table of counts."""
    judged = fit_curves(curves, family=family)
    return Verdict(
        results=results_of(judged),
        sentences=[one.verdict for one in judged],
        answered=all_answered(judged),
        advice={one.curve.channel: one.recommended for one in judged if one.recommended is not None},
        figure=threshold_figure([one.counted for one in judged], title=title),
    )
