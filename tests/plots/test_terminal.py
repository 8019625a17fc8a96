import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scantrail.plots import Axis, Band, Figure, Image, Line, Marker, Note, Panel, Points, numbers, terminal
from scantrail.plots.cells import cells, cut, folded, plain

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def lines(figure, width=80, height=24):
    text = terminal(figure, width, height, colour=False)
    assert "\x1b" not in text
    return text.split("\n")


def test_a_panel_has_its_axes_units_ticks_and_legend(stacked):
    found = lines(stacked(1))
    text = "\n".join(found)
    assert len(found) == 24
    assert max(map(cells, found)) <= 80
    for said in (
        "run 12",
        "ch1",
        "rate [events/s]",
        "threshold [DAC]",
        "100┤",
        "10┤",
        "260",
        "● counted",
        "↓ upper limit",
    ):
        assert said in text
    assert "set 280" in text
    assert "LOW STAT" in text


def test_what_is_drawn_stands_where_it_belongs(stacked):
    canvas = [line for line in lines(stacked(1)) if "│" in line or "┤" in line]
    at = [(row, line.index("●")) for row, line in enumerate(canvas) if "●" in line]
    assert len(at) >= 2
    assert at == sorted(at, key=lambda place: (place[0], place[1]))  # a falling curve goes right and down
    assert any("↓" in line for line in canvas)
    assert any("░" in line for line in canvas)
    assert any("┄" in line for line in canvas)


@pytest.mark.parametrize(
    ("panels", "width", "height"), [(2, 80, 24), (3, 80, 24), (3, 120, 60), (5, 40, 24), (1, 24, 8)]
)
def test_text_fits_the_width_however_many_panels(stacked, panels, width, height):
    found = lines(stacked(panels), width, height)
    assert max(map(cells, found)) <= width
    assert sum("└" in line for line in found) <= panels


def test_panels_stand_side_by_side_where_they_would_be_too_low(stacked):
    assert any(line.count("└") == 3 for line in lines(stacked(3), 80, 24))
    high = lines(stacked(3), 80, 70)
    assert sum(line.count("└") for line in high) == 3
    assert all(line.count("└") <= 1 for line in high)
    assert sum("threshold [DAC]" in line for line in high) == 1


def test_colour_changes_nothing_but_the_colour(stacked):
    coloured = terminal(stacked(3), 80, 24)
    assert "\x1b[38;5;" in coloured
    assert ANSI.sub("", coloured) == terminal(stacked(3), 80, 24, colour=False)


def test_a_map_is_shaded_and_its_shades_explained(chart):
    text = "\n".join(lines(chart))
    assert "█" in text
    assert "threshold [DAC]   '×' no value" in text


def test_names_cannot_move_the_cursor_and_wide_letters_count_twice():
    figure = Figure(
        (Panel(Axis("a\x1b[2J"), Axis("b"), (Points((1.0,), (1.0,), label="上段\r"),), "日本語" * 40),), "x\x1b]0;t\x07"
    )
    found = lines(figure)
    assert max(map(cells, found)) <= 80
    assert not any(ord(letter) < 32 for line in found for letter in line)


def test_text_is_cut_and_folded_by_cells():
    assert cut("上段の", 5) == "上段…"
    assert cut("abc", 3) == "abc"
    assert folded("上段 ab cdefgh", 4) == ["上段", "ab", "cdef", "gh"]
    assert folded("", 10) == []
    assert plain("a\x1b\n b") == "a? b"


finite = st.floats(allow_nan=False, allow_infinity=False)
columns = st.integers(0, 8).flatmap(
    lambda n: st.tuples(*(st.lists(finite, min_size=n, max_size=n).map(numbers) for _ in range(4)))
)


@settings(max_examples=50)
@given(
    column=columns,
    scales=st.tuples(*[st.sampled_from(["linear", "log"])] * 2),
    a=finite,
    upper=st.booleans(),
    width=st.integers(0, 120),
    height=st.integers(0, 50),
)
def test_any_finite_data_can_be_drawn_and_fits(column, scales, a, upper, width, height):
    x, y, low, high = column
    elements = (
        Band(a, high[0] if high and high[0] is not None else a, "y"),
        Line(x, y, "line", stroke="dashed"),
        Points(x, y, low, high, (upper,) * len(x), "points"),
        Marker(a, "x", "at a"),
        Marker(a, "y"),
        Note("said"),
    )
    panel = Panel(Axis("x", "DAC", scales[0]), Axis("y", "1/s", scales[1]), elements, "any")
    found = lines(Figure((panel, panel)), width, height)
    assert max(map(cells, found)) <= max(width, 24)


@pytest.mark.parametrize("values", [((None,),), ((1.0, 1.0),), ((-1e300, 1e300),)])
def test_any_map_can_be_drawn(values):
    assert lines(Figure((Panel(Axis("column"), Axis("row"), (Image(values, Axis("noise")),)),)))


def test_a_map_lies_where_its_edges_are() -> None:
    image = Image(((0.0, 1.0),), Axis("signal"), x_edges=(0.0, 30.0, 40.0), y_edges=(100.0, 200.0))
    drawn = terminal(Figure((Panel(Axis("x", "um"), Axis("y", "um"), (image,)),)), 60, 16, colour=False)
    row = next(line for line in drawn.splitlines() if "█" in line and "│" in line)
    assert 0.2 < row.count("█") / len(row.partition("│")[2]) < 0.3
    assert "40" in drawn
    assert "150" in drawn
