"""What a scan along one axis says: a peak, a dip, an edge, or that nothing stands out of the noise."""

from collections.abc import Iterator

import numpy as np

from scantrail.daq.measured import Measured, Quantity
from scantrail.daq.stats.curve import Curve, curve_of
from scantrail.daq.stats.edge import EdgeFit, edge_of
from scantrail.daq.stats.found import (
    CUT,
    CUT_SHORT,
    EXTREMES,
    NO_RAW_CENTROID,
    VERBS,
    Fit,
    Found,
    Shape,
    Statistic,
    given,
)
from scantrail.daq.stats.noise import FEWEST, contrast, noise_of
from scantrail.daq.stats.profile import Profile, ends, profile_of
from scantrail.daq.stats.words import again, few, flat, saturation, told

STEP = 8.0
"""Height of an edge, in units of the noise, below which it may be a drift: four on either side of its middle."""


def along_line(measured: Measured, column: Quantity) -> Found:
    """Return what the readings of a column show along the first axis of a scan."""
    axis, curve = measured.axes[0], curve_of(measured, column)
    if len(curve) < FEWEST:
        return Found(column.name, "none", few(len(curve), FEWEST))
    seen = contrast(curve.y, noise_of([curve.y], curve.sigma))
    if seen.flat:
        return Found(column.name, "none", flat(seen))
    shape = _shape(curve)
    if shape == "edge":
        fit = edge_of(curve, seen.noise)
        if fit is not None and fit.height < STEP * seen.noise:
            return Found(column.name, "none", _low(fit.height / seen.noise))
        if fit is not None:
            return _edge(fit, column, axis.unit, curve)
        shape = "peak" if seen.up >= seen.down else "dip"
    return _peak(profile_of(curve, seen.noise, -1.0 if shape == "dip" else 1.0), shape, column, axis.unit)


def _shape(curve: Curve) -> Shape:
    """Tell a peak, whose both ends lie low, from a dip and from an edge."""
    middle = (float(np.min(curve.y)) + float(np.max(curve.y))) / 2.0
    left, right = (level > middle for level in ends(curve.y))
    if left != right:
        return "edge"
    return "dip" if left else "peak"


# --- peaks and dips ---------------------------------------------------------------------------------------------------


def _peak(profile: Profile, shape: Shape, column: Quantity, unit: str) -> Found:
    cut = _cut(profile)
    statistics = tuple(_statistics(profile, shape, column, unit, f"the {shape} {cut}" if cut else ""))
    of = {one.name: one for one in statistics}
    notes = (again(shape),) if profile.again else ()
    notes = (*notes, *saturation(column))
    if cut:
        at = told(Statistic("peak", unit, profile.position, digit=profile.curve.step / 10.0))
        sentence = f"shows a {shape} that {cut}: it is {EXTREMES[shape]}, {told(of['value'])}, at {at}"
        return Found(column.name, shape, sentence, statistics, notes)
    narrow = of["fwhm"].reason
    aside = f"; {narrow}" if narrow else f" (FWHM {told(of['fwhm'])}, centre {told(of['cen'])})"
    span = None if narrow or not (profile.left and profile.right) else (profile.left.at, profile.right.at)
    sentence = f"{VERBS[shape]} at {told(of['peak'])}{aside}"
    return Found(column.name, shape, sentence, statistics, notes, span=span)


def _cut(profile: Profile) -> str:
    """Say that a flank is not in the range, and why; empty for a whole peak."""
    if profile.left is not None and profile.right is not None:
        return ""
    end = profile.curve.x[0] if profile.left is None else profile.curve.x[-1]
    return CUT_SHORT if end == profile.curve.frontier else CUT


def _statistics(profile: Profile, shape: Shape, column: Quantity, unit: str, cut: str) -> Iterator[Statistic]:
    digit = profile.curve.step / 10.0
    value, error = float(profile.curve.y[profile.top]), float(profile.errors[profile.top])
    yield given("peak", unit, (profile.position, None), cut, digit=digit)
    yield Statistic("value", column.unit, value, error)
    yield given("com", unit, *_raw(profile, shape, cut), digit=digit)
    yield given("centroid", unit, None if cut else profile.centroid(), cut, digit=digit)
    width, centre = profile.half() or (None, None)
    narrow = (
        "" if profile.resolved else f"a single point stands above half height: the {shape} is narrower than 2 steps"
    )
    yield given("fwhm", unit, width, cut or narrow, digit=digit)
    yield given("cen", unit, centre, cut or narrow, digit=digit)


def _raw(profile: Profile, shape: Shape, reason: str) -> tuple[tuple[float, float] | None, str]:
    if shape == "dip":
        return None, NO_RAW_CENTROID
    found = profile.raw_centroid()
    return found, reason or ("" if found else "the readings do not add up to a centroid within the range")


def _low(height: float) -> str:
    return f"shows no peak: both ends differ by {height:.1f} times the noise, and {STEP:.1f} are needed for an edge"


# --- edges ------------------------------------------------------------------------------------------------------------


def _edge(fit: EdgeFit, column: Quantity, unit: str, curve: Curve) -> Found:
    verb, digit = "rises" if fit.rises else "falls", curve.step / 10.0
    if not fit.whole:
        end = curve.x[0] if fit.position - fit.fwhm < curve.x[0] else curve.x[-1]
        cut = CUT_SHORT if end == curve.frontier else CUT
        told_so = f"the edge {cut}"
        statistics = tuple(Statistic(name, unit, reason=told_so, digit=digit) for name in ("edge", "width"))
        return Found(column.name, "edge", f"{verb}, and {told_so}", statistics)
    edge = Statistic("edge", unit, fit.position, fit.position_error, digit=digit)
    width = Statistic("width", unit, fit.fwhm, fit.fwhm_error, digit=digit)
    aside = f"beam FWHM {told(width)}"
    if not fit.resolved:
        width = Statistic("width", unit, reason="the edge is narrower than a step", digit=digit)
        aside = width.reason
    sentence = f"{verb} at {told(edge)} ({aside})"
    return Found(column.name, "edge", sentence, (edge, width), saturation(column), Fit(fit.x, fit.y))
