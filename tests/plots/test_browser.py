"""Figures as plotly.js draws them: every element, plain JSON, no text read as markup; long series made short."""

import json
from math import isclose, log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.plots import (
    Axis,
    Band,
    Bars,
    Figure,
    Image,
    Line,
    Marker,
    Note,
    Panel,
    Points,
    browser,
    joined,
    thinned,
)

X, Y = Axis("threshold", "DAC"), Axis("rate", "1/s")
HOSTILE = "<a href='x'>&</a>"


def figure(*elements, x=X, y=Y, **more):
    return Figure((Panel(x, y, elements, more.pop("title", "")),), **more)


def test_points_have_their_bars_and_upper_limits_are_arrows():
    points = Points(
        (1.0, 2.0, 3.0), (4.0, None, 6.0), (3.0, None, 5.5), (5.5, 2.0, 7.0), (False, True, False), "counted"
    )
    [trace] = browser(figure(points))["data"]
    assert trace["x"] == [1.0, 2.0, 3.0]
    assert trace["y"] == [4.0, 2.0, 6.0]
    assert trace["marker"]["symbol"] == ["circle", "arrow-bar-down", "circle"]
    assert trace["error_y"]["array"] == [1.5, None, 1.0]
    assert trace["error_y"]["arrayminus"] == [1.0, None, 0.5]
    assert trace["name"] == "counted"


def test_a_line_is_parted_by_a_hole():
    [trace] = browser(figure(Line((1.0, 2.0, 3.0), (4.0, None, 6.0), stroke="dashed")))["data"]
    assert trace["y"] == [4.0, None, 6.0]
    assert trace["connectgaps"] is False
    assert trace["line"]["dash"] != "solid"


def test_bands_and_markers_lie_along_their_axis_and_stand_in_the_legend():
    layout = browser(
        figure(Band(1.0, 2.0, "x", "window"), Marker(5.0, "y", "limit", "at most"), Points((1.0,), (2.0,)))
    )["layout"]
    band, marker = layout["shapes"]
    assert (band["x0"], band["x1"], band["yref"], band["name"]) == (1.0, 2.0, "y domain", "window")
    assert (marker["y0"], marker["y1"], marker["xref"], marker["name"]) == (5.0, 5.0, "x domain", "at most")
    [text] = layout["annotations"]
    assert (text["text"], text["y"], text["x"]) == ("limit", 5.0, 1)


def test_a_log_axis_has_logarithms_at_its_ends_and_at_texts():
    y = Axis("rate", "1/s", "log", (0.1, 1000.0))
    layout = browser(figure(Points((1.0,), (10.0,)), Marker(100.0, "y", "here"), y=y))["layout"]
    assert layout["yaxis"]["type"] == "log"
    assert layout["yaxis"]["range"] == [-1.0, 3.0]
    assert layout["annotations"][0]["y"] == 2.0
    assert layout["shapes"][0]["y0"] == 100.0


def test_a_map_has_holes_and_a_scale():
    [trace] = browser(figure(Image(((1.0, None), (3.0, 4.0)), Axis("counts", "1/s"))))["data"]
    assert trace["z"] == [[1.0, None], [3.0, 4.0]]
    assert trace["colorbar"]["title"]["text"] == "counts [1/s]"


SQUARE = Image(((1.0, 2.0), (3.0, 4.0)), Axis("it", "counts/s"), (0.0, 10.0, 20.0), (0.0, 5.0, 10.0))


def stage(x_unit="um", y_unit="um"):
    return figure(SQUARE, x=Axis("x", x_unit), y=Axis("y", y_unit))


