"""XDI files: what stands in them, what is left out, and that they come back."""

import io
import math
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sample_scans import STATION, scan_record, take, without

from scantrail.daq import XAFSScanConfig, columns_worked_out, measured_of, read_xdi
from scantrail.errors import InputError, RunError
from scantrail.runs import export_xdi, read, write_xdi

NUMBER = st.floats(allow_nan=False, allow_infinity=False, width=64)
XAFS = {"element": "Fe", "edge": "K", "e0": 7112.0, "mono": "Si 111", "d_spacing": 3.1356}


def text_of(*records, worked_out=()):
    file = io.StringIO()
    written = write_xdi(records, file, worked_out)
    return file.getvalue(), written


def fields_of(text):
    header = [line[2:] for line in text.splitlines() if line.startswith("# ")]
    return dict(line.split(": ", 1) for line in header if ": " in line)


@pytest.fixture(scope="module")
def dwelling(tmp_path_factory):
    """An energy scan whose dwell grows, with a dark reading."""
    plan = XAFSScanConfig(
        energy_pv="energy",
        edge="Fe K",
        regions=[(-30, -10, 5), {"start": 3.0, "stop": 5.0, "npts": 9, "unit": "k", "dwell": 0.01, "k_weight": 1.0}],
        detectors=["i0", "it"],
        dwell_time=0.02,
    )
    return take(tmp_path_factory.mktemp("dwelling"), plan)


# --- what it holds ----------------------------------------------------------------------------------------------------


def test_a_spectrum_comes_back_as_it_was_measured(scans, tmp_path):
    record = read(scans["xafs"])
    written = export_xdi([record], tmp_path / "run.xdi", columns_worked_out([record]))
    assert (written.points, written.notices) == (len(record.stream("primary")), ())
    there, here = read_xdi(tmp_path / "run.xdi"), measured_of([record])
    assert (there.kind, there.shape, there.edge, there.notes) == ("xafs", here.shape, here.edge, ())
    np.testing.assert_array_equal(there.index, here.index)
    np.testing.assert_array_equal(there.dwell, here.dwell)
    pairs = [(there.axes[0], here.axes[0]), (there.readbacks[0], here.readbacks[0])]
    pairs += [(one, of_role(here, one)) for one in there.detectors]
    assert [one.role for one in there.detectors] == ["i0", "itrans", "ifluor"]
    for ours, theirs in pairs:
        np.testing.assert_array_equal(ours.values, theirs.values)
        np.testing.assert_array_equal(ours.net, theirs.net)
        assert (ours.unit, ours.role) == (theirs.unit, theirs.role)
    assert [(one.name, one.role) for one in there.derived] == [
        ("mutrans", "mutrans"),
        ("mufluor", "mufluor"),
        ("mu", "derived"),
    ]
    np.testing.assert_allclose(there.derived[0].values, here.derived[0].values, rtol=1e-14)
    np.testing.assert_array_equal(there.derived[2].values, here.derived[0].values)


def of_role(measured, one):
    return next(other for other in measured.detectors if other.role == one.role)


def test_the_header_tells_what_the_dictionary_names(scans):
    record = read(scans["xafs"])
    text, _ = text_of(record, worked_out=columns_worked_out([record]))
    fields = fields_of(text)
    assert text.startswith(f"# XDI/1.0 Scantrail/{record.start['scantrail']['version']}\n# Column.1: energy eV\n")
    told = {
        "Element.symbol": "Fe",
        "Element.edge": "K",
        "Scan.edge_energy": "7112.0 eV",
        "Mono.name": "Si 111",
        "Mono.d_spacing": "3.1356",
        "Facility.name": "Test ring",
        "Facility.xray_source": "bending magnet",
        "Beamline.name": "BL02",
        "Detector.IT": "sim://test/BL02:DET:IT, counts/s",
        "Scantrail.run": "7",
        "Scantrail.uid": record.start["uid"],
        "Scantrail.itrans_dark": "2.5 counts/s",
        "Scantrail.region_1": "-50 to -20 eV, step 10 eV",
        "Scantrail.region_3": "2.29115 to 5 1/angstrom, step 0.1 1/angstrom",
        "Scantrail.mutrans": "ln(i0 / itrans), less the darks of itrans",
    }
    assert {name: fields.get(name) for name in told} == told
    labels = "energy  i0  itrans  ifluor  mutrans  mufluor  energy_readback  mu"
    assert f"# ---\n# {labels}\n" in text


def test_dwells_that_change_are_a_column(dwelling, tmp_path):
    record = read(dwelling)
    export_xdi([record], tmp_path / "run.xdi", columns_worked_out([record]))
    measured = read_xdi(tmp_path / "run.xdi")
    np.testing.assert_array_equal(measured.dwell, measured_of([record]).dwell)
    assert len(np.unique(measured.dwell)) > 2
    fields = fields_of((tmp_path / "run.xdi").read_text())
    assert "Scantrail.dwell" not in fields
    assert fields["Scantrail.region_2"] == "3 to 5 1/angstrom, 9 points, dwell 0.01 s, k_weight 1"


