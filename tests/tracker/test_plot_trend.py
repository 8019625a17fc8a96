"""Runs and hand against time: channels told apart, limits in their time, tables that a terminal has room for."""

from collections.abc import Iterator

from scantrail.plots import Element, Line, Note
from scantrail.tracker import Drawn, TestResult, plot_component, set_limit


def elements(found: Drawn, kind: type[Element]) -> Iterator[Element]:
    return (element for element in found.figure.panels[0].elements if isinstance(element, kind))


def test_a_limit_that_is_older_than_every_test_is_no_later_one(db):
    set_limit("module", "noise_test", "mean_noise", high=1700.0, db=db)
    TestResult("M1", "noise_test", None, {"mean_noise": 1500.0}).save(db)
    lines = [line for line in elements(plot_component(db, "M1", "trend"), Line) if line.label]
    assert [line.label for line in lines] == ["limit of the time: at most 1700 e-"]
    assert lines[0].x[1] - lines[0].x[0] == 86_400.0


def test_single_points_of_several_channels_are_told_apart(db):
    TestResult("M1", "noise_test", None, {"noise ch1": 3.0, "noise ch2": 7.0, "noise ch3": 5.0}).save(db)
    drawn = plot_component(db, "M1", "trend")
    assert [note.text for note in elements(drawn, Note)] == ["noise, from the top: ch2, ch3, ch1"]
    TestResult("M1", "noise_test", None, {"noise ch1": 3.0, "noise ch2": 7.0, "noise ch3": 5.0}).save(db)
    drawn = plot_component(db, "M1", "trend")
    assert [*elements(drawn, Note)] == []
    assert [line.label for line in elements(drawn, Line)] == ["ch1", "ch2", "ch3"]


def test_more_columns_than_a_terminal_has_stand_one_below_another(db):
    TestResult("M1", "noise_test", None, {f"q{n} ch{m}": 1.0 for n in (1, 2) for m in (1, 2, 3)}).save(db)
    drawn = plot_component(db, "M1", "trend")
    assert drawn.headings == ("test", "verdict", "quantity", "value")
    assert [row[2] for row in drawn.rows] == [f"q{n} ch{m}" for n in (1, 2) for m in (1, 2, 3)]
    assert [bool(row[0]) for row in drawn.rows] == [True] + [False] * 5
