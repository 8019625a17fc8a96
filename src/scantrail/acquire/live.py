"""The figure of a run that is being taken, from what its journal holds so far."""

from collections.abc import Mapping, Sequence
from typing import Any

from scantrail.acquire.kinds import kind_of
from scantrail.daq import PLANS, live_scan_figure
from scantrail.errors import RunError
from scantrail.plots import Figure
from scantrail.threshold import ThresholdPlan, curves_of_rows, live_figure


def draw_live(start: Mapping[str, Any], units: Mapping[str, str | None], rows: Sequence[Mapping[str, Any]]) -> Figure:
    """Return the figure of the rows of a primary stream, with nothing fitted: it is drawn while the scan goes on.

    start: the run's start document; units: by data key. Of an energy scan, mu(E). Raises RunError for a kind that this
    version does not know, InputError for a plan that it cannot read.
    """
    if start["plan_name"] in PLANS:
        return live_scan_figure(start, units, rows)
    plan = kind_of(start["plan_name"]).plan(start["scantrail"]["plan"])
    if not isinstance(plan, ThresholdPlan):
        raise RunError(f"runs of the kind {start['plan_name']} have no picture")
    curves = curves_of_rows(plan, rows)
    return live_figure([curve.counted() for curve in curves if curve.threshold])
