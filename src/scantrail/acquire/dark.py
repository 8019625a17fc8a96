"""Dark readings, judged: what detectors read behind a closed shutter."""

from collections.abc import Sequence

from scantrail.acquire.verdict import Family, Verdict
from scantrail.daq import dark_results, measured_of, scan_figure
from scantrail.errors import InputError
from scantrail.runs import Record


def judge_dark(records: Sequence[Record], *, family: Family | None, title: str) -> Verdict:
    """Return the mean of each detector without beam. Raises InputError for a family, a model of threshold scans."""
    if family is not None:
        raise InputError("a family is a model of threshold scans; dark readings have none")
    measured = measured_of(records)
    results = dark_results(measured)
    return Verdict(
        results=results,
        sentences=[result.sentence for result in results],
        answered=all(result.value is not None for result in results),
        figure=scan_figure(measured, title=title),
        notes=measured.notes,
    )
