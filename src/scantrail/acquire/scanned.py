"""Position scans, judged: peaks, centroids and edges of each detector, or the absorption edge of a spectrum."""

from collections.abc import Mapping, Sequence

from scantrail.acquire.verdict import Family, Verdict
from scantrail.daq import (
    Measured,
    Missing,
    compare_scans,
    judge_spectrum,
    measured_of,
    results_of,
    scan_figure,
    spectrum_figure,
    statistics_of,
)
from scantrail.errors import InputError
from scantrail.plots import Figure
from scantrail.runs import Record


def judge_scan(records: Sequence[Record], *, family: Family | None, title: str) -> Verdict:
    """Judge a position scan, given as the runs that took it, oldest first; one that ended early, on what it has.

    Raises InputError for a family, which is a model of threshold scans.
    """
    if family is not None:
        raise InputError("a family is a model of threshold scans; scans of positions have none")
    return judge_measured(measured_of(records), title=title)


def judge_measured(measured: Measured, *, title: str = "") -> Verdict:
    """Judge a scan of positions, whichever file it comes from."""
    if measured.kind == "xafs":
        return _spectrum(measured, title)
    found = statistics_of(measured)
    return Verdict(
        results=results_of(found),
        sentences=[one.whole for one in found],
        answered=any(one.shape != "none" for one in found),
        figure=scan_figure(measured, found, title=title or measured.title),
        notes=measured.notes,
    )


def _spectrum(measured: Measured, title: str) -> Verdict:
    """Judge a scan over an absorption edge; without mu its readings are drawn as they are."""
    spectrum = judge_spectrum(measured)
    title = title or measured.title
    bare = isinstance(spectrum.absorption, Missing)
    return Verdict(
        results=spectrum.results,
        sentences=spectrum.sentences,
        answered=spectrum.answered,
        figure=scan_figure(measured, title=title) if bare else spectrum_figure(spectrum, title=title),
        notes=(*measured.notes, *spectrum.notes),
    )


def compare_scan_runs(runs: Mapping[str, Sequence[Record]]) -> Figure:
    """Return the figure of several scans along one axis laid over each other; `runs` maps a name to what took it."""
    return compare_scans({name: measured_of(records) for name, records in runs.items()}, title=" and ".join(runs))
