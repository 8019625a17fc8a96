"""What is worked out of a position scan, as columns that exporters set beside the recorded ones."""

from collections.abc import Iterator, Sequence

from scantrail.daq.measured import Measured
from scantrail.daq.measuring import measured_of
from scantrail.daq.plans import PLANS
from scantrail.runs import Record, Recorded

DWELL = "dwell"


def columns_worked_out(records: Sequence[Record]) -> tuple[Recorded, ...]:
    """Return counting times, dark readings and derived columns of the runs that took a scan, oldest first.

    None for runs of another kind than those of position scans.
    """
    start = records[-1].start
    if start["plan_name"] not in PLANS:
        return ()
    formulas = start["scantrail"]["station"].get("columns", {})
    return tuple(_columns(measured_of(records), formulas))


def _columns(measured: Measured, formulas: dict[str, str]) -> Iterator[Recorded]:
    if measured.dwell is not None:
        yield Recorded(DWELL, "dwell", "s", "plan", measured.dwell)
    for detector in measured.detectors:
        if detector.dark is not None:
            yield Recorded(f"{detector.name}_dark", "dark", detector.unit, detector.name, detector.dark)
    for column in measured.derived:
        yield Recorded(column.name, column.role, column.unit, formulas.get(column.name, ""), column.values)