def test_a_map_of_lengths_has_one_scale_along_both_axes():
    layout = browser(stage(), width=1130)["layout"]
    assert layout["yaxis"]["scaleanchor"] == "x"
    low, high = layout["xaxis"]["domain"]
    assert isclose((high - low) * 1050, 2 * 380)  # twice as wide as high: it is so in the room that it is given
    assert "scaleanchor" not in browser(stage("um", "eV"))["layout"]["yaxis"]
    slender = Image(((1.0, 2.0),), Axis("it"), (0.0, 500.0, 1000.0), (0.0, 1.0))
    assert "scaleanchor" not in browser(figure(slender, x=Axis("x", "um"), y=Axis("y", "um")))["layout"]["yaxis"]


def test_the_scale_of_a_map_stands_beside_it_and_below_it_where_a_figure_is_narrow():
    beside = browser(stage())["data"][0]["colorbar"]
    assert beside["x"] == browser(stage())["layout"]["xaxis"]["domain"][1]
    narrow = browser(stage(), columns=1, width=360)
    below = narrow["data"][0]["colorbar"]
    assert below["orientation"] == "h"
    assert below["y"] < 0.0
    assert below["len"] == narrow["layout"]["xaxis"]["domain"][1] > 0.9
    assert narrow["layout"]["margin"]["b"] > browser(stage())["layout"]["margin"]["b"]


def test_a_text_at_a_line_stands_where_it_fits():
    def written(at, width):
        drawn = figure(Points((0.0, 10.0), (1.0, 1.0)), Marker(at, text="set 307 (306.9 ± 0.5 DAC)"))
        text = browser(drawn, width=width)["layout"]["annotations"][0]
        return text["xref"], text["xanchor"]

    assert written(6.0, 1130) == ("x", "left")
    assert written(6.4, 360) == ("x", "right")  # on the right it would be cut
    assert written(5.0, 360) == ("x domain", "right")  # and here on either side


def test_ticks_within_a_decade_tell_their_power_of_ten():
    y = Axis("current", "A", "log", (1e-7, 6e-7))
    assert browser(figure(Points((1.0,), (2e-7,)), y=y))["layout"]["yaxis"]["tickformat"] == "~e"


def test_bars_stand_between_their_edges():
    [trace] = browser(figure(Bars((0.0, 1.0, 3.0), (4, 2), "modules")))["data"]
    assert (trace["x"], trace["width"], trace["y"]) == ([0.5, 2.0], [1.0, 2.0], [4, 2])


def test_moments_are_local_dates():
    x = Axis("date", "", "time")
    document = browser(figure(Points((0.0, 86_400.0), (1.0, 2.0)), Marker(0.0, "x", "then"), x=x))
    assert document["layout"]["xaxis"]["type"] == "date"
    assert {"dtickrange": ["M1", "M12"], "value": "%Y-%m"} in document["layout"]["xaxis"]["tickformatstops"]
    assert document["layout"]["xaxis"]["tickangle"] == 0
    assert all(value.startswith("19") for value in document["data"][0]["x"])
    assert document["layout"]["shapes"][0]["x0"] == document["data"][0]["x"][0]


def test_notes_stand_apart_with_their_panel():
    panels = tuple(Panel(X, Y, (Note("link full", warning=True),), title) for title in ("ch1", "ch2"))
    notes = browser(Figure(panels))["layout"]["meta"]["notes"]
    assert notes == [{"text": f"{title}: link full", "warning": True} for title in ("ch1", "ch2")]


def test_no_text_is_markup():
    elements = (Points((1.0,), (1.0,), label=HOSTILE), Marker(1.0, text=HOSTILE), Band(1.0, 2.0, label=HOSTILE))
    document = browser(figure(*elements, x=Axis(HOSTILE), title=HOSTILE))
    assert "<a" not in json.dumps(document)


