"""Statistics over a mesh: real maps, whole and aborted, and spots whose place is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spec_scans import mesh

from scantrail.daq import Found, Measured, Quantity, statistics_of

FILE = "33id_mesh_extract.spec"


def found(y: np.ndarray, x: np.ndarray, z: np.ndarray, taken: int | None = None, unit: str = "") -> Found:
    """Judge a mesh of slow positions y and fast positions x, of which `taken` points were taken."""
    index = np.argwhere(np.ones(z.shape))[:taken]
    axes = tuple(
        Quantity(name, "um", "setpoint", places[index[:, i]])
        for i, (name, places) in enumerate({"Y": y, "X": x}.items())
    )
    counts = Quantity("if", unit, "ifluor", z[tuple(index.T)].astype(float))
    return statistics_of(Measured("mesh", "", axes, (), (counts,), z.shape, index))[0]


Y, X = np.linspace(-600, 600, 13), np.linspace(1000, -600, 17)


def spot(y: float, x: float, sigma: float = 200.0) -> np.ndarray:
    return 1000 * np.exp(-((Y[:, None] - y) ** 2 + (X[None, :] - x) ** 2) / (2 * sigma**2)) + 50


def test_a_spot_is_found_in_both_axes_one_of_which_runs_down() -> None:
    one = found(Y, X, spot(-30, 220))
    assert [statistic.axis for statistic in one.all("peak")] == ["Y", "X"]
    assert [statistic.value for statistic in one.all("peak")] == [0, 200]
    assert [statistic.value for statistic in one.all("centroid")] == pytest.approx([-30, 220], abs=3)
    assert [statistic.value for statistic in one.all("cen")] == pytest.approx([-30, 220], abs=3)
    assert [statistic.value for statistic in one.all("fwhm")] == pytest.approx([471, 471], rel=0.03)
    assert one.get("value").value == np.max(spot(-30, 220))
    assert one.sentence.startswith("peaks at Y 0 um, X 200 um (FWHM 4")


def test_a_dip_has_no_raw_centroid() -> None:
    one = found(Y, X, 2000 - spot(100, 200))
    assert (one.shape, [statistic.value for statistic in one.all("peak")]) == ("dip", [100, 200])
    assert {statistic.reason for statistic in one.all("com")} == {
        "the raw centroid of a dip is that of what surrounds it"
    }


def test_a_spot_at_the_border_is_cut() -> None:
    one = found(Y, X, spot(-600, 200))
    assert one.sentence == "shows a peak that is cut at the range end: it is highest, 1050.0, at Y -600 um, X 200 um"
    assert {statistic.value for statistic in one.statistics if one.get("value") != statistic} == {None}


def test_a_scan_that_ended_within_the_spot_cuts_it() -> None:
    one = found(Y, X, spot(0, 200), taken=7 * 17)
    assert "is cut where the scan ended early" in one.sentence
    whole = found(Y, X, spot(-200, 200, 100), taken=9 * 17)
    assert whole.get("peak").value == -200
    assert whole.get("com").reason == "the map is not complete"


def test_another_spot_is_noted() -> None:
    two = found(Y, X, spot(0, 600, 100) + 0.8 * spot(0, -200, 100))
    assert two.notes == ("it rises above half height more than once: the highest peak is told",)


def test_noise_is_hardly_ever_named_a_peak() -> None:
    random = np.random.default_rng(5)
    named = [found(Y, X, random.poisson(30, (13, 17)), unit="counts").shape for _ in range(100)]
    assert named.count("none") >= 97


@pytest.mark.parametrize(("number", "eta"), [(22, 57.04), (30, 57.08), (31, 57.08), (82, 43.95)])
def test_reflections_are_found_in_real_meshes(number: int, eta: float) -> None:
    one = statistics_of(mesh(FILE, number, "signal"))[0]
    assert one.shape == "peak"
    assert [statistic.value for statistic in one.all("peak")][1] == pytest.approx(eta, abs=0.01)


def test_a_reflection_at_the_border_is_not_moved_to() -> None:
    one = statistics_of(mesh(FILE, 29, "signal"))[0]
    assert one.get("peak").reason == "the peak is cut at the range end"


def test_a_monitor_shows_no_peak() -> None:
    assert statistics_of(mesh(FILE, 22, "I0"))[0].shape == "none"


shapes = st.tuples(st.integers(1, 7), st.integers(1, 7))


@given(shapes, st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_any_grid_is_told_without_a_crash(shape: tuple[int, int], seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    z = np.where(random.random(shape) < share, random.choice([0.0, 1.0, 1e6, np.nan], shape), 5.0)
    one = found(np.arange(shape[0]) * 2.0, np.arange(shape[1]) * -1.0, z, taken=1 + seed % z.size)
    assert one.sentence
    for statistic in one.statistics:
        assert (statistic.value is None) == bool(statistic.reason)
        assert statistic.value is None or np.isfinite(statistic.value)
