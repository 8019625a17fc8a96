"""The figure of a quantity of every channel, the newest test over an older one. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scantrail.plots import Axis, Element, Figure, Marker, Note, Panel, Points, numbers
from scantrail.tracker.figure.quantities import far_out, scale_of, written
from scantrail.tracker.figure.subject import Bound
from scantrail.tracker.sweeps import Floats, Mask


@dataclass(frozen=True, slots=True)
class Channels:
    """A quantity of every channel in one test; `test` is as `tests_of` gives it, `source` a file or the measurements.

    listed: channels that the test itself names, as bad or the like.
    """

    quantity: str
    unit: str
    channel: Floats
    value: Floats
    label: str
    test: Mapping[str, Any]
    listed: Mapping[str, tuple[int, ...]]
    source: str

    @property
    def filled(self) -> Floats:
        """The values that there are."""
        return self.value[np.isfinite(self.value)]


@dataclass(frozen=True, slots=True)
class Compared:
    """A quantity of every channel in the newest test, over those of an older test; bound: the limit in force."""

    newest: Channels
    older: Sequence[Channels] = ()
    bound: Bound | None = None


def channels_figure(compared: Sequence[Compared], *, title: str = "", rest: int = 0) -> Figure:
    """A panel a quantity: its values against the channel, with median, limit and what stands out.

    rest: how many older tests are not drawn.
    """
    note = [Note(f"{rest} older {'tests are' if rest > 1 else 'test is'} not drawn")] if rest else []
    panels = [_panel(each, note if i == 0 else []) for i, each in enumerate(compared)]
    return Figure(tuple(panels), title, shared_x=True)


def _panel(compared: Compared, notes: Sequence[Note]) -> Panel:
    newest, bound = compared.newest, compared.bound
    name, median = newest.quantity.replace("_", " "), float(np.median(newest.filled))
    scale = scale_of(newest.unit, float(np.median(np.abs(newest.filled))))
    x, y = numbers(newest.channel), numbers(newest.value * scale.factor)
    out = standing_out(newest, bound)
    elements: list[Element] = [_points(one, scale.factor) for one in compared.older]
    elements.append(Points(_where(x, ~out), _where(y, ~out), label=newest.label, colour="blue"))
    elements += _listed(newest, scale.factor)
    if np.any(out):
        elements.append(Points(_where(x, out), _where(y, out), label="stands out", colour="vermilion", shape="diamond"))
    label = f"median {name} {written(median, newest.unit)}"
    elements.append(Marker(median * scale.factor, "y", label=label, colour="ink", stroke="dotted"))
    elements += _limits(bound, newest.unit, scale.factor)
    return Panel(Axis("channel"), Axis(name, scale.unit), (*elements, *notes))


def _points(one: Channels, factor: float) -> Points:
    values = numbers(one.channel), numbers(one.value * factor)
    return Points(*values, label=one.label, colour="grey", shape="triangle")


def standing_out(one: Channels, bound: Bound | None) -> Mask:
    """Which channels lie outside the limit, or far from the median in units of the robust spread."""
    outside = np.array(
        [bound is not None and bool(np.isfinite(v)) and not bound.holds(v) for v in one.value], dtype=bool
    )
    return outside | far_out(one.value)


def _limits(bound: Bound | None, unit: str, factor: float) -> Iterator[Marker]:
    for words, end in bound.ends() if bound is not None else ():
        yield Marker(end * factor, "y", f"{words} {written(end, unit)}", colour="vermilion", stroke="dashed")


def _listed(one: Channels, factor: float) -> Iterator[Points]:
    for name, channels in one.listed.items():
        which = np.isin(one.channel, channels)
        if np.any(which):
            x, y = numbers(one.channel[which]), numbers(one.value[which] * factor)
            yield Points(x, y, label=f"noted as {name.replace('_', ' ')}", colour="ink", shape="ring")


def _where(values: tuple[float | None, ...], which: Mask) -> tuple[float | None, ...]:
    return tuple(value for value, chosen in zip(values, which, strict=True) if chosen)
