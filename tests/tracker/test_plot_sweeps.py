"""Sweeps of tests as figures: seven made by hand, and several over each other."""

from datetime import datetime, timedelta
from math import isnan
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from scantrail.errors import ComponentNotFound, Refused
from scantrail.plots import Axis, Band, Line, Marker, Note, Points
from scantrail.tracker import Component, Database, Drawn, TestResult, plot_component, set_limit
from scantrail.tracker.leakage import at_reference

DAY = datetime(2025, 1, 14, 12, 30).astimezone()
"""Noon, so that the day is the same in UTC."""
RISE = [0.5, 0.7, 0.9, 1.0, 1.0, 1.01, 1.02, 1.03]
"""Currents [µA] at 20, 40, … 160 V."""
VOLTS = [20.0 * (i + 1) for i in range(len(RISE))]


@pytest.fixture
def sweep(db: Database, tmp_path: Path):
    """`sweep(rows, header, days=0, **test)`: a test of S1 with this data file."""

    def record(rows, header="voltage_V,current_A,temperature_C", *, days=0, passed=True, supersedes=None, **measured):
        path = tmp_path / f"iv{days}.csv"
        path.write_text(
            "\n".join([header, *(row if isinstance(row, str) else ",".join(map(str, row)) for row in rows)])
        )
        test = TestResult("S1", "iv_curve", passed, measured, data_files=[path], tested=DAY + timedelta(days=days))
        test.supersedes = supersedes
        test.save(db)
        return test.uuid

    return record


def rows(volts=VOLTS, microamps=RISE, celsius=20.0):
    return [(v, i if isinstance(i, str) else i * 1e-6, celsius) for v, i in zip(volts, microamps, strict=True)]


def drawn(db: Database) -> Drawn:
    return plot_component(db, "s1", "iv_curve")


def elements(found: Drawn, kind, panel=0):
    return [element for element in found.figure.panels[panel].elements if isinstance(element, kind)]


def notes(found: Drawn, panel=0):
    return [note.text for note in elements(found, Note, panel)]


# --- seven sweeps -----------------------------------------------------------------------------------------------------


def test_negative_bias_is_shown_by_its_size_and_said(db, sweep):
    sweep(rows([-v for v in VOLTS], [-i for i in RISE]))
    found = drawn(db)
    (panel,) = found.figure.panels
    (points,) = elements(found, Points)
    assert list(points.x) == VOLTS
    assert points.y == pytest.approx([i * 1e-6 for i in RISE])
    assert (panel.x.text, panel.y.text, panel.y.scale) == ("|bias voltage| [V]", "current [A]", "log")
    assert notes(found) == ["Bias and current were negative: their sizes are shown"]
    assert (found.facts["sweeps"][0]["bias_sign"], found.facts["sweeps"][0]["free_to"]) == (-1, 160.0)


@pytest.mark.parametrize("gap", ["cell", "row"])
def test_a_gap_parts_the_line(db, sweep, gap):
    made = rows()
    if gap == "cell":
        made[3] = (80.0, "", 20.0)
    else:
        volts = [20, 40, 60, 80, 180, 200, 220, 240]
        made = rows(volts)
    sweep(made)
    found = drawn(db)
    (line,), (points,) = elements(found, Line), elements(found, Points)
    assert line.y[:3] + line.y[5 if gap == "row" else 4 :] == pytest.approx(
        [i * 1e-6 for i in (RISE[:3] + RISE[4:])], nan_ok=True
    )
    assert line.y[4 if gap == "row" else 3] is None
    assert sum(y is None for y in points.y) == (gap == "cell")
    assert found.problems == []


def test_steps_that_were_meant_to_be_wider_part_nothing(db, sweep):
    sweep(rows([5, 10, 15, 20, 70, 120, 170, 220]))
    assert None not in elements(drawn(db), Line)[0].y


def test_compliance_is_marked_and_no_current_of_the_sensor(db, sweep):
    clamped = [*RISE, 1.2, 3.0, 10.0, 10.0, 10.01]
    sweep(rows([20.0 * (i + 1) for i in range(13)], clamped, celsius=-9.0))
    found = drawn(db)
    free, held = elements(found, Points)
    assert (held.shape, list(held.x), held.label) == ("ring", [220.0, 240.0, 260.0], "held by the meter at 10 µA")
    assert list(free.x) == [20.0 * (i + 1) for i in range(10)]
    assert [marker.at for marker in elements(found, Marker)] == pytest.approx([1e-5])
    (scaled,) = elements(found, Points, panel=1)
    assert max(scaled.x) == 200.0
    (band,) = elements(found, Band)
    assert (band.low, band.high) == found.facts["sweeps"][0]["breakdown"] == (180.0, 200.0)
    assert found.rows[0][1:] == ["10 µA", "180–200 V"]


