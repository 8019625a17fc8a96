"""What readings in time say: levels, scatter and drifts that are known."""

import numpy as np
import pytest

from scantrail.daq import Found, Measured, Quantity, scan_figure, statistics_of

T = np.arange(100) * 0.5
NOISE = np.random.default_rng(7).normal(0.0, 10.0, 100)


def in_time(y: np.ndarray, unit: str = "", **more: object) -> Measured:
    n = len(y)
    due, elapsed = (Quantity("elapsed", "s", role, T[:n]) for role in ("setpoint", "axis"))
    detector = Quantity("i0", unit, "i0", y, **more)  # type: ignore[arg-type]
    index = np.arange(n).reshape(n, 1)
    return Measured("time", "", (due,), (elapsed,), (detector,), (n,), index, dwell=np.full(n, 0.1))


def found(y: np.ndarray, unit: str = "", **more: object) -> Found:
    return statistics_of(in_time(y, unit, **more))[0]


def values(one: Found) -> dict[str, tuple[float | None, float | None]]:
    return {each.name: (each.value, each.error) for each in one.statistics}


def test_a_level_is_told_with_its_scatter() -> None:
    one = found(1000.0 + NOISE, "mA")
    of = values(one)
    assert one.shape == "level"
    assert of["mean"] == pytest.approx((1000.0 + NOISE.mean(), NOISE.std(ddof=1) / 10.0))
    assert of["std"] == pytest.approx((NOISE.std(ddof=1), NOISE.std(ddof=1) / np.sqrt(198)))
    assert abs(of["drift"][0]) < 3 * of["drift"][1]
    assert one.sentence.startswith("averages 99")
    assert ", scatters by " in one.sentence
    assert ", no drift (" in one.sentence
    assert one.sentence.endswith(" in 49.5 s)")


@pytest.mark.parametrize(("rate", "verb"), [(2.0, "rises"), (-2.0, "falls")])
def test_a_drift_is_the_way_of_the_line_through_the_readings(rate: float, verb: str) -> None:
    one = found(1000.0 + rate * T + NOISE)
    drift, error = values(one)["drift"]
    assert drift == pytest.approx(rate * 49.5, abs=3 * error)
    assert error == pytest.approx(10.0 * np.sqrt(12 / 100), rel=0.2)
    assert f", {verb} (" in one.sentence


def test_what_scatters_more_than_counts_do_is_noted() -> None:
    rate = 1e5
    counted = np.random.default_rng(1).poisson(rate * 0.1, 100) / 0.1
    assert found(counted, "counts/s").notes == ()
    (note,) = found(counted * (1 + NOISE / 200.0), "counts/s").notes
    assert note.startswith("it scatters ")
    assert note.endswith(" times as much as counting alone would")


def test_a_detector_at_its_ceiling_is_noted() -> None:
    assert found(np.full(9, 5.0), ceiling=5.0).notes == (
        "it was at its ceiling of 5 at 9 points, so its level is not true",
    )


def test_few_readings_tell_less_and_say_why() -> None:
    one, three = found(np.array([4.0])), found(np.array([4.0, 5.0, 6.0]))
    assert one.sentence == "averages 4"
    assert [each.reason for each in one.statistics] == [
        "",
        "a single reading does not scatter",
        "5 readings are needed to tell a drift from scatter",
    ]
    assert (values(three)["std"][0], values(three)["drift"][0]) == (1.0, None)


def test_readings_that_failed_do_not_count_and_none_are_no_level() -> None:
    assert values(found(np.array([1.0, np.nan, 3.0])))["mean"][0] == 2.0
    nothing = found(np.full(3, np.nan))
    assert (nothing.shape, nothing.sentence) == ("none", "gave no reading")


def test_readings_that_are_all_alike_have_no_scatter() -> None:
    assert found(np.full(9, 5.0)).sentence == "averages 5, scatters by 0 (0 %), no drift (0 in 4 s)"


def test_the_figure_shows_the_mean() -> None:
    measured = in_time(1000.0 + NOISE)
    (panel,) = scan_figure(measured, statistics_of(measured)).panels
    assert [one.label for one in panel.elements if one.kind == "marker"] == ["mean"]
