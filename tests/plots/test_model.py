import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from scantrail.errors import InputError
from scantrail.plots import Axis, Band, Figure, Image, Line, Marker, Note, Panel, Points, numbers
from scantrail.plots.extent import settled
from scantrail.plots.legend import entries

X, Y = Axis("threshold", "DAC"), Axis("rate", "events/s", "log")


def figure_of(*elements, x=X, y=Y, **rest):
    return Figure((Panel(x, y, elements),), **rest)


def test_numbers_make_holes_of_what_is_not_finite():
    assert numbers([1, np.nan, -np.inf, 2.5]) == (1.0, None, None, 2.5)
    assert numbers([]) == ()


def test_an_axis_is_written_as_quantity_and_unit():
    assert X.text == "threshold [DAC]"
    assert Axis("column").text == "column"


def test_a_series_needs_columns_of_one_length():
    with pytest.raises(InputError, match="x 2, y 1"):
        Points((1.0, 2.0), (1.0,))
    with pytest.raises(InputError, match="one length"):
        Line((1.0,), ())
    with pytest.raises(InputError, match="high"):
        Points((1.0,), (None,), upper=(True,))


def test_figures_and_maps_that_hold_nothing_are_refused():
    with pytest.raises(InputError, match="panel"):
        Figure(())
    with pytest.raises(InputError, match="column of panels"):
        figure_of(columns=0)
    with pytest.raises(InputError, match="row"):
        Image((), X)
    with pytest.raises(InputError, match="one length"):
        Image(((1.0,), (1.0, 2.0)), X)


def test_the_document_is_plain_json_with_a_kind_for_each_element():
    figure = figure_of(
        Points((1.0, None), (2.0, 3.0), label="counted"),
        Line((1.0,), (2.0,)),
        Band(1.0, 2.0),
        Marker(1.5, text="set 2"),
        Image(((1.0, None),), X),
        Note("a sentence", warning=True),
        title="run 1",
    )
    document = json.loads(json.dumps(figure.document(), allow_nan=False))
    panel = document["panels"][0]
    assert [element["kind"] for element in panel["elements"]] == ["points", "line", "band", "marker", "image", "note"]
    assert panel["y"] == {"label": "rate", "unit": "events/s", "scale": "log", "limits": None}
    assert panel["elements"][0]["x"] == [1.0, None]
    assert document["title"] == "run 1"


def test_limits_hold_points_bars_and_upper_limits():
    panel = settled(
        figure_of(Points((1.0, 2.0), (10.0, None), (5.0, None), (20.0, 300.0), (False, True)), Marker(4.0))
    ).panels[0]
    assert panel.x.limits is not None
    assert panel.y.limits is not None
    assert panel.x.limits[0] < 1.0
    assert panel.x.limits[1] > 4.0
    assert panel.y.limits[0] < 5.0
    assert panel.y.limits[1] > 300.0


def test_limits_that_are_given_stay_and_a_log_axis_ignores_what_it_cannot_show():
    given = replace(Y, limits=(0.1, 9.0))
    assert settled(figure_of(Points((1.0,), (5.0,)), y=given)).panels[0].y.limits == (0.1, 9.0)
    low, high = settled(figure_of(Points((1.0, 2.0, 3.0), (-5.0, 0.0, 7.0)))).panels[0].y.limits or (0, 0)
    assert 0.0 < low < 7.0 < high
    assert high / low >= 9.99


def test_a_fit_that_falls_to_nothing_does_not_stretch_the_axis_and_neither_does_a_bar_through_zero():
    points = Points((1.0, 2.0), (5.0, 7.0), (-1.0, 6.0), (8.0, 9.0))
    low, _ = settled(figure_of(points, Line((1.0, 2.0), (5.0, 1e-30)))).panels[0].y.limits or (0, 0)
    assert low > 1.0
    low, _ = settled(figure_of(Line((1.0, 2.0), (5.0, 1e-3)))).panels[0].y.limits or (0, 0)
    assert low < 1e-3


def test_nothing_to_show_has_limits_all_the_same():
    panel = settled(figure_of(Note("nothing"))).panels[0]
    assert (panel.x.limits, panel.y.limits) == ((0.0, 1.0), (0.1, 10.0))


def test_panels_that_share_x_get_the_same_limits():
    panels = tuple(Panel(X, Y, (Points((at,), (1.0,)),)) for at in (100.0, 200.0))
    one, other = settled(Figure(panels, shared_x=True)).panels
    assert one.x.limits == other.x.limits
    one, other = settled(Figure(panels)).panels
    assert one.x.limits != other.x.limits


def test_a_legend_names_every_label_once_and_what_was_measured_first():
    line, points = Line((1.0,), (1.0,), "fit"), Points((1.0,), (1.0,), label="counted")
    empty = Points((), (), label="never seen")
    figure = Figure((Panel(X, Y, (Band(1.0, 2.0, label="band"), line, points, empty)), Panel(X, Y, (line, points))))
    assert list(entries(figure)) == ["counted", "fit", "band"]


def test_describing_a_figure_loads_no_back_end():
    code = "import sys, scantrail.plots; print([m for m in ('matplotlib', 'plotext', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_map_may_have_edges_of_its_cells() -> None:
    cells = ((1.0, None), (2.0, 3.0), (4.0, 5.0))
    image = Image(cells, X, x_edges=(0.0, 1.0, 5.0), y_edges=(-3.0, -2.0, 0.0, 9.0))
    assert (image.x_bounds, image.y_bounds) == ((0.0, 1.0, 5.0), (-3.0, -2.0, 0.0, 9.0))
    assert Image(cells, X).y_bounds == (-0.5, 0.5, 1.5, 2.5)
    with pytest.raises(InputError, match="2 columns of a map have 3 edges; got 2"):
        Image(cells, X, x_edges=(0.0, 1.0))
    with pytest.raises(InputError, match="the edges of the rows of a map must ascend"):
        Image(cells, X, y_edges=(0.0, 1.0, 1.0, 2.0))
