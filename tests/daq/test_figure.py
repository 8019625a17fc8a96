"""Figures of position scans: what stands in which panel, and maps in the coordinates of the stage."""

from dataclasses import replace

import numpy as np
import pytest
from spec_scans import line, mesh

from scantrail.daq import Measured, Quantity, compare_scans, scan_figure, statistics_of
from scantrail.errors import InputError

FILE = "33id_mesh_extract.spec"


def kinds(panel):
    return [element.kind for element in panel.elements]


def labels(panel):
    return {element.label for element in panel.elements if getattr(element, "label", "")}


def two_by_three(**changes):
    index = np.array([[0, 0], [0, 1], [0, 2], [1, 2]])
    axes = (
        Quantity("Y", "mm", "setpoint", np.array([5.0, 5.0, 5.0, 7.0])),
        Quantity("X", "um", "setpoint", np.array([30.0, 20.0, 0.0, 0.0])),
    )
    counts = Quantity("if", "counts", "ifluor", np.array([1.0, 2.0, 3.0, 4.0]))
    return replace(Measured("mesh", "run 1", axes, (), (counts,), (2, 3), index), **changes)


def test_a_peak_is_marked_with_its_width_and_its_centroid():
    measured = line("APS_spec_data.dat", 2)
    (panel,) = scan_figure(measured, statistics_of(measured)).panels
    assert labels(panel) == {"FWHM", "peak", "raw centroid"}
    assert kinds(panel) == ["band", "line", "points", "marker", "points", "note"]
    assert panel.elements[-1].text.startswith("I0 peaks at 2.447")
    assert (panel.x.text, panel.y.text) == ("USAXS.m2rp [deg]", "I0 [counts]")
    assert panel.elements[2].low[0] == pytest.approx(276 - np.sqrt(276))


def test_an_edge_is_shown_with_its_fit():
    x = np.linspace(-1, 1, 21)
    y = Quantity("it", "", "itrans", np.tanh(3 * x))
    measured = Measured("linear", "", (Quantity("x", "mm", "", x),), (), (y,), (21,), np.arange(21).reshape(-1, 1))
    (panel,) = scan_figure(measured, statistics_of(measured)).panels
    assert labels(panel) == {"beam FWHM", "error function", "edge"}


def test_while_it_runs_nothing_is_marked():
    assert kinds(scan_figure(line("APS_spec_data.dat", 2)).panels[0]) == ["line", "points"]


def test_more_than_four_columns_share_panels_by_their_unit():
    measured = line("APS_spec_data.dat", 2)
    (counts,) = measured.detectors
    several = tuple(replace(counts, name=f"d{i}", unit="V" if i == 5 else "counts") for i in range(6))
    figure = scan_figure(replace(measured, detectors=several))
    assert [panel.y.text for panel in figure.panels] == ["readings [counts]", "d5 [V]"]
    assert labels(figure.panels[0]) == {"d0", "d1", "d2", "d3", "d4"}


def test_a_map_lies_where_the_stage_was_whichever_way_it_went():
    (panel,) = scan_figure(two_by_three()).panels
    (image,) = panel.elements
    assert (panel.x.text, panel.y.text, panel.title) == ("X [um]", "Y [mm]", "if")
    assert image.values == ((3.0, 2.0, 1.0), (4.0, None, None))
    assert image.x_edges == (-10.0, 10.0, 25.0, 35.0)
    assert image.y_edges == (4.0, 6.0, 8.0)


def test_rows_to_come_lie_where_they_were_planned():
    measured = two_by_three(shape=(4, 3), grid=(np.array([5.0, 7.0, 9.0, 11.0]), np.array([30.0, 20.0, 0.0])))
    (image,) = scan_figure(measured).panels[0].elements
    assert image.y_edges == (4.0, 6.0, 8.0, 10.0, 12.0)
    assert image.values[3] == (None, None, None)
    unknown = replace(measured, grid=())
    assert scan_figure(unknown).panels[0].elements[0].y_edges == pytest.approx((4.0, 6.0, 8.0, 10.0, 12.0))


def test_two_rows_at_one_place_leave_the_map_by_index():
    measured = two_by_three(grid=(np.array([5.0, 5.0]), np.array([0.0, 1.0, 2.0])))
    (panel,) = scan_figure(measured).panels
    assert (panel.x.text, panel.elements[0].x_edges) == ("X index", ())


@pytest.mark.parametrize(("number", "holes"), [(22, 0), (29, 40), (30, 24), (31, 0), (82, 0)])
def test_aborted_meshes_have_holes_and_whole_ones_none(number, holes):
    measured = mesh(FILE, number, "signal")
    (panel,) = scan_figure(measured, statistics_of(measured)).panels
    assert sum(value is None for row in panel.elements[0].values for value in row) == holes
    said = [e.text for e in panel.elements if e.kind == "note"]
    assert (f"the scan was aborted: {121 - holes} of 121 points were measured" in said) is bool(holes)
    assert labels(panel) == (set() if number == 29 else {"peak", "centroid"})


def test_scans_over_each_other_need_one_axis_and_a_common_detector():
    first, second = line("APS_spec_data.dat", 2), line("APS_spec_data.dat", 7)
    (panel,) = compare_scans({"a": first, "b": second}).panels
    assert labels(panel) == {"a", "b"}
    with pytest.raises(InputError, match=r"compared along one axis; these have a USAXS.m2rp, b mr"):
        compare_scans({"a": first, "b": line("APS_spec_data.dat", 6)})
    other = replace(second, detectors=tuple(replace(one, name="other") for one in second.detectors))
    with pytest.raises(InputError, match="a and b have no detector in common"):
        compare_scans({"a": first, "b": other})
