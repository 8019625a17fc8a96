"""The tables of live views: what the columns are, and what each event shows in them."""

import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, Protocol

from scantrail.cli.runs.points import fitting
from scantrail.runs import PRIMARY, cell, heading, main_columns

if TYPE_CHECKING:
    from scantrail.plots import Figure
    from scantrail.threshold import ThresholdPlan

Row = Mapping[str, Any]

NUMBER = 12
"""Width that a column is given at least."""


class Sheet(Protocol):
    """A table that grows with its run."""

    def begin(self, start: Row, descriptor: Row) -> None:
        """Learn what the primary stream holds."""
        ...

    def note(self, stream: str, row: Row) -> None:
        """See an event of any stream."""
        ...

    def headings(self) -> Sequence[str]:
        """Return the heading of each column."""
        ...

    def cells(self, row: Row) -> Sequence[str]:
        """Return the cells of a point."""
        ...

    def pending(self) -> Sequence[str]:
        """Return the cells of the point that is being taken, none where nothing is known of it."""
        ...

    def warnings(self) -> Sequence[str]:
        """Return what a user should see at once, a line each."""
        ...

    def figure(self, rows: Sequence[Row]) -> "Figure | None":
        """Return what was measured so far as a figure, None if there is nothing to draw."""
        ...


class ThresholdSheet:
    """Thresholds and counts of the channels that are scanned, side by side."""

    def __init__(self, plan: "ThresholdPlan") -> None:
        self._plan = plan
        self._points = list(plan.points())
        self._set: dict[int, int] = {}

    def begin(self, start: Row, descriptor: Row) -> None:
        """Learn nothing: the plan says it all."""

    def note(self, stream: str, row: Row) -> None:
        """Keep the thresholds of the point that is being taken."""
        if stream == "thresholds" and row["purpose"] == "scan":
            self._set[row["channel"]] = row["new_threshold"]
        if stream in (PRIMARY, "skipped"):
            self._set.clear()

    def headings(self) -> list[str]:
        """Return the heading of each column."""
        channels = [text for steps in self._plan.steps for text in (f"{steps.name} [DAC]", "counts")]
        return ["point", *channels, "live [s]"]

    def cells(self, row: Row) -> list[str]:
        """Return the cells of a point: the channels that were not scanned there stay empty."""
        scanned = self._plan.scanned(self._points[row["point"]])
        seen = {n: (row[f"ch{n}_threshold"], row[f"ch{n}_counts"]) for n in scanned}
        return [str(row["point"]), *self._channels(seen), f"{row['live_time']:.2f}"]

    def pending(self) -> list[str]:
        """Return the thresholds that are set."""
        in_force = dict(self._set)
        return ["", *self._channels({n: (value, "…") for n, value in in_force.items()})] if in_force else []

    def warnings(self) -> list[str]:
        """Return nothing: the table shows it all."""
        return []

    def figure(self, rows: Sequence[Row]) -> "Figure | None":
        """Return rates against thresholds."""
        from scantrail.threshold import curves_of_rows, live_figure

        curves = curves_of_rows(self._plan, rows)
        return live_figure([curve.counted() for curve in curves if curve.threshold])

    def _channels(self, seen: Mapping[int, tuple[object, object]]) -> Iterator[str]:
        for channel in self._plan.channels:
            yield from map(str, seen.get(channel, ("", "")))


class ScanSheet:
    """The columns that the journal names, as many as fit into the terminal: readbacks, readings, derived, setpoints."""

    def __init__(self) -> None:
        self._start: Row = {}
        self._units: dict[str, str | None] = {}
        self._shown: dict[str, str] = {}
        self._derived: set[str] = set()
        self._saturated: Counter[str] = Counter()

    def begin(self, start: Row, descriptor: Row) -> None:
        """Take the columns from the documents."""
        from scantrail.daq import measured_rows

        columns = main_columns(start, [descriptor])
        self._units = {key: about["units"] for key, about in columns.items()}
        self._derived = {column.name for column in measured_rows(start, self._units, []).derived}
        headings = {key: heading(key, units) for key, units in _with_derived(self._units, self._derived, start).items()}
        widths = {key: max(NUMBER, *map(len, text.split("\n"))) for key, text in headings.items()}
        self._shown = {key: headings[key] for key in fitting(widths, shutil.get_terminal_size().columns)}
        self._start = start

    def note(self, stream: str, row: Row) -> None:
        """Count the points at which a detector is at its ceiling."""
        if stream == PRIMARY:
            detectors = self._start["scantrail"]["station"].get("detectors", {})
            ceilings = {key: about["ceiling"] for key, about in detectors.items() if about.get("ceiling") is not None}
            self._saturated.update(key for key, ceiling in ceilings.items() if (row.get(key) or 0) >= ceiling)

    def headings(self) -> list[str]:
        """Return the heading of each column."""
        return [*self._shown.values()]

    def cells(self, row: Row) -> list[str]:
        """Return the cells of a point."""
        return [cell(value) for key, value in self._whole(row).items() if key in self._shown]

    def warnings(self) -> list[str]:
        """Return which detectors have been at their ceiling, and how often."""
        counted = self._saturated.copy()
        return [f"{key} is at its ceiling: {number} {_points(number)} so far" for key, number in counted.items()]

    def _whole(self, row: Row) -> dict[str, object]:
        """Return the values of a point in the order of the columns, with what is derived of them."""
        from scantrail.daq import measured_rows

        values = {key: row.get(key) for key in self._shown}
        if self._derived & set(self._shown):
            columns = measured_rows(self._start, self._units, [row]).derived
            found = {column.name: column.values.item() for column in columns if column.name in values}
            values |= {name: value if isfinite(value) else None for name, value in found.items()}
        return values

    def pending(self) -> list[str]:
        """Return nothing: a point is known when it is recorded."""
        return []

    def figure(self, rows: Sequence[Row]) -> "Figure | None":
        """Return readings against positions, of an energy scan mu(E)."""
        from scantrail.acquire import draw_live

        return draw_live(self._start, self._units, rows) if self._start else None


def _with_derived(units: Mapping[str, str | None], derived: Collection[str], start: Row) -> dict[str, str | None]:
    """Return the units of all columns, those that are derived after the detectors."""
    last = start["detectors"][-1]
    found: dict[str, str | None] = {}
    for key, unit in units.items():
        found[key] = unit
        if key == last:
            found |= dict.fromkeys(sorted(derived))
    return found


def _points(number: int) -> str:
    return "point" if number == 1 else "points"
