import struct
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scantrail.errors import InputError, OutputError
from scantrail.plots import Axis, Band, Figure, Image, Line, Marker, Note, Panel, Points, numbers, save
from scantrail.plots.matplotlib import _sheet


def size(path):
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", head[16:24])


@pytest.mark.parametrize("panels", [1, 2, 3])
def test_a_png_is_900_pixels_wide_twice_over_and_grows_with_its_panels(stacked, tmp_path, panels):
    path = save(stacked(panels), tmp_path / "scan.png")
    width, height = size(path)
    assert width == 1800
    assert 900 < height < 800 * (panels + 1)
    assert [entry.name for entry in tmp_path.iterdir()] == ["scan.png"]


def test_columns_stand_side_by_side(stacked, tmp_path):
    _, low = size(save(stacked(4, columns=2), tmp_path / "two.png"))
    _, high = size(save(stacked(4), tmp_path / "one.png"))
    assert low < high


def test_svg_and_pdf_are_whole_files_without_a_date(stacked, tmp_path):
    svg = save(stacked(1), tmp_path / "scan.svg")
    assert ET.parse(svg).getroot().get("width") == "648pt"
    assert b"dc:date" not in svg.read_bytes()
    pdf = save(stacked(1), tmp_path / "scan.PDF").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf


def test_a_map_is_drawn_with_its_holes_and_its_scale(chart, tmp_path):
    width, _ = size(save(chart, tmp_path / "map.png"))
    assert width == 1800


def test_axes_carry_quantity_and_unit_and_the_legend_stands_below(stacked):
    from scantrail.plots.extent import settled

    sheet = _sheet(settled(stacked(2)))
    upper, lower = sheet.axes
    assert upper.get_ylabel() == lower.get_ylabel() == "rate [events/s]"
    assert (upper.get_xlabel(), lower.get_xlabel()) == ("", "threshold [DAC]")
    assert upper.get_xlim() == lower.get_xlim()
    assert upper.get_yscale() == "log"
    assert len(upper.yaxis.get_minorticklocs()) > 4
    (legend,) = sheet.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "counted",
        "upper limit",
        "fit",
        "noise edge",
        "recommended, 68 %",
    ]
    sheet.draw_without_rendering()
    assert legend.get_window_extent().y1 <= lower.get_tightbbox().y0 + 1


def test_another_extension_is_refused(stacked, tmp_path):
    with pytest.raises(InputError, match=r"\.png, \.svg, \.pdf.*'scan\.jpg'"):
        save(stacked(1), tmp_path / "scan.jpg")
    with pytest.raises(InputError, match="'scan'"):
        save(stacked(1), tmp_path / "scan")


def test_a_place_that_cannot_be_written_is_one_sentence_and_leaves_nothing(stacked, tmp_path):
    with pytest.raises(OutputError, match=r"cannot write .*missing.*scan\.png: No such file or directory\."):
        save(stacked(1), tmp_path / "missing" / "scan.png")
    (tmp_path / "scan.png").mkdir()
    with pytest.raises(OutputError, match="directory"):
        save(stacked(1), tmp_path / "scan.png")
    assert [entry.name for entry in tmp_path.iterdir()] == ["scan.png"]


def test_a_file_that_stood_there_is_replaced_whole(stacked, tmp_path):
    path = tmp_path / "scan.png"
    path.write_text("old")
    save(stacked(1), path)
    assert size(path)[0] == 1800


NAMES = ["$x^2", "$", "日本語 上段", "\x1b[31mred\x07", "a\nb", "%s {x} \\frac", "long " * 60, "x" * 300, "🙂", ""]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_be_set(name, tmp_path):
    elements = (Points((1.0,), (1.0,), label=name), Marker(1.0, text=name), Note(name), Band(0.0, 1.0, label=name))
    figure = Figure((Panel(Axis(name, name), Axis(name, name), elements, name),), name)
    assert size(save(figure, tmp_path / "scan.png"))[0] == 1800


finite = st.floats(allow_nan=False, allow_infinity=False)
columns = st.integers(0, 6).flatmap(
    lambda n: st.tuples(*(st.lists(finite, min_size=n, max_size=n).map(numbers) for _ in range(4)))
)
scales = st.sampled_from(["linear", "log"])


def any_figure(column, x_scale, y_scale, a, b, upper):
    x, y, low, high = column
    elements = (
        Band(min(a, b), max(a, b), "x", "band"),
        Band(min(a, b), max(a, b), "y"),
        Line(x, y, "line"),
        Points(x, y, low, high, (upper,) * len(x), "points"),
        Marker(a, "x", "at a"),
        Marker(b, "y", "at b"),
    )
    panel = Panel(Axis("x", "DAC", x_scale), Axis("y", "1/s", y_scale), elements, "any")
    return Figure((panel, replace(panel, y=Axis("other"))), "any", shared_x=True)


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a drawing is too slow to shrink on
)
@given(column=columns, x_scale=scales, y_scale=scales, a=finite, b=finite, upper=st.booleans())
def test_any_finite_data_can_be_drawn(tmp_path, column, x_scale, y_scale, a, b, upper):
    path = save(any_figure(column, x_scale, y_scale, a, b, upper), tmp_path / "any.svg")
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("values", [((None,),), ((1.0, 1.0),), ((-1e300, 1e300),), ((0.0, None), (5e-324, 1.0))])
def test_any_map_can_be_drawn(values, tmp_path):
    figure = Figure((Panel(Axis("column"), Axis("row"), (Image(values, Axis("noise")),)),))
    assert size(save(figure, tmp_path / "map.png"))[0] == 1800


@pytest.mark.parametrize("middle", [1.0, 1.5])
def test_maps_of_even_and_uneven_cells_are_written(tmp_path: Path, middle: float) -> None:
    image = Image(((0.0, None),), Axis("signal"), x_edges=(0.0, middle, 2.0), y_edges=(0.0, 1.0))
    path = save(Figure((Panel(Axis("x"), Axis("y"), (image,)),)), tmp_path / "map.svg")
    assert path.stat().st_size > 5000
