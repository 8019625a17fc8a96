"""Histograms: bars as data, in a file and in the terminal."""

import re

import pytest

from scantrail.errors import InputError
from scantrail.plots import Axis, Bars, Figure, Panel, save, terminal
from scantrail.plots.extent import settled
from scantrail.plots.matplotlib import _sheet

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def figure(*bars: Bars, x: Axis | None = None) -> Figure:
    return Figure((Panel(x or Axis("noise", "e-"), Axis("modules"), bars),))


TWO = (Bars((0.0, 1.0, 2.0, 3.0), (8, 4, 1), "all", "vermilion"), Bars((0.0, 1.0, 2.0, 3.0), (8, 4, 0), "bulk"))


@pytest.mark.parametrize(
    ("edges", "counts", "words"),
    [
        ((0.0, 1.0), (), "0 bars need one edge more"),
        ((0.0, 1.0), (1, 2), "2 bars need one edge more than that; got 2"),
        ((0.0, 0.0), (1,), "the edges of bars must ascend"),
        ((1.0, 0.0), (1,), "the edges of bars must ascend"),
        ((0.0, float("nan")), (1,), "the edges of bars must ascend"),
    ],
)
def test_bars_that_are_none_are_refused(edges, counts, words):
    with pytest.raises(InputError, match=words):
        Bars(edges, counts)


def test_axes_hold_the_bars_and_zero():
    panel = settled(figure(*TWO)).panels[0]
    assert panel.x.limits[0] < 0.0 < 3.0 < panel.x.limits[1]
    assert panel.y.limits[0] <= 0.0 < 8.0 < panel.y.limits[1]


def test_bars_are_drawn_over_each_other_in_a_file(tmp_path):
    (axes,) = _sheet(settled(figure(*TWO))).axes
    behind, before = axes.patches
    assert behind.get_zorder() < before.get_zorder()
    assert behind.get_data().values.tolist() == [8, 4, 1]
    assert before.get_facecolor()[3] == 1.0
    assert [text.get_text() for text in axes.figure.legends[0].get_texts()] == ["all", "bulk"]
    assert save(figure(*TWO), tmp_path / "x.png").stat().st_size > 1000


def test_every_bar_has_its_cells_in_the_terminal():
    lines = ESCAPE.sub("", terminal(figure(*TWO), 60, 20)).splitlines()
    assert max(map(len, lines)) <= 60
    foot = next(line for line in lines if line.startswith("0┤"))
    assert (foot.count("█") > 20, foot.count("▒") > 10) == (True, True)
    assert "▒▒▒ all   ███ bulk" in lines[-1]
    columns = [
        sum(line[place] == "█" for line in lines if (len(line) > place and "┤" in line) or "│" in line)
        for place in (10, 30)
    ]
    assert columns[0] > columns[1] > 0


@pytest.mark.parametrize("edges", [(1e-300, 1.0, 1e300), (1e-40, 1e-39, 1e-38), (0.1, 1.0, 10.0)])
def test_edges_beyond_an_axis_are_cut(edges, tmp_path):
    far = figure(Bars(edges, (3, 2)), x=Axis("current", "A", "log"))
    assert "modules" in terminal(far, 60, 20)
    assert save(far, tmp_path / "x.png").stat().st_size > 1000
