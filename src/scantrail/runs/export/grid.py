"""Columns by the places of a plan: a value a point, or over a grid an array of the grid's shape."""

import numpy as np

from scantrail.runs.export.recorded import Floats, Recorded, Recording, Values

NEAR = 1e-9
"""Positions that differ by less than this share of the largest are one."""


def placed(recording: Recording, values: Values) -> Values:
    """Return values as they were taken, or over a grid by grid index, NaN (text: "") where nothing was measured."""
    index = recording.flat_index()
    if index is None:
        return values
    if values.dtype.kind == "O":
        grid = np.full(recording.planned, "", dtype=object)
    elif len(index) < recording.planned:
        grid = np.full(recording.planned, np.nan)
    else:
        grid = np.zeros(recording.planned, dtype=values.dtype)
    grid[index] = values
    return grid.reshape(recording.shape)


def positions(recording: Recording, axis: Recorded) -> Floats:
    """Return where an axis was to be sent along its dimension, shape (points along it,).

    Where nothing was measured an even way stands in: the one between the ends that the start document tells, or the one
    through what was measured; NaN where neither is known.
    """
    dimension = next(i for i, axes in enumerate(recording.dimensions) if axis in axes)
    first = recording.dimensions[dimension][0]
    index = recording.columns[f"{first.key}_index" if len(recording.shape) > 1 else "point"]
    known = np.full(recording.shape[dimension], np.nan)
    known[index.values.astype(np.intp)] = recording.stepped(axis).floats
    if np.isfinite(known).all():
        return known
    ends = recording.start["extents"][dimension] if axis is first else ()
    return np.where(np.isfinite(known), known, _way(known, *ends))


def _way(known: Floats, *ends: float) -> Floats:
    """Return the even way between the ends, up or down, that leads through all known positions, else through two."""
    there = np.flatnonzero(np.isfinite(known))
    for first, last in (ends, ends[::-1]) if ends else ():
        way = np.linspace(first, last, len(known))
        if np.allclose(way[there], known[there], rtol=0, atol=NEAR * max(map(abs, ends))):
            return way
    if len(there) < 2:
        return np.full(len(known), np.nan)
    step = (known[there[-1]] - known[there[0]]) / (there[-1] - there[0])
    return np.asarray(known[there[0]] + step * (np.arange(len(known)) - there[0]))
