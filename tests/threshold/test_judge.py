"""Whole scans of a known truth: an answer, or a flag and the sentence that says what to do."""

import numpy as np
import pytest
from known_detector import edge, run_of, steady

from scantrail.plots import Band, Marker, Note, Points
from scantrail.runs import read
from scantrail.threshold import CountingCurve, all_answered, curves_of, fit_curves, results_of, threshold_figure
from scantrail.threshold.fit import Status


def judged(rate, thresholds=range(280, 322, 2), **given):
    return fit_curves(curves_of([read(run_of({1: rate}, thresholds={1: thresholds}, **given))]))


def curve_of(points, live=10.0) -> CountingCurve:
    curve = CountingCurve(1, "ch1", "top")
    for threshold, counts in points:
        curve.add(threshold, counts, live)
    return curve


def counted(thresholds, seed=4, live=10.0):
    rate, random = edge(), np.random.default_rng(seed)
    return [(v, int(random.poisson(rate(v) * live))) for v in thresholds]


GRID = range(280, 322, 2)


def test_an_answer():
    (one,) = found = judged(edge(300.0, sigma=4.0))
    assert all_answered(found)
    assert one.recommended == pytest.approx(314, abs=2)
    assert one.verdict == f"ch1: {one.fit.sentence}"
    assert one.verdict.startswith(f"ch1: Set the threshold to {one.recommended}: ")
    verdict, *_ = results_of(found)
    assert (verdict.name, verdict.unit, verdict.status) == ("ch1 threshold", "DAC", "OK")
    assert round(verdict.value) == one.recommended
    assert 0.3 < verdict.error < 2.0


@pytest.mark.parametrize(
    ("rate", "thresholds", "given", "status", "words"),
    [
        (edge(), range(301, 341, 2), {}, Status.OUT_OF_RANGE, "does not show its top: extend the scan down to 2"),
        (edge(), range(312, 352, 2), {}, Status.NO_EDGE, "if it is the plateau, extend the scan down to 27"),
        (edge(), range(270, 306, 2), {}, Status.OUT_OF_RANGE, "before a plateau: extend the scan to 32"),
        (edge(), range(240, 280, 2), {}, Status.NO_EDGE, "If this is noise (a hot channel), extend the scan to 31"),
        (edge(plateau=0.0), GRID, {}, Status.NO_PLATEAU, "no plateau is seen: check that the detector sees signals"),
        (steady(0.0), GRID, {}, Status.NO_EDGE, "No count at any of 21 thresholds from 280 to 320"),
        (steady(80.0), GRID, {}, Status.NO_EDGE, "If this is noise (a hot channel), extend the scan to 360"),
        (edge(rate=1.0, plateau=0.1), GRID, {"dwell": 0.2}, Status.LOW_STAT, "too few to see an edge: count"),
        (edge(rate=200.0), GRID, {"capacity": 300.0}, Status.OUT_OF_RANGE, "The link was full from 280 to 29"),
        (steady(80.0), GRID, {"capacity": 40.0}, Status.OUT_OF_RANGE, "The link was full from 280 to 320"),
    ],
    ids=[
        "begins on the edge",
        "begins beyond the edge",
        "ends on the edge",
        "ends before the edge",
        "no plateau",
        "dead channel",
        "hot channel",
        "too few counts",
        "link full at the top",
        "link full everywhere",
    ],
)
def test_a_scan_that_cannot_be_answered_says_so(rate, thresholds, given, status, words):
    (one,) = found = judged(rate, thresholds, **given)
    assert one.fit.status is status
    assert words in one.verdict
    assert not all_answered(found)
    assert one.recommended is None
    verdict, *others = results_of(found)
    assert (verdict.value, verdict.error, verdict.status) == (None, None, str(status))
    assert words in verdict.sentence
    assert all(result.status != "OK" for result in others if result.value is not None)
    figure = threshold_figure([one.counted])
    elements = figure.panels[0].elements
    assert [words in note.text for note in elements if isinstance(note, Note)] == [True]
    assert not any(isinstance(element, Band) for element in elements)
    markers = [marker.text for marker in elements if isinstance(marker, Marker)]
    assert not any("set" in text for text in markers)
    rings = [points for points in elements if isinstance(points, Points) and points.shape == "ring"]
    assert bool(rings) == ("capacity" in given)
    assert any(text.startswith("link full near ") for text in markers) == ("capacity" in given)


# --- points by hand ---------------------------------------------------------------------------------------------------


def test_zero_counts_everywhere():
    (one,) = fit_curves([curve_of([(v, 0) for v in GRID])])
    assert one.fit.status is Status.NO_EDGE
    assert "extend the scan down to" in one.verdict


def test_one_point():
    (one,) = fit_curves([curve_of([(300, 50)])])
    assert one.fit.status is Status.LOW_STAT
    assert one.verdict == "ch1: 1 threshold (300) cannot show an edge: scan at least 6, better 20, across the edge."


def test_no_point_that_can_be_used():
    (one,) = fit_curves([curve_of([(0, 50), (2000, 3)])])
    assert one.fit.status is Status.LOW_STAT
    assert "No point can be used" in one.verdict


def test_the_order_of_points_does_not_matter():
    points = counted(GRID)
    mixed = [points[i] for i in np.random.default_rng(0).permutation(len(points))]
    (one,), (other,) = fit_curves([curve_of(points)]), fit_curves([curve_of(mixed)])
    assert one.fit.status is Status.OK
    assert one.recommended == other.recommended
    assert one.fit.advice.value == pytest.approx(other.fit.advice.value, abs=0.01)


def test_repeated_thresholds_count_together():
    (once,) = fit_curves([curve_of(counted(GRID))])
    (twice,) = fit_curves([curve_of(counted(GRID) + counted(GRID, seed=5))])
    assert twice.fit.status is Status.OK
    assert twice.recommended == pytest.approx(once.recommended, abs=2)
    assert twice.fit.advice.error < once.fit.advice.error


def test_a_gap_where_the_rate_falls():
    (one,) = fit_curves([curve_of(counted([*range(270, 294, 2), *range(310, 334, 2)]))])
    assert one.fit.status is Status.LOW_STAT
    assert "No threshold was measured between 292 and 310" in one.verdict
    assert "scan 292 to 310 in steps of 2" in one.verdict


def test_an_edge_above_all_thresholds_that_can_be_set_is_no_answer():
    points = [(v, int(200 * (v < 1016) + 10)) for v in range(984, 1024, 2)]
    (one,) = found = fit_curves([curve_of(points)])
    assert all_answered(found) == (one.recommended is not None)
    assert (one.fit.status is Status.OK) == (one.recommended is not None)


def test_forced_families_are_told():
    curve = curve_of(counted(GRID))
    assert [fit_curves([curve], family=family)[0].fit.family for family in ("erfc", "rice")] == ["erfc", "rice"]
