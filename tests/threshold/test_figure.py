from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import erfc

from scantrail.errors import InputError
from scantrail.plots import Band, Figure, Line, Marker, Note, Points, terminal
from scantrail.threshold.counted import CountedChannel, CountsInTime
from scantrail.threshold.figure import compare_figure, live_figure, rate_figure, threshold_figure
from scantrail.threshold.fit import Status, fit_curve

V = np.arange(260.0, 325.0, 3.0)


def scanned(channel=1, *, v=V, mu=285.0, amplitude=30.0, plateau=1.0, live=10.0, ceiling=None, fit=True, label="top"):
    counts = np.round((amplitude * erfc((v - mu) / 6.0) + plateau) * live)
    if ceiling is not None:
        counts = np.minimum(counts, ceiling * live)
    times = np.full(len(v), live)
    fitted = fit_curve(v, counts, times, ceiling=ceiling) if fit else None
    return CountedChannel(channel, v, counts, times, name=f"ch{channel}", label=label, fit=fitted)


def drawn(figure: Figure, kind, panel=0):
    return [element for element in figure.panels[panel].elements if isinstance(element, kind)]


def labelled(figure: Figure, label: str, panel=0):
    (element,) = (e for e in figure.panels[panel].elements if getattr(e, "label", None) == label)
    return element


def test_a_panel_shows_what_was_counted_with_poisson_bars():
    figure = threshold_figure([scanned()], title="run 12")
    panel = figure.panels[0]
    assert (figure.title, panel.title) == ("run 12", "ch1 top")
    assert (panel.x.text, panel.y.text, panel.y.scale) == ("threshold [DAC]", "rate [events/s]", "log")
    points = labelled(figure, "counted, 68 % Poisson bars")
    assert points.x == tuple(V)
    assert points.y[-1] == pytest.approx(1.0)
    assert (points.low[-1], points.high[-1]) == pytest.approx((0.6891, 1.4267), abs=1e-3)  # Garwood, 10 counts
    low, high = panel.y.limits
    assert low < min(points.low)
    assert high > 2 * max(points.high)


def test_edge_plateau_and_sum_are_drawn_apart():
    figure = threshold_figure([scanned()])
    edge, plateau, both = (labelled(figure, name) for name in ("noise edge", "plateau", "fit: noise edge + plateau"))
    assert len({edge.colour, plateau.colour, both.colour}) == 3
    assert np.array(both.y) == pytest.approx(np.array(edge.y) + np.array(plateau.y))
    assert edge.y[0] == pytest.approx(60.0, rel=0.05)
    assert plateau.y[-1] == pytest.approx(1.0, rel=0.1)
    assert (edge.x[0], edge.x[-1]) == (V[0], V[-1])


def test_the_recommended_threshold_stands_with_its_band():
    channel = scanned()
    assert channel.fit is not None
    advice = channel.fit.advice
    assert advice is not None
    figure = threshold_figure([channel])
    (band,) = drawn(figure, Band)
    (marker,) = drawn(figure, Marker)
    assert (band.low, band.high) == advice.interval
    assert band.label == f"recommended ({advice.name}), 68 % interval"
    assert marker.at == advice.value
    assert marker.text == f"set {round(advice.value)} ({advice.value:.1f} ± {advice.error:.1f} DAC)"
    assert not drawn(figure, Note)


def test_nothing_counted_gives_upper_limits_and_the_reason_in_words():
    zeros = np.zeros(len(V))
    figure = threshold_figure(
        [CountedChannel(2, V, zeros, zeros + 10.0, fit=fit_curve(V, zeros, zeros + 10.0))], title="run 1"
    )
    assert figure.panels[0].title == "channel 2"
    (points,) = drawn(figure, Points)
    assert points.label == "nothing counted: 95 % upper limit"
    assert all(points.upper)
    assert points.high[0] == pytest.approx(0.29957, abs=1e-4)
    (note,) = drawn(figure, Note)
    assert note.warning
    assert note.text.startswith("NO EDGE: No count at any of 22 thresholds")
    assert not drawn(figure, Marker)
    assert not drawn(figure, Line)


def test_a_flagged_fit_is_drawn_as_one_dotted_line_and_recommends_nothing():
    channel = scanned(v=np.arange(260.0, 290.0, 2.0))
    assert channel.fit is not None
    assert channel.fit.status is Status.OUT_OF_RANGE
    figure = threshold_figure([channel])
    (line,) = drawn(figure, Line)
    assert (line.label, line.stroke) == ("fit, not to be relied on", "dotted")
    assert not drawn(figure, Band)
    (note,) = drawn(figure, Note)
    assert note.text == f"OUT OF RANGE: {channel.fit.sentence}"


def test_the_limit_of_a_plateau_that_was_not_seen_is_on_the_axis():
    channel = scanned(plateau=0.0)
    assert channel.fit is not None
    limit = channel.fit.plateau_limit
    assert limit is not None
    figure = threshold_figure([channel])
    (marker,) = drawn(figure, Marker)
    assert (marker.at, marker.along) == (limit, "y")
    assert figure.panels[0].y.limits[0] < limit


def test_the_link_ceiling_is_drawn_only_where_it_was_reached():
    full, free = scanned(1, amplitude=400.0, ceiling=200.0), scanned(2)
    figure = threshold_figure([full, free], ceiling=200.0)
    (marker,) = drawn(figure, Marker)
    assert (marker.at, marker.along, marker.text) == (200.0, "y", "link ceiling 200 events/s")
    rings = labelled(figure, "link full, left out of the fit")
    assert rings.shape == "ring"
    assert max(rings.x) < min(labelled(figure, "counted, 68 % Poisson bars").x)
    assert [marker.along for marker in drawn(figure, Marker, 1)] == ["x"]