def test_text_in_a_cell_is_told_and_the_rest_drawn(db, sweep):
    made = rows()
    made[4] = (100.0, "n/a", 20.0)
    sweep(made)
    found = drawn(db)
    assert found.problems == ["iv0.csv line 6, column current_A: 'n/a' is no number"]
    (points,) = elements(found, Points)
    assert [x for x, y in zip(points.x, points.y, strict=True) if y is not None] == VOLTS[:4] + VOLTS[5:]
    (note,) = elements(found, Note)
    assert (note.text, note.warning) == (f"Left out: {found.problems[0]}", True)


def test_one_point_is_a_point_and_says_nothing_of_breakdown(db, sweep):
    sweep([(60.0, 1e-6, -9.0)], voltage=60.0)
    found = drawn(db)
    assert [len(elements(found, Points, panel)[0].x) for panel in (0, 1)] == [1, 1]
    assert elements(found, Points, 1)[0].y[0] == pytest.approx(17.07e-6, rel=1e-3)
    assert found.rows == [["2025-01-14 12:30, -9.0 °C, pass", "1 µA", "17.1 µA", "–", "–"]]
    assert found.headings[1:3] == ["60 V", "60 V, 20 °C"]


def test_a_sweep_downwards_is_the_same_sweep(db, sweep):
    sweep(rows(), days=0, voltage=70.0)
    sweep(rows()[::-1], days=1, voltage=70.0)
    down, up = drawn(db).facts["sweeps"]
    told = ("points", "current", "current_20C", "breakdown", "free_to", "compliance", "temperature")
    assert {key: down[key] for key in told} == {key: up[key] for key in told}
    assert down["current"] == pytest.approx(0.95e-6)


def test_two_temperatures_in_a_file_are_two_sweeps_and_one_at_20_degrees(db, sweep):
    cold = 1.0 / float(at_reference(np.array([1.0]), np.array([-9.0]))[0])
    sweep([*rows(), *rows(microamps=[i * cold for i in RISE], celsius=-9.0)])
    found = drawn(db)
    old, new = elements(found, Points)
    assert {old.label, new.label} == {"2025-01-14 12:30, 20.0 °C, pass", "2025-01-14 12:30, -9.0 °C, pass"}
    first, second = elements(found, Points, panel=1)
    assert first.y == pytest.approx(second.y)
    assert [panel.title for panel in found.figure.panels] == ["as measured", "scaled to 20 °C"]
    assert [sweep["temperature"] for sweep in found.facts["sweeps"]] == [20.0, -9.0]


# --- more than one, and what stands beside ----------------------------------------------------------------------------


def test_the_newest_lies_over_the_older_ones_and_a_superseded_one_is_never_it(db, sweep):
    for day in range(7):
        newest = sweep(rows(microamps=[i * (1 + day) for i in RISE]), days=day, passed=None)
    sweep(rows(), days=-1, supersedes=newest)
    found = drawn(db)
    points = elements(found, Points)
    assert [p.label for p in points] == [
        "2025-01-16 12:30, 20.0 °C",
        "2025-01-17 12:30, 20.0 °C",
        "2025-01-18 12:30, 20.0 °C",
        "2025-01-19 12:30, 20.0 °C",
        "2025-01-20 12:30, 20.0 °C, superseded",
    ]
    assert [p.colour for p in points] == ["grey", "grey", "grey", "blue", "grey"]
    assert len({p.shape for p in points if p.colour == "grey"}) == 4
    assert notes(found) == ["3 older tests are not drawn"]


def test_the_operating_voltage_is_the_profiles_else_a_limits_else_the_tests(db, sweep, tmp_path):
    sweep(rows())
    assert elements(drawn(db), Marker) == []
    sweep(rows(), days=1, voltage=-60.0)
    (marker,) = elements(drawn(db), Marker)
    assert (marker.at, marker.text) == (60.0, "60 V, as noted with the test")
    set_limit("sensor", "iv_curve", "voltage", low=80.0, db=db)
    assert elements(drawn(db), Marker)[0].text == "80 V, the least allowed"
    profile = tmp_path / "own.toml"
    profile.write_text('name = "own"\n[types.sensor]\noperating_voltage = -90\n[tests.iv_curve]\n')
    with Database(tmp_path / "own.db", profile=str(profile)) as own:
        Component("S1", "sensor").save(own)
        TestResult("S1", "iv_curve", data_files=[tmp_path / "iv0.csv"], measurements={"voltage": 60}).save(own)
        assert elements(drawn(own), Marker)[0].text == "operating voltage 90 V"
    with Database(tmp_path / "own.db") as own:
        assert own.profile.types["sensor"].operating_voltage == -90.0


