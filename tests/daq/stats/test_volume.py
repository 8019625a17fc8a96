"""What a scan over three axes says: the place of its highest reading, which is known."""

import numpy as np
import pytest

from scantrail.daq import Found, Measured, Quantity, scan_figure, statistics_of

WAYS = {"E": np.array([7000.0, 7100.0, 7200.0]), "Y": np.linspace(-60, 60, 7), "X": np.linspace(40, -40, 9)}
NOISE = np.random.default_rng(3).normal(0.0, 1.0, (3, 7, 9))


def volume(z: np.ndarray, taken: int | None = None) -> Measured:
    index = np.argwhere(np.ones(z.shape))[:taken]
    axes = tuple(Quantity(name, "um", "setpoint", places[index[:, i]]) for i, (name, places) in enumerate(WAYS.items()))
    counts = Quantity("if", "V", "ifluor", z[tuple(index.T)])
    return Measured("grid", "", axes, (), (counts,), z.shape, index)


def found(z: np.ndarray, taken: int | None = None) -> Found:
    return statistics_of(volume(z, taken))[0]


def test_the_highest_reading_and_its_place_are_told() -> None:
    z = NOISE.copy()
    z[1, 2, 6] = 100.0
    one = found(z)
    assert (one.shape, one.get("value").value) == ("peak", 100.0)
    assert [(each.axis, each.value) for each in one.all("peak")] == [("E", 7100.0), ("Y", -20.0), ("X", -20.0)]
    assert one.sentence == "is highest, 100.0 V, at E 7100 um, Y -20 um, X -20 um"


def test_of_a_dip_the_lowest_and_where_the_range_ends_is_told() -> None:
    z = NOISE.copy()
    z[2, 2, 0] = -100.0
    one = found(z)
    assert one.shape == "dip"
    assert one.sentence.startswith("is lowest, -100.0 V, at E 7200 um, Y -20 um, X 40 um; the range ends there")
    assert one.sentence.endswith("along E and X")


def test_what_does_not_stand_out_is_no_peak() -> None:
    assert found(NOISE).shape == "none"
    assert found(NOISE, taken=20).sentence == "has 20 readings, and 25 are needed to tell a peak from noise"


def test_a_scan_that_was_ended_early_is_judged_on_what_it_has() -> None:
    z = NOISE.copy()
    z[0, 2, 6] = 100.0
    assert found(z, taken=80).get("value").value == 100.0


def test_the_figure_breaks_its_line_at_the_end_of_each_row() -> None:
    z = NOISE.copy()
    z[1, 2, 6] = 100.0
    measured = volume(z)
    (panel,) = scan_figure(measured, statistics_of(measured)).panels
    line, points, peak = (one for one in panel.elements if one.kind in ("line", "points"))
    assert line.x.count(None) == line.y.count(None) == 3 * 7 - 1
    assert len(points.x) == 3 * 7 * 9
    assert (peak.x, peak.y, peak.label) == ((-20.0,), (100.0,), "peak")


@pytest.mark.parametrize("number", [3, 4])
def test_dimensions_of_one_point_are_no_end(number: int) -> None:
    z = np.zeros((1,) * (number - 2) + (5, 9))
    z[(0,) * (number - 2) + (2, 4)] = 50.0
    index = np.argwhere(np.ones(z.shape))
    axes = tuple(Quantity(f"a{i}", "", "setpoint", index[:, i].astype(float)) for i in range(number))
    measured = Measured("grid", "", axes, (), (Quantity("d", "", "counts", z.ravel()),), z.shape, index)
    assert "the range ends" not in statistics_of(measured)[0].sentence
