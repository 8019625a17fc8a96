"""What a mesh says: the place of its peak, and how wide that is along both axes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from scantrail.daq.measured import Floats, Measured, Quantity
from scantrail.daq.stats.curve import Curve, counting_error, positions
from scantrail.daq.stats.found import CUT, CUT_SHORT, EXTREMES, NO_RAW_CENTROID, VERBS, Found, Shape, Statistic, given
from scantrail.daq.stats.noise import FEWEST, contrast, noise_of
from scantrail.daq.stats.profile import profile_of
from scantrail.daq.stats.words import again, few, flat, saturation, told

Mask = NDArray[np.bool_]
Cell = tuple[int, int]

NEIGHBOURS = ((-1, 0), (1, 0), (0, -1), (0, 1))


class About(TypedDict):
    """What all statistics along one axis share."""

    digit: float
    axis: str


@dataclass(frozen=True, slots=True)
class Spot:
    """The highest spot of a map; of a dip, upside down.

    z: readings above the rim's median, by grid index, NaN where there are none; along: the position of each row, and
    of each column; top: the highest cell; own: the cells around it above half height.
    """

    z: Floats
    along: tuple[Floats, Floats]
    sigma: Floats
    noise: float
    top: Cell
    own: Mask


def over_grid(measured: Measured, column: Quantity) -> Found:
    """Return what the readings of a column show over the two axes of a scan."""
    z = gridded(measured, column.values)
    held = z[np.isfinite(z)]
    if len(held) < FEWEST**2:
        return Found(column.name, "none", few(len(held), FEWEST**2))
    counted = counting_error(column, measured.dwell)
    noise = noise_of(list(z if z.shape[1] >= FEWEST else z.T), counted)
    seen = contrast(held, noise)
    if seen.flat:
        return Found(column.name, "none", flat(seen))
    rim = float(np.median(_rim(z)))
    shape: Shape = "dip" if rim > (np.min(held) + np.max(held)) / 2.0 else "peak"
    above = (-1.0 if shape == "dip" else 1.0) * (z - rim)
    top = divmod(int(np.nanargmax(above)), z.shape[1])
    sigma = np.full(z.shape, noise) if counted is None else gridded(measured, counted)
    along = (places_along(measured, 0), places_along(measured, 1))
    spot = Spot(above, along, sigma, noise, top, _spot(above > above[top] / 2.0, top))
    return _told(spot, shape, measured, column)


def gridded(measured: Measured, values: Floats) -> Floats:
    """Return values by grid index, NaN where nothing was measured."""
    grid: Floats = np.full(measured.shape, np.nan)
    grid[tuple(measured.index.T)] = values
    return grid


def _told(spot: Spot, shape: Shape, measured: Measured, column: Quantity) -> Found:
    cut = _cut(spot, complete=len(measured.index) == spot.z.size)
    reason = f"the {shape} {cut}" if cut else ""
    statistics = tuple(_statistics(spot, shape, measured, column, reason))
    value = next(one for one in statistics if one.name == "value")
    if cut:
        place = where(
            Statistic("peak", axis.unit, at, axis=axis.name, digit=step / 10.0)
            for axis, at, step in _top(spot, measured)
        )
        sentence = f"shows a {shape} that {cut}: it is {EXTREMES[shape]}, {told(value)}, at {place}"
        return Found(column.name, shape, sentence, statistics, saturation(column))
    widths = [one for one in statistics if one.name == "fwhm" and one.value is not None]
    aside = f"FWHM {' by '.join(map(told, widths))}, " if len(widths) == 2 else ""
    centre = where(one for one in statistics if one.name == "centroid")
    sentence = f"{VERBS[shape]} at {where(one for one in statistics if one.name == 'peak')} ({aside}centroid {centre})"
    return Found(column.name, shape, sentence, statistics, (*_others(spot, shape), *saturation(column)))


def _statistics(spot: Spot, shape: Shape, measured: Measured, column: Quantity, cut: str) -> Iterator[Statistic]:
    whole = gridded(measured, column.values)
    yield Statistic("value", column.unit, float(whole[spot.top]), float(spot.sigma[spot.top]))
    above = np.where(spot.own, spot.z - spot.z[spot.top] / 2.0, 0.0)
    missing = cut or _no_total(whole, shape)
    for number, (axis, at, step) in enumerate(_top(spot, measured)):
        about: About = {"digit": step / 10.0, "axis": axis.name}
        yield given("peak", axis.unit, (at, None), cut, **about)
        yield given("com", axis.unit, None if missing else _centroid(whole, spot, number), missing, **about)
        yield given("centroid", axis.unit, _centroid(above, spot, number), cut, **about)
        width, centre, narrow = _across(spot, number)
        yield given("fwhm", axis.unit, width, cut or narrow, **about)
        yield given("cen", axis.unit, centre, cut or narrow, **about)


def _no_total(whole: Floats, shape: Shape) -> str:
    """Say why the raw centroid of a map means nothing; empty if it does."""
    if shape == "dip":
        return NO_RAW_CENTROID
    if not np.all(np.isfinite(whole)):
        return "the map is not complete"
    return "" if np.sum(whole) > 0.0 else "the readings do not add up to more than nothing"


def _across(spot: Spot, number: int) -> tuple[tuple[float, float], tuple[float, float], str]:
    """Return width and centre at half height along one axis through the highest cell, or why there are none."""
    nothing = (0.0, 0.0)
    row, column = spot.top
    z, sigma = (spot.z[:, column], spot.sigma[:, column]) if number == 0 else (spot.z[row], spot.sigma[row])
    held = np.isfinite(z)
    x, order = np.unique(spot.along[number][held], return_index=True)
    if len(x) < FEWEST:
        return nothing, nothing, f"only {len(x)} points lie along this axis"
    curve = Curve(x, z[held][order], sigma[held][order])
    profile = profile_of(curve, spot.noise)
    half = profile.half()
    if half is None:
        return nothing, nothing, f"along this axis it {CUT}"
    if not profile.resolved:
        return nothing, nothing, "a single point stands above half height along this axis"
    return *half, ""


def _centroid(weights: Floats, spot: Spot, number: int) -> tuple[float, float]:
    """Return the centroid of weights by grid index along one axis, and its error."""
    x = spot.along[number][:, None] if number == 0 else spot.along[number][None, :]
    held = np.isfinite(weights) & (weights != 0.0)
    x, total = np.broadcast_to(x, weights.shape)[held], float(np.sum(weights[held]))
    centre = float(np.sum(weights[held] * x) / total)
    return centre, float(np.sqrt(np.sum(((x - centre) * spot.sigma[held]) ** 2)) / abs(total))


def _cut(spot: Spot, *, complete: bool) -> str:
    """Say why a spot is not whole; empty if it is."""
    rows, columns = np.nonzero(spot.own)
    last = (spot.own.shape[0] - 1, spot.own.shape[1] - 1)
    if rows.min() == 0 or columns.min() == 0 or rows.max() == last[0] or columns.max() == last[1]:
        return CUT
    beside = (spot.z[rows + down, columns + right] for down, right in NEIGHBOURS)
    if all(np.all(np.isfinite(values)) for values in beside):
        return ""
    return "lies beside points without a reading" if complete else CUT_SHORT


def _others(spot: Spot, shape: Shape) -> tuple[str, ...]:
    """Note that there is another spot above half height."""
    half = spot.z[spot.top] / 2.0
    others = np.isfinite(spot.z) & (np.nan_to_num(spot.z) > half + 3.0 * spot.noise) & ~spot.own
    return (again(shape),) if np.any(others) else ()


def _spot(kept: Mask, top: Cell) -> Mask:
    """Return the cells of `kept` that hang together with one of them."""
    own = np.zeros(kept.shape, dtype=bool)
    own[top] = True
    waiting = [top]
    while waiting:
        row, column = waiting.pop()
        for down, right in NEIGHBOURS:
            cell = row + down, column + right
            if 0 <= cell[0] < kept.shape[0] and 0 <= cell[1] < kept.shape[1] and kept[cell] and not own[cell]:
                own[cell] = True
                waiting.append(cell)
    return own


def _rim(z: Floats) -> Floats:
    """Return the readings along the border of a map."""
    border = np.concatenate([z[0], z[-1], z[:, 0], z[:, -1]])
    held: Floats = border[np.isfinite(border)]
    return held if len(held) else z[np.isfinite(z)]


def places_along(measured: Measured, axis: int) -> Floats:
    """Return the position of each row or column of the grid, NaN where nothing was measured in it."""
    index, where = measured.index[:, axis], positions(measured, axis)
    number = np.bincount(index, minlength=measured.shape[axis])
    found: Floats = np.full(measured.shape[axis], np.nan)
    np.divide(np.bincount(index, where, measured.shape[axis]), number, out=found, where=number > 0)
    return found


def _top(spot: Spot, measured: Measured) -> Iterator[tuple[Quantity, float, float]]:
    """Yield each axis with the position of the highest cell and the distance of its neighbours."""
    for axis, places, index in zip(measured.axes, spot.along, spot.top, strict=True):
        steps = np.abs(np.diff(places))
        yield axis, float(places[index]), float(np.nanmedian(steps)) if np.any(np.isfinite(steps)) else 0.0


def where(statistics: Iterable[Statistic]) -> str:
    """Return the place that statistics of several axes tell, in words."""
    return ", ".join(f"{one.axis.rpartition(':')[2]} {told(one)}" for one in statistics)
