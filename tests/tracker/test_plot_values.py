"""Channels, values against time, and distributions, as figures."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from scantrail.errors import InputError, Refused
from scantrail.plots import Bars, Line, Marker, Note, Points
from scantrail.tracker import Component, Database, Drawn, TestResult, plot_component, plot_type, set_limit, undo

DAY = datetime(2025, 1, 14, 12, 30).astimezone()
FLAT = [1500.0 + (i * 37) % 41 for i in range(64)]
"""Noise of 64 channels, without any that stands out."""


def measure(db: Database, component: str, test_type: str, days: float = 0, passed: bool | None = None, **more):
    """Record a test; keyword `data` attaches a file, `supersedes` replaces a test, all others are measurements."""
    data, supersedes = more.pop("data", ()), more.pop("supersedes", None)
    test = TestResult(component, test_type, passed, more, tested=DAY + timedelta(days=days), data_files=data)
    test.supersedes = supersedes
    test.save(db)
    return test.uuid


def elements(found: Drawn, kind, panel=0):
    return [element for element in found.figure.panels[panel].elements if isinstance(element, kind)]


def notes(found: Drawn):
    return [note.text for note in elements(found, Note)]


# --- channels ---------------------------------------------------------------------------------------------------------


def test_a_list_is_drawn_channel_by_channel_with_what_stands_out(db):
    noise = [*FLAT]
    noise[7], noise[50], noise[51] = 120.0, 2100.0, 1900.0
    set_limit("module", "noise_test", "noise", high=2000.0, db=db)
    measure(db, "M1", "noise_test", -1, noise=FLAT)
    measure(db, "M1", "noise_test", -2, noise=FLAT)
    measure(db, "M1", "noise_test", noise=noise, bad_channels=[7, 20], mean_noise=1510.0)
    found = plot_component(db, "M1", "noise_test")
    older, newest, noted, out = elements(found, Points)
    assert (older.colour, len(older.x), older.label) == ("grey", 64, "2025-01-13 12:30, pass")
    assert (newest.colour, len(newest.x)) == ("blue", 61)
    assert (noted.label, noted.x, noted.shape) == ("noted as bad channels", (7.0, 20.0), "ring")
    assert (out.x, out.y) == ((7.0, 50.0, 51.0), (120.0, 2100.0, 1900.0))
    assert [marker.text or marker.label for marker in elements(found, Marker)] == [
        "median noise 1522 e-",
        "at most 2000 e-",
    ]
    assert found.rows[0][1:] == ["noise", "64", "1522 e-", "17 e-", "7, 50, 51"]
    assert found.facts["quantities"][0]["tests"][0]["standing_out"] == [7, 50, 51]
    assert notes(found) == ["1 older test is not drawn"]


@pytest.mark.parametrize(
    ("header", "unit", "limited"),
    [("channel,noise_e", "e-", True), ("Ch.,mean,Noise [ke-]", "ke-", False), ("strip_number;noise", "e-", True)],
)
def test_a_data_file_of_channels_is_drawn(db, tmp_path, header, unit, limited):
    delimiter = ";" if ";" in header else ","
    width = header.count(delimiter)
    rows = [delimiter.join(map(str, (i, *[0.5] * (width - 1), value))) for i, value in enumerate(FLAT)]
    path: Path = tmp_path / "noise.csv"
    path.write_text("\n".join([header, *rows[:10], rows[10].replace(str(FLAT[10]), "bad"), *rows[11:]]))
    set_limit("module", "noise_test", "noise", high=2000.0, db=db)
    measure(db, "M1", "noise_test", data=[path])
    found = plot_component(db, "M1", "noise_test")
    assert found.figure.panels[0].y.text == f"noise [{unit}]"
    assert len(elements(found, Marker)) == 1 + limited
    assert found.facts["quantities"][0]["tests"][0]["channels"] == 63
    (problem,) = found.problems
    assert problem.startswith("noise.csv line 12, column ")
    assert problem.endswith(": 'bad' is no number")


def test_every_list_has_a_panel_with_the_older_test_of_the_same_quantity(db):
    measure(db, "M1", "calibration", -1, gain=FLAT)
    measure(db, "M1", "calibration", gain=[value + 1 for value in FLAT], offset=[value / 1000 for value in FLAT])
    found = plot_component(db, "M1", "calibration")
    assert [panel.y.text for panel in found.figure.panels] == ["gain [mV/fC]", "offset [mV]"]
    assert [len(elements(found, Points, panel)) for panel in (0, 1)] == [2, 1]
    assert [row[1] for row in found.rows] == ["gain", "gain", "offset"]


def test_lists_of_channels_alone_are_no_channels_plot(db):
    measure(db, "M1", "noise_test", bad_channels=[1, 2, 3, 4])
    measure(db, "M1", "noise_test", 1, bad_channels=[1])
    found = plot_component(db, "M1", "noise_test")
    assert found.figure.panels[0].y.text == "number of bad channels"
    assert elements(found, Points)[0].y == (4.0, 1.0)


def test_a_superseded_list_lies_behind_the_one_that_replaced_it(db):
    first = measure(db, "M1", "noise_test", 1, noise=[value + 100 for value in FLAT])
    measure(db, "M1", "noise_test", 0, noise=FLAT, supersedes=first)
    older, newest = elements(plot_component(db, "M1", "noise_test"), Points)
    assert (older.label, newest.label) == ("2025-01-15 12:30, superseded", "2025-01-14 12:30")


# --- against time -----------------------------------------------------------------------------------------------------


def test_verdicts_limits_of_their_time_and_superseded_tests(db):
    wrong = measure(db, "M1", "noise_test", 0, True, mean_noise=1500.0)
    measure(db, "M1", "noise_test", 1, True, mean_noise=1510.0, supersedes=wrong)
    measure(db, "M1", "noise_test", 2, False, mean_noise=1600.0)
    measure(db, "M1", "noise_test", 3, None, mean_noise=1550.0)
    set_limit("module", "noise_test", "mean_noise", high=1500.0, db=db)
    now = (datetime.now(UTC) - DAY) / timedelta(days=1)
    measure(db, "M1", "noise_test", now, True, mean_noise=1700.0)
    found = plot_component(db, "M1", "trend", "mean_noise")
    marked = {points.label: (points.colour, points.shape, points.y) for points in elements(found, Points)}
    assert marked == {
        "pass": ("blue", "disc", (1510.0,)),
        "fail": ("vermilion", "square", (1600.0,)),
        "no verdict": ("ink", "triangle", (1550.0,)),
        "stated and measured verdicts differ": ("amber", "diamond", (1700.0,)),
        "superseded": ("grey", "ring", (1500.0,)),
    }
    before, after, course = elements(found, Line)
    assert (before.label, before.stroke) == ("limit set later: at most 1500 e-", "dotted")
    assert (after.label, after.stroke) == ("limit of the time: at most 1500 e-", "dashed")
    assert before.x[1] == after.x[0]
    assert course.y == (1510.0, 1600.0, 1550.0, 1700.0)
    (panel,) = found.figure.panels
    assert panel.x.scale == "time"
    assert panel.y.limits[0] < 1500.0 < 1700.0 < panel.y.limits[1]
    assert [row[1] for row in found.rows] == ["verdicts differ", "no verdict", "fail", "pass", "superseded"]


def test_a_limit_that_was_replaced_ends_where_the_next_begins(db):
    for high in (2000.0, 1900.0, None):
        set_limit("module", "calibration", "gain", high=high, db=db)
    now = (datetime.now(UTC) - DAY) / timedelta(days=1)
    measure(db, "M1", "calibration", now - 1, gain=1950.0)
    measure(db, "M1", "calibration", now + 1, gain=1950.0)
    lines = [line for line in elements(plot_component(db, "M1", "trend"), Line) if line.label]
    assert [line.label for line in lines] == [
        "limit set later: at most 2000 mV/fC",
        "limit of the time: at most 2000 mV/fC",
        "limit of the time: at most 1900 mV/fC",
    ]
    assert lines[1].x[1] == lines[2].x[0] < lines[2].x[1] <= datetime.now(UTC).timestamp()


def test_over_tests_older_than_all_limits_the_limit_of_today_is_drawn(db):
    for high in (2000.0, 1900.0):
        set_limit("module", "calibration", "gain", low=1000.0, high=high, db=db)
    measure(db, "M1", "calibration", 0, gain=1950.0)
    lines = [line for line in elements(plot_component(db, "M1", "trend"), Line) if line.label]
    assert [line.label for line in lines] == [
        "limit set later: at least 1000 mV/fC",
        "limit set later: at most 1900 mV/fC",
    ]
    assert {line.stroke for line in lines} == {"dotted"}
    assert lines[0].x[0] < DAY.timestamp() < lines[0].x[1]


def test_every_quantity_has_a_panel_and_what_has_none_is_named(db):
    measure(db, "M1", "calibration", **{f"q{i}": float(i) for i in range(7)}, words="none", flag=True)
    found = plot_component(db, "M1", "calibration")
    assert [panel.y.label for panel in found.figure.panels] == ["q0", "q1", "q2", "q3", "q4"]
    assert notes(found) == ["not drawn: q5, q6"]
    assert len(found.facts["trends"]) == 7


def test_a_quantity_of_a_test_type_is_drawn_against_time(db):
    measure(db, "M1", "noise_test", noise=FLAT, temperature=-9.0)
    measure(db, "M1", "iv_curve", temperature=20.0)
    assert [panel.y.text for panel in plot_component(db, "M1", "noise_test", "noise").figure.panels] == [
        "median noise [e-]"
    ]
    both = plot_component(db, "M1", "trend", "temperature")
    assert [panel.title for panel in both.figure.panels] == ["iv_curve", "noise_test"]
    one = plot_component(db, "M1", "trend", "temperature", test_type="noise_test")
    assert len(one.figure.panels) == 1
    with pytest.raises(Refused, match=r"M1 has no number 'gain' in its tests \(iv_curve and noise_test\); it has "):
        plot_component(db, "M1", "trend", "gain")
    with pytest.raises(Refused, match="M2 has no tests yet"):
        plot_component(db, "M2", "trend")
    with pytest.raises(InputError, match="a second type is for 'trend'"):
        plot_component(db, "M1", "noise_test", test_type="iv_curve")


def test_values_over_decades_stand_on_a_log_axis(db):
    for day, current in enumerate((1e-9, 2e-7, 3e-6)):
        measure(db, "S1", "iv_curve", day, current=current)
    (panel,) = plot_component(db, "S1", "trend", "current").figure.panels
    assert (panel.y.scale, panel.y.text) == ("log", "current [A]")


# --- distributions ----------------------------------------------------------------------------------------------------


def fill(db: Database, values, quantity="current", test_type="iv_curve", kind="sensor"):
    for i, value in enumerate(values):
        Component(f"{kind[0].upper()}-{i:03}", kind).save(db)
        measure(db, f"{kind[0].upper()}-{i:03}", test_type, **{quantity: value})


def test_outliers_are_named_and_the_axis_stays_with_the_others(db):
    values = np.linspace(1.0e-6, 1.4e-6, 40)
    values[3], values[17] = 9e-6, 2.5e-6
    fill(db, map(float, values))
    set_limit("sensor", "iv_curve", "current", high=2e-6, db=db)
    found = plot_type(db, "sensor", "current")
    every, bulk = elements(found, Bars)
    assert (sum(every.counts), sum(bulk.counts)) == (40, 38)
    assert every.edges == bulk.edges
    assert 2.0 < bulk.edges[-1] < 3.0
    median, limit = elements(found, Marker)
    assert (median.text, limit.text, limit.at) == ("median 1.22 µA", "at most 2 µA", pytest.approx(2.0))
    assert [(row["component"], row["why"]) for row in found.facts["standing_out"]] == [
        ("S-003", "must be at most 2 µA"),
        ("S-017", "must be at most 2 µA"),
    ]
    assert (found.facts["count"], found.facts["without"]) == (40, 2)
    assert [row[:2] for row in found.rows] == [["S-003", "9 µA"], ["S-017", "2.5 µA"]]
    said = notes(found)
    assert said[0].startswith("Median 1.22 µA, spread ")
    assert said[0].endswith("; stand out: S-003 (9 µA), S-017 (2.5 µA)")
    assert said[-1] == "2 others have no such test"


def test_without_a_limit_the_spread_tells_who_stands_out(db):
    fill(db, [1500.0 + i % 7 for i in range(30)] + [1700.0], "noise", "noise_test", "hybrid")
    (out,) = plot_type(db, "hybrid", "noise").facts["standing_out"]
    assert (out["component"], out["why"][-24:]) == ("H-030", "spreads above the median")


def test_decades_stand_on_a_log_axis(db):
    fill(db, [float(10.0 ** (-9 + i / 10)) for i in range(30)])
    found = plot_type(db, "sensor", "current")
    assert found.figure.panels[0].x.scale == "log"
    assert found.facts["standing_out"] == []
    assert found.facts["spread_factor"] > 5.0
    assert "spread a factor" in notes(found)[0]


def test_the_newest_test_of_each_counts_and_no_superseded_or_voided_one(db):
    measure(db, "S1", "iv_curve", 1, current=2e-6)
    measure(db, "S1", "iv_curve", 0, current=1e-6)
    wrong = measure(db, "S2", "iv_curve", 5, current=9e-6)
    measure(db, "S2", "iv_curve", 1, current=3e-6, supersedes=wrong)
    measure(db, "S1", "iv_curve", 9, current=8e-6)
    undo(db)
    found = plot_type(db, "sensor", "current")
    assert [(row["component"], row["value"]) for row in found.facts["values"]] == [("S1", 2e-6), ("S2", 3e-6)]


def test_lists_count_as_one_number(db):
    measure(db, "M1", "noise_test", noise=FLAT, bad_channels=[1, 2])
    measure(db, "M2", "noise_test", noise=[value + 10 for value in FLAT], bad_channels=[])
    assert [row["value"] for row in plot_type(db, "module", "noise").facts["values"]] == [1520.5, 1530.5]
    found = plot_type(db, "module", "bad_channels")
    assert [row["value"] for row in found.facts["values"]] == [2.0, 0.0]
    assert found.figure.panels[0].x.text == "number of bad channels"
    assert elements(found, Bars)[0].edges == (-0.5, 0.5, 1.5, 2.5)


def test_every_channel_counts_and_keeps_to_the_limit_of_its_quantity(any_db):
    """Channels of runs: `noise ch1`, `noise ch2`, each with an error that is no channel."""
    set_limit("hybrid", "noise_test", "mean_noise", low=1400.0, high=1600.0, db=any_db)
    for number in range(8):
        channels = {f"mean_noise ch{c}": 1500.0 + number + 10 * c for c in (1, 2)}
        Component(f"H-{number}", "hybrid").save(any_db)
        measure(any_db, f"H-{number}", "noise_test", **{**channels, "mean_noise_error ch1": 0.5})
    measure(any_db, "H-3", "noise_test", 1, **{"mean_noise ch1": 1700.0, "mean_noise ch2": 1520.0})
    found = plot_type(any_db, "hybrid", "mean_noise")
    values = [(row["component"], row["channel"], row["value"]) for row in found.facts["values"]]
    assert values[:2] == [("H-0", "ch1", 1510.0), ("H-0", "ch2", 1520.0)]
    assert [value for value in values if value[0] == "H-3"] == [("H-3", "ch1", 1700.0), ("H-3", "ch2", 1520.0)]
    assert (found.facts["unit"], found.facts["limits"]) == ("e-", [1400.0, 1600.0])
    assert [row[:3] for row in found.rows] == [["H-3 ch1", "1700 e-", "must be at most 1600 e-"]]
    assert found.figure.panels[0].y.text == "channels in a bin"
    (one,) = plot_type(any_db, "hybrid", "mean_noise ch1").facts["standing_out"]
    assert (one["component"], one["channel"], one["why"]) == ("H-3", None, "must be at most 1600 e-")
    assert len(plot_type(any_db, "hybrid", "mean_noise ch2").facts["values"]) == 8


@pytest.mark.parametrize("values", [[5.0], [5.0, 5.0, 5.0], [0.0], [-1e-6, 1e-6], [1e-300, 1e300], [0.1, 0.2]])
def test_few_or_equal_values_are_drawn_all_the_same(db, values, tmp_path):
    from scantrail.plots import save, terminal

    fill(db, values)
    found = plot_type(db, "sensor", "current")
    assert sum(elements(found, Bars)[-1].counts) + len(found.facts["standing_out"]) >= len(values)
    assert save(found.figure, tmp_path / "x.png").stat().st_size > 1000
    assert "sensors in a bin" in terminal(found.figure, 80, 24)


def test_what_cannot_be_distributed_is_one_sentence(db):
    with pytest.raises(Refused, match="no sensor has a test with the quantity 'current'; nothing was measured yet"):
        plot_type(db, "sensor", "current")
    measure(db, "S1", "iv_curve", temperature=20.0, remark="none")
    measure(db, "S2", "noise_test", temperature=20.0)
    with pytest.raises(Refused, match="'current'; measured were remark, temperature"):
        plot_type(db, "sensor", "current")
    with pytest.raises(InputError, match="'temperature' is in iv_curve and noise_test; name one of them with --test"):
        plot_type(db, "sensor", "temperature")
    with pytest.raises(Refused, match="no sensor has a visual with the quantity 'temperature'; it is in iv_curve and "):
        plot_type(db, "sensor", "temperature", test_type="visual")
    with pytest.raises(Refused, match="the remark of no sensor is a number"):
        plot_type(db, "sensor", "remark")
    with pytest.raises(InputError, match="there is no component type 'sensr'"):
        plot_type(db, "sensr", "current")


def test_both_databases_draw_alike(any_db):
    set_limit("module", "noise_test", "noise", high=2000.0, db=any_db)
    measure(any_db, "M1", "noise_test", noise=FLAT, mean_noise=1500.0, bad_channels=[1, 2])
    measure(any_db, "M2", "noise_test", mean_noise=1520.0)
    assert plot_component(any_db, "M1", "noise_test").rows[0][1:3] == ["noise", "64"]
    assert len(plot_component(any_db, "M1", "trend").figure.panels) == 3
    found = plot_type(any_db, "module", "mean_noise")
    assert (found.facts["median"], found.facts["count"]) == (1510.0, 2)
    assert plot_type(any_db, "module", "bad_channels").facts["without"] == 1
    with pytest.raises(Refused, match="measured were bad_channels, mean_noise, noise"):
        plot_type(any_db, "module", "gain")
