"""Figures of counting curves and of rates: what was counted, what was fitted, what to set. Pure; `plots` draws them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import ceil

import numpy as np

from scantrail.plots import (
    SERIES,
    Axis,
    Band,
    Colour,
    Element,
    Figure,
    Line,
    Marker,
    Note,
    Panel,
    Points,
    Shape,
    numbers,
)
from scantrail.threshold.counted import CountedChannel, CountsInTime, Floats, Rates
from scantrail.threshold.fit import Fit, Status

COUNTED = "counted, 68 % Poisson bars"
NOTHING_COUNTED = "nothing counted: 95 % upper limit"
LINK_FULL = "link full, left out of the fit"
FITTED, EDGE, PLATEAU = "fit: noise edge + plateau", "noise edge", "plateau"
FLAGGED = "fit, not to be relied on"
DENSE = 400
"""Points along a fitted curve."""
ALIKE = 1.5
"""Ranges of thresholds share an axis if together they are at most so much wider than the widest of them."""
ROOM_ABOVE, ROOM_BELOW = 3.0, 1.6
"""Factors between the highest and lowest rate and the ends of the axis: above there is text."""
DECADE = 2.0
"""Factor between highest and lowest rate that an axis has at least, before the room around them."""
LINEAR_SPREAD = 20.0
"""Rates whose largest and smallest differ by no more are drawn on a linear axis."""
PANELS_IN_A_COLUMN, MOST_COLUMNS = 3, 3
TIMES = ((600.0, 1.0, "s"), (36_000.0, 60.0, "min"), (np.inf, 3600.0, "h"))
"""Spans [s] up to which a unit of time is used, its length [s] and name."""

LEAST_RATE, MOST_RATE = 1e-30, 1e30
"""Rates [events/s] that no axis is stretched for."""
YEAR_10000 = 253_402_300_800.0
"""Unix seconds that calendars no longer name."""


def threshold_figure(channels: Sequence[CountedChannel], *, title: str = "", ceiling: float | None = None) -> Figure:
    """Rates against thresholds, a panel a channel, with the fitted edge, plateau and recommended threshold.

    ceiling [events/s]: what the link carries, drawn where it was reached.
    """
    shared = _alike(channels)
    panels = tuple(_channel_panel(channel, ceiling) for channel in channels)
    return _figure(panels, title, shared)


def live_figure(channels: Sequence[CountedChannel], *, title: str = "") -> Figure:
    """Rates against thresholds of all channels in one panel, without fits: for a terminal while the scan runs."""
    elements: list[Element] = []
    for i, channel in enumerate(channels):
        colour, shape = SERIES[i % len(SERIES)]
        elements += _measured(Rates.of(channel), channel.title, colour, shape)
    return Figure((_panel(elements, "", [Rates.of(channel) for channel in channels]),), title)


def compare_figure(runs: Mapping[str, Sequence[CountedChannel]], *, title: str = "") -> Figure:
    """Runs laid over each other, a panel a channel; `runs` maps what the legend calls a run ("run 12") to its channels.

    Fitted sums and recommended thresholds are drawn in the colour of their run.
    """
    every = [channel for channels in runs.values() for channel in channels]
    titles: dict[int, str] = {}
    for channel in every:
        titles.setdefault(channel.channel, channel.title)
    panels = tuple(_compared(runs, number, titles[number]) for number in sorted(titles))
    return _figure(panels, title, _alike(every))


def rate_figure(series: Sequence[CountsInTime], *, title: str = "", unix: bool = True) -> Figure:
    """Rates against time, all channels in one panel. unix: times are unix seconds, drawn from the first one on."""
    begins = [np.asarray(one.begins, dtype=float) for one in series]
    every = np.concatenate([*begins, np.array([])])
    every = every[np.isfinite(every)]
    first, last = (float(every.min()), float(every.max())) if every.size else (0.0, 0.0)
    dated = unix and every.size > 0 and 0.0 <= first < YEAR_10000
    origin = first if dated else 0.0
    length, unit = next((length, unit) for span, length, unit in TIMES if last - origin <= span)
    elements: list[Element] = []
    rates = []
    for i, (one, begin) in enumerate(zip(series, begins, strict=True)):
        colour, shape = SERIES[i % len(SERIES)]
        live = np.asarray(one.live, dtype=float)
        with np.errstate(over="ignore"):
            middle = (begin + live / 2.0 - origin) / length
        found = Rates.from_columns(middle, one.counts, live)
        rates.append(found)
        elements += _measured(found, one.name, colour, shape)
    x = Axis(f"time since {_moment(origin)}" if dated else "time", unit)
    return Figure((Panel(x, _rate_axis(rates, on_log=_spread(rates) > LINEAR_SPREAD), tuple(elements)),), title)


def _channel_panel(channel: CountedChannel, ceiling: float | None) -> Panel:
    rates, fit = Rates.of(channel, ceiling), channel.fit
    elements: list[Element] = []
    if fit is not None:
        elements += [*_recommended(fit), *_fitted(fit, rates.where(~rates.full))]
    elements += _measured(rates.where(~rates.full), COUNTED, "ink", "disc")
    if np.any(rates.full):
        elements += _measured(rates.where(rates.full), LINK_FULL, "ink", "ring")
    elements += _ceiling(rates, fit, ceiling)
    if fit is not None and fit.status is not Status.OK:
        elements.append(Note(f"{fit.status.replace('_', ' ')}: {fit.sentence}", warning=True))
    elif not len(rates.x):
        elements.append(Note("Nothing was counted that could be drawn.", warning=True))
    return _panel(elements, channel.title, [rates], None if fit is None else fit.plateau_limit)


def _measured(rates: Rates, label: str, colour: Colour, shape: Shape) -> Iterator[Element]:
    """The points, and apart from them the upper limits, so that a legend can tell what the arrows are."""
    seen, unseen = rates.where(~rates.bars.limit), rates.where(rates.bars.limit)
    if len(seen.x) or not len(unseen.x):
        bars = seen.bars
        x, y, low, high = (numbers(column) for column in (seen.x, bars.rate, bars.low, bars.high))
        yield Points(x, y, low, high, label=label, colour=colour, shape=shape)
    if len(unseen.x):
        high = numbers(unseen.bars.high)
        yield Points(
            numbers(unseen.x),
            (None,) * len(high),
            (None,) * len(high),
            high,
            (True,) * len(high),
            label=NOTHING_COUNTED,
            colour=colour,
        )


def _fitted(fit: Fit, rates: Rates) -> Iterator[Element]:
    """Edge, plateau and their sum over the points; of a fit with a flag only the sum, dotted."""
    if not len(rates.x):
        return
    v = np.linspace(rates.x.min(), rates.x.max(), DENSE)
    curves = fit.curve(v)
    if curves is None:
        return
    edge, plateau = curves
    x = numbers(v)
    if fit.status is not Status.OK:
        yield Line(x, numbers(edge + plateau), FLAGGED, "grey", "dotted")
        if fit.plateau_limit is not None:
            text = f"plateau below {fit.plateau_limit:.2g} events/s (95 %)"
            yield Marker(fit.plateau_limit, "y", text, colour="blue", stroke="dotted")
        return
    yield Line(x, numbers(edge + plateau), FITTED, "grey")
    yield Line(x, numbers(edge), EDGE, "vermilion", "dashed")
    yield Line(x, numbers(plateau), PLATEAU, "blue", "dashed")


def _ceiling(rates: Rates, fit: Fit | None, ceiling: float | None) -> Iterator[Element]:
    """What the link carries, where it was reached: as known, else as it let through of this channel."""
    reached = bool(np.any(rates.full))
    if ceiling is not None and (reached or (fit is not None and fit.saturated)):
        yield Marker(ceiling, "y", f"link ceiling {ceiling:.3g} events/s", colour="grey", stroke="dotted")
    elif reached:
        let_through = float(np.median(rates.bars.rate[rates.full]))
        yield Marker(let_through, "y", f"link full near {let_through:.3g} events/s", colour="grey", stroke="dotted")


def _recommended(fit: Fit) -> Iterator[Element]:
    advice = fit.advice
    if advice is None or advice.value is None:
        return
    low, high = advice.interval
    if low is not None and high is not None:
        yield Band(low, high, label=f"recommended ({advice.name}), 68 % interval")
    error = "" if advice.error is None else f" ± {advice.error:.1f}"
    yield Marker(advice.value, text=f"set {round(advice.value)} ({advice.value:.1f}{error} {advice.unit})")


def _compared(runs: Mapping[str, Sequence[CountedChannel]], number: int, title: str) -> Panel:
    elements: list[Element] = []
    rates = []
    for i, (run, channels) in enumerate(runs.items()):
        colour, shape = SERIES[i % len(SERIES)]
        for channel in channels:
            if channel.channel != number:
                continue
            found, fit = Rates.of(channel), channel.fit
            rates.append(found)
            if fit is not None:
                elements += _sum_and_advice(fit, found.where(~found.full), run, colour)
            elements += _measured(found, run, colour, shape)
    return _panel(elements, title, rates)


def _sum_and_advice(fit: Fit, rates: Rates, run: str, colour: Colour) -> Iterator[Element]:
    if not len(rates.x):
        return
    v = np.linspace(rates.x.min(), rates.x.max(), DENSE)
    curves = fit.curve(v)
    if curves is not None:
        sound = fit.status is Status.OK
        yield Line(numbers(v), numbers(curves[0] + curves[1]), colour=colour, stroke="solid" if sound else "dotted")
    advice = fit.advice
    if advice is not None and advice.value is not None:
        error = "" if advice.error is None else f" ± {advice.error:.1f}"
        yield Marker(advice.value, text=f"{run}: {advice.value:.1f}{error}", colour=colour, stroke="dashed")


def _figure(panels: tuple[Panel, ...], title: str, shared: bool) -> Figure:
    if not panels:
        panels = (_panel([Note("No channel was scanned.", warning=True)], "", []),)
    columns = min(MOST_COLUMNS, ceil(len(panels) / PANELS_IN_A_COLUMN))
    return Figure(panels, title, shared_x=shared, columns=columns)


def _panel(elements: Sequence[Element], title: str, rates: Sequence[Rates], least: float | None = None) -> Panel:
    return Panel(Axis("threshold", "DAC"), _rate_axis(rates, on_log=True, least=least), tuple(elements), title)


def _rate_axis(rates: Sequence[Rates], *, on_log: bool, least: float | None = None) -> Axis:
    """The axis of rates; limits from what was counted, for a fitted edge falls to nothing. least: a rate to be seen."""
    ends = _ends(rates, least)
    if not len(ends):
        return Axis("rate", "events/s", "log" if on_log else "linear", (0.1, 10.0))
    low, high = float(ends.min()), float(ends.max())
    if on_log:
        lacking = max(1.0, (DECADE * low / high) ** 0.5)
        return Axis("rate", "events/s", "log", (low / ROOM_BELOW / lacking, high * ROOM_ABOVE * lacking))
    return Axis("rate", "events/s", "linear", (0.0, high * 1.08))


def _ends(rates: Sequence[Rates], least: float | None = None) -> Floats:
    """Every end of a bar and every upper limit [events/s], and one rate more."""
    bars = [one.bars for one in rates]
    ends = [np.concatenate([bar.low[~bar.limit], bar.high, bar.rate[~bar.limit]]) for bar in bars]
    found = np.concatenate([*ends, np.array([] if least is None else [least])])
    return np.asarray(found[(found > LEAST_RATE) & (found < MOST_RATE)])


def _spread(rates: Sequence[Rates]) -> float:
    """Ratio of the highest to the lowest rate that was seen."""
    seen = np.concatenate([*(one.bars.rate[~one.bars.limit] for one in rates), np.array([])])
    seen = seen[(seen > LEAST_RATE) & (seen < MOST_RATE)]
    return float(seen.max() / seen.min()) if len(seen) else 1.0


def _alike(channels: Sequence[CountedChannel]) -> bool:
    """Whether channels were scanned over ranges so alike that they can share an axis."""
    places = [Rates.of(channel).x for channel in channels]
    spans = [(float(x.min()), float(x.max())) for x in places if len(x)]
    if not spans:
        return True
    whole = max(high for _, high in spans) - min(low for low, _ in spans)
    return whole <= ALIKE * max(high - low for low, high in spans)


def _moment(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