def test_losses_correct_the_rate_and_rows_without_meaning_are_left_out():
    channel = CountedChannel(1, [0, 300, 301, 302, 303], [5, 10, 10, 0, 9], [1, 1, 1, 1, 0], [0, None, 10, 3, 0])
    (points,) = drawn(threshold_figure([channel]), Points)
    assert points.x == (300.0, 301.0)
    assert points.y == (10.0, 20.0)


def test_a_channel_without_a_usable_point_says_so():
    (note,) = drawn(threshold_figure([CountedChannel(1, [], [], [])]), Note)
    assert note.text == "Nothing was counted that could be drawn."
    (note,) = drawn(threshold_figure([]), Note)
    assert note.text == "No channel was scanned."


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(InputError, match="2, 1, 1, 1"):
        threshold_figure([CountedChannel(1, [1, 2], [1], [1])])


def test_panels_share_their_axis_where_the_ranges_are_alike():
    assert threshold_figure([scanned(1), scanned(2, v=V + 10)]).shared_x
    assert not threshold_figure([scanned(1), scanned(2, v=V + 100, mu=385)]).shared_x


@pytest.mark.parametrize(("channels", "columns"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (20, 3)])
def test_many_channels_stand_side_by_side(channels, columns):
    assert threshold_figure([scanned(i, fit=False) for i in range(1, channels + 1)]).columns == columns


def test_the_live_figure_holds_all_channels_in_one_panel():
    figure = live_figure([scanned(1, fit=False), scanned(2, fit=False, label="mid")], title="run 12")
    assert len(figure.panels) == 1
    points = drawn(figure, Points)
    assert [element.label for element in points] == ["ch1 top", "ch2 mid"]
    assert len({(element.colour, element.shape) for element in points}) == 2
    text = terminal(figure, 80, 24, colour=False).split("\n")
    assert len(text) == 24
    assert max(map(len, text)) <= 80
    assert terminal(live_figure([]), 80, 24)


def test_compared_runs_lie_over_each_other_by_channel():
    runs = {"run 12": [scanned(1), scanned(2)], "run 13": [scanned(1, mu=290.0)]}
    figure = compare_figure(runs, title="runs 12 and 13")
    assert [panel.title for panel in figure.panels] == ["ch1 top", "ch2 top"]
    assert [points.label for points in drawn(figure, Points)] == ["run 12", "run 13"]
    assert [points.label for points in drawn(figure, Points, 1)] == ["run 12"]
    colours = [[element.colour for element in drawn(figure, kind)] for kind in (Points, Line, Marker)]
    assert colours == [["blue", "vermilion"]] * 3
    assert drawn(figure, Marker)[0].text.startswith("run 12: 300.3 ± ")
    assert drawn(figure, Marker)[1].at > drawn(figure, Marker)[0].at


def test_rates_in_time_begin_with_the_first_bin():
    begins = 1.7e9 + np.arange(0.0, 3600.0, 60.0)
    series = CountsInTime("ch1 top", begins, np.full(60, 60.0), np.full(60, 30))
    figure = rate_figure([series], title="run 18")
    panel = figure.panels[0]
    assert panel.x.text == "time since 2023-11-14 22:13:20 UTC [min]"
    assert (panel.y.scale, panel.y.limits[0]) == ("linear", 0.0)
    (points,) = drawn(figure, Points)
    assert points.x[:2] == (0.5, 1.5)
    assert points.y[0] == 0.5
    relative = rate_figure([replace(series, begins=np.arange(60.0))], unix=False)
    assert relative.panels[0].x.text == "time [s]"
    assert rate_figure([]).panels[0].x.text == "time [s]"


def test_rates_in_time_that_differ_much_stand_on_a_log_axis():
    series = CountsInTime("ch1", [0.0, 1.0], [1.0, 1.0], [1, 1000])
    assert rate_figure([series], unix=False).panels[0].y.scale == "log"


finite = st.floats(allow_nan=False, allow_infinity=False)
rows = st.lists(st.tuples(finite, finite, finite, st.none() | finite), max_size=8)


@settings(max_examples=60)
@given(rows=rows)
def test_any_finite_rows_can_be_drawn(rows):
    v, n, t, lost = ([row[i] for row in rows] for i in range(4))
    channel = CountedChannel(1, v, n, t, lost)
    figures = [
        threshold_figure([channel], ceiling=100.0),
        live_figure([channel, channel]),
        compare_figure({"run 1": [channel]}),
        rate_figure([CountsInTime("ch1", v, t, n)]),
    ]
    for figure in figures:
        figure.document()
        assert terminal(figure, 80, 24)


@settings(max_examples=25)
@given(counts=st.lists(st.integers(0, 10**9), min_size=1, max_size=25), live=st.floats(1e-3, 1e5))
def test_any_fitted_counts_can_be_drawn(counts, live):
    v = 250.0 + 3.0 * np.arange(len(counts))
    times = np.full(len(counts), live)
    channel = CountedChannel(1, v, counts, times, fit=fit_curve(v, counts, times, ceiling=1000.0))
    assert terminal(threshold_figure([channel], ceiling=1000.0), 80, 24)
    assert terminal(compare_figure({"run 1": [channel], "run 2": [channel]}), 80, 24)
