"""The figure of a run that is being taken, from what its journal holds so far."""

from collections.abc import Mapping, Sequence
from typing import Any

from scantrail.acquire.kinds import kind_of
from scantrail.daq import scan_figure
from scantrail.plots import Figure
from scantrail.threshold import ThresholdPlan, curves_of_rows, live_figure


def draw_live(
    start: Mapping[str, Any], descriptors: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]
) -> Figure:
    """Return the figure of the rows of a primary stream, with nothing fitted: it is drawn while the scan goes on.

    start, descriptors: the run's documents. Raises RunError for a kind that this version does not know, InputError for
    a plan that it cannot read.
    """
    kind = kind_of(start["plan_name"])
    plan = kind.plan(start["scantrail"]["plan"])
    if isinstance(plan, ThresholdPlan):
        curves = curves_of_rows(plan, rows)
        return live_figure([curve.counted() for curve in curves if curve.threshold])
    units = {key: about.get("units") for one in descriptors for key, about in one["data_keys"].items()}
    return scan_figure(start, units, rows)
