"""The figure of a scan that still runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from scantrail.daq.figure import scan_figure
from scantrail.daq.measuring import measured_rows
from scantrail.daq.xafs import Missing, judge_spectrum, mu_figure
from scantrail.plots import Figure


def live_scan_figure(
    start: Mapping[str, Any], units: Mapping[str, str | None], rows: Sequence[Mapping[str, Any]], *, title: str = ""
) -> Figure:
    """Return what the rows of the primary stream below a start document hold so far; units by data key.

    Readings against positions or a map that fills; of an energy scan mu(E), where it has what that is made of.
    """
    measured = measured_rows(start, units, rows)
    spectrum = judge_spectrum(measured) if measured.kind == "xafs" else None
    if spectrum is None or isinstance(spectrum.absorption, Missing):
        return scan_figure(measured, title=title)
    return mu_figure(spectrum, title=title)