def test_the_temperature_of_the_test_scales_a_file_without_one(db, sweep):
    sweep([row[:2] for row in rows()], "V [V],I [A]", temperature=-9.0)
    sweep([row[:2] for row in rows()], "V [V],I [A]", days=1)
    found = drawn(db)
    assert len(elements(found, Points, 0)) == 2
    assert len(elements(found, Points, 1)) == 1
    assert notes(found, panel=1) == ["1 of 2 sweeps have no temperature and are not scaled"]


def test_points_without_bias_do_not_stretch_the_axis(db, sweep):
    sweep([(0.0, 1e-13, 20.0), (0.0, -1e-13, 20.0), *rows()])
    found = drawn(db)
    axis: Axis = found.figure.panels[0].y
    assert axis.limits[0] > 1e-8
    assert notes(found) == ["2 points lie below the axis: no bias, or no current above zero"]
    assert elements(found, Line)[0].y[:2] == (None, None)


def test_bias_of_the_other_sign_does_not_stretch_the_axis(db, sweep):
    sweep([(-v, -i, 20.0) for v, i, _ in reversed(rows())] + rows())
    (points,) = elements(drawn(db), Points)
    assert min(v for v in points.x if v is not None) == 20.0


def test_without_any_current_the_axis_is_linear_and_the_points_are_on_it(db, sweep):
    sweep(rows(microamps=[0.0] * len(RISE)))
    found = drawn(db)
    assert found.figure.panels[0].y.scale == "linear"
    assert elements(found, Points)[0].y == (0.0,) * len(RISE)
    assert notes(found) == []


def test_points_that_would_lie_on_each_other_are_a_line(db, sweep):
    sweep([(i * 0.1, 1e-6 + i * 1e-9, 20.0) for i in range(1, 2000)])
    found = drawn(db)
    assert elements(found, Points) == []
    assert elements(found, Line)[0].label.startswith("2025-01-14")


def test_a_file_that_is_lost_is_told_and_the_others_are_drawn(db, sweep):
    sweep(rows())
    sweep(rows(), days=1)
    (lost,) = db.data_dir.glob("2025/S1/20250115*")
    lost.unlink()
    found = drawn(db)
    assert [p.label[:10] for p in elements(found, Points)] == ["2025-01-14"]
    assert found.problems == ["iv1.csv cannot be read: No such file or directory"]
    next(db.data_dir.glob("2025/S1/20250114*")).unlink()
    with pytest.raises(Refused, match=r"can be drawn: iv1\.csv cannot be read: No such file or directory; iv0\.csv"):
        drawn(db)


def test_without_a_sweep_the_numbers_are_drawn_against_time(db, sweep, tmp_path):
    for day in (0, 1):
        sweep(["a,b", "1,2"], "no sweep", days=day, voltage=60.0, current=1e-6 * (1 + day), temperature=20.0)
    found = drawn(db)
    assert [panel.y.text for panel in found.figure.panels] == ["current [µA]", "temperature [°C]", "voltage [V]"]
    assert elements(found, Points)[0].y == pytest.approx([1.0, 2.0])
    assert found.notes == ["no columns of voltage and current, nor of channels, in iv1.csv, iv0.csv"]
    assert found.problems == []


def test_what_there_is_not_is_one_sentence(db):
    with pytest.raises(ComponentNotFound, match="there is no component 'S9'"):
        plot_component(db, "S9", "iv_curve")
    with pytest.raises(Refused, match="S1 has no test of the type 'iv_curve'; it has none at all"):
        plot_component(db, "S1", "iv_curve")
    TestResult("S1", "visual").save(db)
    with pytest.raises(Refused, match=r"the tests of S1 \(visual\) hold no number and no data file that can be drawn"):
        plot_component(db, "S1", "visual")


def test_every_number_told_is_finite(db, sweep):
    sweep([*rows(), (1000.0, "", ""), ("", 1e-6, "")])

    def check(value):
        if isinstance(value, dict):
            list(map(check, value.values()))
        elif isinstance(value, list | tuple):
            list(map(check, value))
        else:
            assert not (isinstance(value, float) and isnan(value))

    found = drawn(db)
    check(found.facts)
    check(found.figure.document())


def test_what_a_run_measured_is_drawn_by_its_numbers(db, tmp_path):
    """The points of a run are drawn with the run: its journal is no table of channels."""
    journal = tmp_path / "journal.jsonl"
    journal.write_text('["event", {"data": {"ch1_counts": 12, "voltage": 3}}]\n' * 3)
    for run in (str(uuid4()), str(uuid4())):
        TestResult("S1", "iv_curve", True, {"depletion_voltage": 71.0}, data_files=[journal], run_uid=run).save(db)
    found = drawn(db)
    assert found.notes == []
    assert [panel.y.label for panel in found.figure.panels] == ["depletion voltage"]
