"""XDI files: real ones, broken ones, and those that carry something else than energies."""

from pathlib import Path

import numpy as np
import pytest

from scantrail.daq import Edge, read_measured, read_xdi
from scantrail.errors import InputError

DATA = Path(__file__).parents[2] / "data"
BROKEN = DATA / "xdi_bad"
READABLE = {
    "00": (),
    "02": ("Element.edge is missing",),
    "04": ('line 6: Element.edge "Foo" is not known',),
    "06": ("no line of dashes ends the header",),
    "08": ("Column.4 is missing; it is taken for mutrans",),
    "10": ("line 5: there is no column 7", "Column.4 is missing; it is taken for mutrans"),
    "12": ("Mono.d_spacing is missing, so that the angles are no energies",),
    "26": (),
    "28": ('line 18: Scan.start_time "2001-Jun-26 22:27:31" is no date and time as ISO 8601 has it',),
    "30": ('line 7: Element.symbol "Foo" is not known', 'line 6: Element.edge "Bar" is not known'),
    "32": (),
    "34": ('line 16: Facility.energy "7.00 missing units" is no number in GeV or MeV',),
}
REFUSED = {
    "14": "line 36: 4 numbers are needed, and there are 6",
    "16": "line 30: 'STRING' is no number",
    "18": "line 8: Family.key has no value",
    "20": 'line 8: "Family:key:  Value" is no field; "Namespace.tag: value" is needed',
    "22": 'line 8: "Family.key.subkey:  Value" is no field; "Namespace.tag: value" is needed',
    "24": 'line 8: "2000Family.key:  Value" is no field; "Namespace.tag: value" is needed',
}

HEAD = """\
# XDI/1.0 Test/1.0
# Column.1: energy eV
# Column.2: i0
# Column.3: itrans
# Element.symbol: Fe
# Element.edge: K
"""
TABLE = "# ---\n# energy i0 itrans\n7000 10 5\n7001 11 6\n"


@pytest.mark.parametrize("number", READABLE)
def test_what_can_be_read_is_read_and_told(number):
    measured = read_measured(BROKEN / f"bad_{number}.xdi")
    assert measured.notes == READABLE[number]
    assert [one.name for one in measured.detectors] == ["i0", "itrans"]
    assert [one.name for one in measured.derived] == ["mutrans"]
    assert measured.axes[0].name == ("angle" if number == "12" else "energy")
    assert measured.detectors[0].values[0] == 149013.7
    assert measured.derived[0].values[0] == -1.3070486


@pytest.mark.parametrize("number", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_line(number):
    with pytest.raises(InputError) as refused:
        read_measured(BROKEN / f"bad_{number}.xdi")
    assert str(refused.value).endswith(f"bad_{number}.xdi, {REFUSED[number]}")


@pytest.mark.parametrize(
    ("name", "points", "edge", "ends", "counted"),
    [
        ("cu_metal_rt.xdi", 408, Edge("Cu", "K", 8980.0), (8779.0, 10145.86), ["i0", "itrans"]),
        ("feo_rt1.xdi", 412, Edge("Fe", "K", 7112.0), (6911.7671, 8084.0938), ["i0"]),
        ("Fe_Foil_rt_2016Foils.xdi", 532, Edge("Fe", "K", 7112.0), (7012.0, 7755.887), ["itrans", "i0"]),
        ("Eu2O3_eu_l3_001.xdi", 387, Edge("Eu", "L3", 6977.0), (6827.0, 7525.638), ["itrans", "i0"]),
    ],
)
def test_real_spectra(name, points, edge, ends, counted):
    measured = read_measured(DATA / "xafs" / name)
    assert (measured.kind, measured.shape, measured.edge, measured.notes) == ("xafs", (points,), edge, ())
    assert (measured.axes[0].values[0], measured.axes[0].values[-1]) == ends
    assert [(one.name, one.role) for one in measured.detectors] == [(name, name) for name in counted]


def test_angles_of_a_known_crystal_are_energies(file):
    text = HEAD.replace("energy eV", "angle degrees") + "# Mono.d_spacing: 3.1356\n# ---\n16.11 1 2\n"
    (energy,) = read_xdi(file(text)).axes[0].values
    assert energy == pytest.approx(12398.4198 / (2 * 3.1356 * np.sin(np.radians(16.11))), rel=1e-7)


@pytest.mark.parametrize(
    ("told", "energy"),
    [("8980.0", 8980.0), ("7112.5 eV", 7112.5), ("7.112 keV", 7112.0), ("7112 furlongs", 7112.0), ("none", 7112.0)],
)
def test_the_edge_is_where_the_file_says_else_in_the_table(file, told, energy):
    measured = read_xdi(file(HEAD + f"# Scan.edge_energy: {told}\n" + TABLE))
    assert measured.edge == Edge("Fe", "K", energy)


def test_energies_may_be_in_kev(file):
    measured = read_xdi(file(HEAD.replace("energy eV", "energy keV") + TABLE.replace("700", "7.00")))
    assert measured.axes[0].values.tolist() == [7000.0, 7001.0]


def test_an_abscissa_that_is_no_energy_is_told(file):
    measured = read_xdi(file(HEAD.replace("energy eV", "position steps") + TABLE))
    assert (measured.kind, measured.axes[0].unit) == ("linear", "steps")
    assert measured.notes == ("the first column is position, no energy",)


def test_names_are_read_in_any_case_and_the_last_of_a_field_counts(file):
    text = HEAD.replace("Element.symbol: Fe", "ELEMENT.SYMBOL: Cu\n# element.symbol: fe")
    assert read_xdi(file(text + TABLE)).edge == Edge("Fe", "K", 7112.0)


def test_blank_lines_comments_and_windows_endings_are_no_data(file):
    text = (HEAD + "#\n# ///\n# no: field\n# at.all\n" + TABLE + "\n# the end\n\n").replace("\n", "\r\n")
    assert read_xdi(file(text)).shape == (2,)


def test_labels_that_come_twice_stay_apart(file):
    measured = read_xdi(file(HEAD.replace("3: itrans", "3: i0") + TABLE))
    assert [one.name for one in measured.detectors] == ["i0", "i0_3"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("energy i0\n1 2\n", 'is no XDI file: its first line must begin with "# XDI/1.0"'),
        (HEAD, "holds no data"),
        (HEAD + "# ---\n# energy i0 itrans\n", "holds no data"),
        (HEAD + "no hash\n", "line 7: 'no' is no number"),
        (HEAD + TABLE + "1 2\n", "line 11: 3 numbers are needed, and there are 2"),
        (HEAD + TABLE + "1 2 inf\n", "line 11: 'inf' is no number"),
        (HEAD + TABLE + "1 2 1_0\n", "line 11: '1_0' is no number"),
    ],
)
def test_what_is_no_spectrum_is_refused(file, text, said):
    with pytest.raises(InputError) as refused:
        read_xdi(file(text))
    assert str(refused.value).endswith(said)
