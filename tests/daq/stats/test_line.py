"""Statistics along one axis: against an instrument's own answers, known curves, and noise in which nothing is."""

import json
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import erf
from spec_scans import SCANS, line

from scantrail.daq import Found, Measured, Quantity, statistics_of

X = np.linspace(2800.0, 3200.0, 41)
ALIGNED = json.loads((SCANS / "aligned.json").read_text())


def curve(x: np.ndarray, y: np.ndarray, *, unit: str = "", planned: int = 0, **more: object) -> Measured:
    axis = Quantity("x", "um", "setpoint", x)
    detector = Quantity("it", unit, "itrans", np.asarray(y, dtype=float), **more)
    index = np.arange(len(x)).reshape(-1, 1)
    return Measured("linear", "", (axis,), (), (detector,), (planned or len(x),), index)


def found(x: np.ndarray, y: np.ndarray, **more: object) -> Found:
    return statistics_of(curve(x, y, **more))[0]


def gauss(centre: float, sigma: float = 40.0, x: np.ndarray = X) -> np.ndarray:
    return np.exp(-((x - centre) ** 2) / (2 * sigma**2))


def step(centre: float, sigma: float = 40.0) -> np.ndarray:
    return (1 + erf((X - centre) / (sqrt(2) * sigma))) / 2


# --- real scans -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [int(number) for number in ALIGNED])
def test_the_raw_centroid_is_where_the_instrument_moved(number: int) -> None:
    measured = line("APS_spec_data.dat", number)
    (peak,) = statistics_of(measured)
    sent = ALIGNED[str(number)]
    digit = 10.0 ** -len(sent.partition(".")[2])
    spacing = np.mean(np.abs(np.diff(measured.axes[0].values)))
    assert peak.get("com").value == pytest.approx(float(sent), abs=digit / 2 + 0.05 * spacing)
    y = measured.detectors[0].values
    assert peak.get("value").value == np.max(y)
    assert peak.get("peak").value == measured.axes[0].values[np.argmax(y)]
    assert peak.get("cen").value == pytest.approx(peak.get("com").value, abs=0.1 * peak.get("fwhm").value)


def test_no_peak_is_named_without_beam() -> None:
    (nothing,) = statistics_of(line("flat_no_beam_tune_mr.spec", 108))
    assert (nothing.shape, nothing.statistics) == ("none", ())
    assert nothing.sentence.startswith("shows no peak: its highest reading stands 0.1 times the noise above the median")


@pytest.mark.parametrize("number", [5, 10, 15, 20])
def test_a_scan_that_begins_on_its_peak_is_cut(number: int) -> None:
    (cut,) = statistics_of(line("APS_spec_data.dat", number))
    assert cut.get("com").value is cut.get("fwhm").value is cut.get("peak").value is None
    assert cut.get("fwhm").reason == "the peak is cut at the range end"


# --- known curves -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [1, -1])
def test_a_gaussian_on_a_slope_is_found_whichever_way_it_was_scanned(way: int) -> None:
    y = 50 + 0.1 * (X - 2800) + 1000 * gauss(3012.3)
    peak = found(X[::way], y[::way])
    assert peak.shape == "peak"
    assert peak.get("peak").value == 3010
    assert peak.get("fwhm").value == pytest.approx(2.3548 * 40, rel=0.02)
    assert peak.get("cen").value == pytest.approx(3012.3, abs=0.5)
    assert peak.get("centroid").value == pytest.approx(3012.3, abs=0.5)
    assert peak.get("com").value == pytest.approx(np.sum(X * y) / np.sum(y))
    assert peak.sentence == "peaks at 3010 um (FWHM 94.4 um, centre 3012.3 um)"


def test_a_dip_is_told_as_one() -> None:
    dip = found(X, 1000 - 800 * gauss(2990))
    assert (dip.shape, dip.get("peak").value) == ("dip", 2990)
    assert dip.get("cen").value == pytest.approx(2990, abs=0.1)
    assert dip.get("com").reason == "the raw centroid of a dip is that of what surrounds it"
    assert dip.sentence.startswith("dips at 2990 um")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_knife_edge_tells_its_position_and_the_beam(sign: int) -> None:
    noise = np.random.default_rng(3).normal(0, 5, len(X))
    edge = found(X, 1000 * step(3004.2)[::sign] + noise)
    truth = 3004.2 if sign > 0 else 2800 + 3200 - 3004.2
    position, width = edge.get("edge"), edge.get("width")
    assert edge.shape == "edge"
    assert edge.sentence.startswith("rises at" if sign > 0 else "falls at")
    assert position.value == pytest.approx(truth, abs=4 * position.error)
    assert width.value == pytest.approx(2.3548 * 40, abs=4 * width.error)
    assert 0.1 < position.error < 2