@example([(7112.0, 1.0, 2.0)])
@given(st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=1, max_size=8))
def test_every_number_comes_back(tmp_path_factory, rows):
    energies, i0, counts = (list(column) for column in zip(*rows, strict=True))
    columns = {"e": ("axis", energies), "det": ("counts", counts), "i": ("i0", i0)}
    path = tmp_path_factory.mktemp("xdi") / "run.xdi"
    export_xdi([scan_record("xafs", columns, xafs=XAFS)], path)
    measured = read_xdi(path)
    assert measured.axes[0].values.tolist() == energies
    assert {one.name: one.values.tolist() for one in measured.detectors} == {"i0": i0, "det": counts}


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_typed_stays_on_its_line(operator, name):
    record = scan_record("xafs", {"e": ("axis", [1.0]), "i": ("i0", [2.0])}, xafs=XAFS | {"mono": name})
    record.start["scantrail"]["operator"] = operator
    text, _ = text_of(record)
    head, _, table = text.partition("# ---\n")
    assert all(line.startswith("# ") and ": " in line for line in head.split("\n")[1:-1])
    assert head.replace("\n", "").isprintable()
    assert table == "# energy  i0  energy_readback\n1  2  1\n"


# --- what it cannot hold ----------------------------------------------------------------------------------------------


def test_points_without_a_reading_are_left_out_and_told(scans):
    text, written = text_of(without(read(scans["xafs"]), "it", [2, 4]))
    assert written.notices == (f"2 of {written.points + 2} points have no itrans or mutrans and are left out",)
    assert not {"nan", "inf"} & set(text.lower().split())


def test_a_detector_that_never_read_is_left_out_alone(scans):
    record = read(scans["xafs"])
    count = len(record.stream("primary"))
    text, written = text_of(without(record, "if", range(count)))
    assert written.points == count
    assert written.notices == tuple(
        f"{name} has no value at any point and is left out" for name in ("ifluor", "mufluor")
    )
    assert "ifluor" not in text.splitlines()[-1 - count]


def test_what_the_run_does_not_know_is_told(tmp_path):
    plan = XAFSScanConfig(energy_pv="energy", edge=7112.0, regions=[(0, 2, 1)], detectors=["i0", "it"], dwell_time=0.01)
    directory = take(tmp_path, plan, station=STATION.model_copy(update={"crystal": None}))
    text, written = text_of(read(directory))
    assert len(written.notices) == 2
    assert written.notices[0].startswith("Element.symbol and Element.edge are missing")
    assert "set d_spacing in the section [crystal]" in written.notices[1]
    assert not {"Element.symbol", "Mono.d_spacing"} & fields_of(text).keys()


def test_other_kinds_are_refused_with_the_formats_that_fit(scans, tmp_path):
    with pytest.raises(RunError, match=r"run 4 is of the kind mesh, and XDI holds .* alone; use csv or nexus or spec"):
        export_xdi([read(scans["mesh"])], tmp_path / "run.xdi")
    assert not list(tmp_path.iterdir())


def test_a_file_is_never_replaced(scans, tmp_path):
    (tmp_path / "run.xdi").write_text("another's")
    with pytest.raises(InputError, match="exists and is left as it is"):
        export_xdi([read(scans["xafs"])], tmp_path / "run.xdi")
    assert (tmp_path / "run.xdi").read_text() == "another's"


def test_mu_is_there_only_where_there_is_light():
    columns = {"e": ("axis", [1.0, 2.0, 3.0]), "a": ("i0", [4.0, 4.0, 4.0]), "b": ("itrans", [2.0, 0.0, -1.0])}
    text, written = text_of(scan_record("xafs", columns, xafs=XAFS))
    assert written.notices == ("2 of 3 points have no mutrans and are left out",)
    assert float(text.splitlines()[-1].split()[3]) == math.log(2.0)


# --- others ----------------------------------------------------------------------------------------------------------


def newer_python():
    """A Python 3.13 or newer, where one is installed."""
    homes = sorted(Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser().glob("versions/3.1[3-9]*/bin/python"))
    found = next(filter(None, map(shutil.which, ("python3.14", "python3.13"))), None)
    return homes[-1] if homes else found


NEWER_PYTHON = newer_python()
"""Looked for before the tests get a home of their own."""


@pytest.mark.long
@pytest.mark.timeout(300)
def test_the_validator_finds_nothing_wrong(scans, dwelling, tmp_path, needs_system_part):
    needs_system_part("Python 3.13", NEWER_PYTHON, "python3.13-venv")
    place = tmp_path / "environment"
    subprocess.run([NEWER_PYTHON, "-m", "venv", place], check=True, timeout=100)
    subprocess.run([place / "bin" / "pip", "install", "--quiet", "xdi-validator==1.5.2"], check=True, timeout=150)
    script = "import sys, xdi_validator; print(xdi_validator.validate(open(sys.argv[1]))[0])"
    for name, directory in {"xafs": scans["xafs"], "dwelling": dwelling}.items():
        record, path = read(directory), tmp_path / f"{name}.xdi"
        export_xdi([record], path, columns_worked_out([record]))
        done = subprocess.run(
            [place / "bin" / "python", "-c", script, path], capture_output=True, text=True, timeout=50
        )
        assert (done.returncode, done.stdout) == (0, "{}\n"), done.stderr