def test_panels_fill_rows_and_share_their_x():
    panels = tuple(Panel(X, Y, (Points((1.0,), (1.0,), label="a"),), f"{i}") for i in range(3))
    layout = browser(Figure(panels, shared_x=True, columns=2))["layout"]
    assert layout["xaxis2"]["matches"] == "x"
    assert layout["xaxis"]["showticklabels"] is False
    assert "showticklabels" not in layout["xaxis3"]
    assert layout["xaxis2"]["domain"][0] > layout["xaxis"]["domain"][1]
    assert layout["yaxis3"]["domain"][1] < layout["yaxis"]["domain"][0]
    narrow = browser(Figure(panels, columns=2), columns=1)["layout"]
    assert narrow["xaxis"]["domain"] == narrow["xaxis2"]["domain"] == [0.0, 1.0]
    names = [trace["showlegend"] for trace in browser(Figure(panels))["data"]]
    assert names == [True, False, False]


def test_a_growing_figure_leaves_its_axes_to_the_data():
    points = Points((1.0, 2.0), (3.0, 4.0))
    assert "range" in browser(figure(points))["layout"]["xaxis"]
    assert "range" not in browser(figure(points), growing=True)["layout"]["xaxis"]
    limited = browser(figure(points, x=Axis("x", limits=(0.0, 9.0))), growing=True)
    assert limited["layout"]["xaxis"]["range"] == [0.0, 9.0]


def test_a_dark_page_has_other_colours_and_the_same_data():
    points = Points((1.0, 2.0), (3.0, 4.0))
    light, dark = browser(figure(points)), browser(figure(points), dark=True)
    assert light["data"][0]["y"] == dark["data"][0]["y"]
    assert light["data"][0]["marker"]["color"] != dark["data"][0]["marker"]["color"]


numbers = st.one_of(st.none(), st.floats(allow_nan=False, width=32))


@given(st.lists(st.tuples(numbers, numbers), max_size=30), st.sampled_from(["linear", "log", "time"]), st.booleans())
def test_whatever_is_measured_is_plain_json(values, scale, growing):
    x, y = (tuple(column) for column in zip(*values, strict=True)) if values else ((), ())
    drawn = figure(Points(x, y), Line(x, y), y=Axis("rate", scale="log"), x=Axis("x", scale=scale))
    json.dumps(browser(drawn, growing=growing), allow_nan=False)


# --- long series ------------------------------------------------------------------------------------------------------


@given(st.lists(numbers, min_size=1, max_size=400), st.integers(4, 60))
def test_a_thinned_line_keeps_its_ends_its_extremes_and_its_holes(values, most):
    x = tuple(map(float, range(len(values))))
    [line] = thinned(figure(Line(x, tuple(values))), most).panels[0].elements
    assert len(line.x) <= max(most * 2, 8) + 2 or len(values) <= most
    assert line.x[0] == 0.0
    assert line.x[-1] == x[-1]
    filled = [value for value in values if value is not None]
    kept = [value for value in line.y if value is not None]
    if filled:
        assert (min(kept), max(kept)) == (min(filled), max(filled))
    assert (None in line.y) == (None in values)
    assert all(values[int(at)] == value for at, value in zip(line.x, line.y, strict=True))


def test_points_with_bars_are_never_thinned():
    points = Points((1.0,) * 100, (2.0,) * 100, (1.0,) * 100, (3.0,) * 100)
    assert thinned(figure(points), 10).panels[0].elements == (points,)


def test_a_line_takes_the_label_of_the_points_it_joins():
    x, y = (1.0, 2.0), (3.0, 4.0)
    lone = Points(x, (5.0, 6.0), label="b")
    drawn = joined(figure(Line(x, y), Points(x, y, label="a"), lone))
    assert drawn.panels[0].elements == (Line(x, y, label="a"), lone)


@pytest.mark.parametrize("limits", [(1e-2, 1e4), (1e-9, 1e9)])
def test_powers_of_ten_are_written_out_while_they_are_short(limits):
    axis = browser(figure(Points((1.0,), (1.0,)), y=Axis("rate", scale="log", limits=limits)))["layout"]["yaxis"]
    assert axis["exponentformat"] == ("none" if limits[1] == 1e4 else "power")
    assert isclose(axis["range"][0], log10(limits[0]))