def test_the_error_of_an_edge_is_its_spread() -> None:
    random = np.random.default_rng(1)
    edges = [found(X, random.poisson(400 * step(3004.2) + 20), unit="counts").get("edge") for _ in range(60)]
    pulls = [(edge.value - 3004.2) / edge.error for edge in edges]
    assert abs(np.mean(pulls)) < 0.5
    assert 0.7 < np.std(pulls) < 1.4


def test_the_error_of_a_centroid_is_its_spread() -> None:
    random = np.random.default_rng(2)
    every = [found(X, random.poisson(900 * gauss(3003) + 5), unit="counts") for _ in range(60)]
    for name, truth in (("com", 3003 - 0.05), ("cen", 3003), ("centroid", 3003)):
        pulls = [(one.get(name).value - truth) / one.get(name).error for one in every]
        assert 0.6 < np.std(pulls) < 1.6, name


@pytest.mark.parametrize(
    ("y", "told"),
    [
        (gauss(3190), "rises, and the edge is cut at the range end"),
        (gauss(3170), "shows a peak that is cut at the range end: it is highest, 1.000, at 3170 um"),
        (step(3190), "shows a peak that is cut at the range end: it is highest, 0.5987, at 3200 um"),
        (X, "rises, and the edge is cut at the range end"),
    ],
)
def test_what_the_range_cuts_has_no_numbers(y: np.ndarray, told: str) -> None:
    cut = found(X, y)
    assert cut.sentence == told
    assert {one.value for one in cut.statistics if one.name != "value"} == {None}


def test_where_a_scan_ended_early_it_was_not_the_range() -> None:
    cut = found(X[:22], gauss(3000)[:22], planned=len(X))
    assert "is cut where the scan ended early" in cut.sentence


def test_a_peak_of_one_point_has_no_width() -> None:
    narrow = found(X, 1000.0 * (X == 3000))
    assert narrow.get("peak").value == 3000
    assert "a single point stands above half height" in narrow.get("fwhm").reason
    assert (
        narrow.sentence
        == "peaks at 3000 um; a single point stands above half height: the peak is narrower than 2 steps"
    )


def test_an_edge_between_two_points_has_no_width() -> None:
    edge = found(X, 1000.0 * (X > 3004))
    assert edge.get("edge").value == pytest.approx(3005, abs=5)
    assert edge.get("edge").error == pytest.approx(10 / sqrt(12))
    assert edge.get("width").reason == "the edge is narrower than a step"


def test_a_flat_top_is_a_peak_about_its_middle() -> None:
    box = found(X, 100.0 * (np.abs(X - 3000) < 150))
    assert (box.get("peak").value, box.get("cen").value) == (3000, 3000)
    assert box.get("fwhm").value == pytest.approx(290)


def test_a_second_peak_and_a_ceiling_are_told() -> None:
    two = found(X, gauss(2900, 20) + 0.8 * gauss(3100, 20), ceiling=0.99)
    assert two.get("peak").value == 2900
    assert two.notes == (
        "it rises above half height more than once: the highest peak is told",
        "it was at its ceiling of 0.99 at 1 point, so its shape is not true",
    )


def test_readings_that_failed_and_places_that_come_again_do_no_harm() -> None:
    y = gauss(3000)
    y[3] = np.nan
    again = found(np.concatenate([X, X]), np.concatenate([y, y]))
    assert again.get("com").value == pytest.approx(found(X, y).get("com").value)


@pytest.mark.parametrize("points", range(5))
def test_too_few_points_are_no_curve(points: int) -> None:
    few = found(X[:points], gauss(2820)[:points])
    assert few.sentence == f"has {points} reading{'s' * (points != 1)}, and 5 are needed to tell a peak from noise"


# --- noise ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["", "counts"])
@pytest.mark.parametrize("points", [11, 31, 101, 401])
def test_noise_is_hardly_ever_named_a_peak(points: int, unit: str) -> None:
    random = np.random.default_rng(points)
    x = np.arange(float(points))
    named = [found(x, random.poisson(100, points), unit=unit).shape != "none" for _ in range(200)]
    assert np.mean(named) <= 0.04


def test_counts_at_nothing_are_no_peak() -> None:
    assert found(X, np.where(X == 3000, 2.0, 0.0), unit="counts").shape == "none"


def test_a_last_digit_is_no_peak() -> None:
    assert found(X, np.where(X == 3000, 0.300001, 0.3)).shape == "none"


numbers = st.floats(-1e6, 1e6, allow_subnormal=False) | st.just(float("nan"))


@given(st.lists(st.tuples(st.floats(-1e4, 1e4, allow_subnormal=False), numbers), max_size=40))
def test_whatever_was_read_is_told_without_a_crash(pairs: list[tuple[float, float]]) -> None:
    x, y = (np.array(column, dtype=float) for column in zip(*pairs, strict=True)) if pairs else (np.empty(0),) * 2
    one = found(x, y)
    assert one.sentence
    for statistic in one.statistics:
        assert (statistic.value is None) == bool(statistic.reason)
        assert statistic.value is None or np.isfinite(statistic.value)
