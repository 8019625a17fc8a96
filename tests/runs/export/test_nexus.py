"""NeXus files as validators and viewers see them."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import silx.io
from hypothesis import given
from hypothesis import strategies as st
from nexusformat.nexus import validate
from sample_runs import header
from sample_scans import X, data_of, read_cut, scan_record, without
from silx.io.nxdata import get_default

from scantrail.daq import columns_worked_out, measured_of
from scantrail.errors import InputError, OutputError, RunError
from scantrail.runs import Column, RunWriter, export_nexus, read

KINDS = ["linear", "list", "lockstep", "mesh", "grid", "time", "xafs"]


@pytest.fixture
def write(tmp_path):
    """`write(*records)`: the file of these runs, with what is worked out of them."""

    def written(*records, name="run.nxs"):
        path = tmp_path / name
        export_nexus(records, path, columns_worked_out(records))
        return path

    return written


@pytest.fixture
def drawn():
    """`drawn(path)`: what silx draws when it opens a file, and the NXdata behind it."""
    opened = []

    def default(path):
        opened.append(silx.io.open(str(path)))
        return get_default(opened[-1])

    yield default
    for one in opened:
        one.close()


def is_curve(data):
    return data.is_valid and data.signal.ndim == 1 and len(data.axes) == 1


def is_image(data):
    return data.is_valid and data.signal.ndim == 2 and data.interpretation == "image"


def errors(path, of_file=False):
    """Errors and warnings that nexusformat counts: by the application definition, or by the base classes."""
    validate.logger.setLevel(logging.WARNING)
    warnings, found = (validate.validate_file if of_file else validate.validate_application)(str(path))
    return found, warnings


def nxvalidate(path):
    """What the command says; it ends with 0 whatever it finds."""
    command = [Path(sys.executable).with_name("nxvalidate"), path]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=50).stdout


# --- validators -------------------------------------------------------------------------------------------------------


def test_a_spectrum_is_valid_under_the_definition_of_the_release(scans, write):
    path = write(read(scans["xafs"]))
    assert errors(path) == (0, 0)
    said = nxvalidate(path)
    assert "Application Definition: NXxas" in said
    assert "Total number of errors: 0" in said


def test_the_validator_sees_what_is_missing(scans, write):
    path = write(read(scans["xafs"]))
    with h5py.File(path, "a") as file:
        del file["entry/instrument/incoming_beam"]
    assert errors(path)[0] == 1


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "xafs"])
def test_every_other_kind_is_a_valid_entry(scans, write, kind):
    assert errors(write(read(scans[kind])), of_file=True)[0] == 0


def test_a_spectrum_has_what_the_newer_definition_wants(scans, write):
    """Its base classes are in no release yet; the long test below asks pynxtools, which has them."""
    with h5py.File(write(read(scans["xafs"]))) as file:
        entry = file["entry"]
        assert entry["element"].attrs["NX_class"] == "NXelement"
        assert (entry["element/name"].asstr()[()], entry["element/symbol"].asstr()[()]) == ("Fe", "Fe")
        assert entry["edge"].attrs["NX_class"] == "NXabsorption_edge"
        assert (entry["edge/name"].asstr()[()], entry["edge/energy"][()]) == ("K", 7112.0)
        assert not entry["is_experimental"][()]
        assert entry["energy"] == entry["instrument/monochromator/energy"] == entry["data/energy"]
        assert entry["intensity"] == entry["data/intensity"]


@pytest.mark.long
@pytest.mark.timeout(600)
def test_pynxtools_finds_a_spectrum_valid(scans, write, tmp_path):
    """It has the definition that is to follow; its many requirements are no part of ours."""
    place = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", place], check=True, timeout=100)
    install = [place / "bin" / "pip", "install", "--quiet", "pynxtools==0.16.0"]
    subprocess.run(install, check=True, timeout=400, capture_output=True)
    command = [place / "bin" / "pynx", "validate", write(read(scans["xafs"]))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    assert "is valid according to the `NXxas` application definition" in done.stdout + done.stderr


# --- viewers ----------------------------------------------------------------------------------------------------------


def test_silx_draws_a_line_with_all_detectors_of_its_unit(scans, write, drawn):
    data = drawn(write(read(scans["linear"])))
    measured = data_of(scans["linear"])
    assert is_curve(data)
    assert (data.signal_name, data.auxiliary_signals_names) == ("it (counts/s)", ["i0 (counts/s)"])
    assert data.axes_names == ["x (um)"]
    np.testing.assert_array_equal(data.signal, measured.detector_readings["it"])
    np.testing.assert_array_equal(data.axes[0], measured.setpoints["x"])


def test_silx_draws_a_mesh_as_an_image_by_grid_index(scans, write, drawn):
    data = drawn(write(read(scans["mesh"])))
    assert is_image(data)
    assert data.axes_names == ["y (um)", "x (um)"]
    np.testing.assert_array_equal(data.signal, data_of(scans["mesh"]).detector_readings["it"])
    assert data.axes[0][()].tolist() == [1.0, 0.5, 0.0]


def test_silx_draws_mu(scans, write, drawn):
    data = drawn(write(read(scans["xafs"])))
    measured = measured_of([read(scans["xafs"])])
    assert is_curve(data)
    assert data.title == "run 7: xafs, mutrans = ln(i0 / itrans)"
    np.testing.assert_allclose(data.signal, measured.derived[0].values, rtol=1e-14)
    np.testing.assert_array_equal(data.axes[0], measured.axes[0].values)
    assert len(data.auxiliary_signals) == 1


@pytest.mark.parametrize(("kind", "axes"), [("list", ["x (um)"]), ("lockstep", ["x (um)"]), ("time", ["elapsed (s)"])])
def test_silx_draws_other_lines(scans, write, drawn, kind, axes):
    data = drawn(write(read(scans[kind])))
    assert is_curve(data)
    assert data.axes_names == axes
    assert len(np.unique(data.axes[0])) > 1


def test_more_dimensions_stay_as_they_are(scans, write, drawn):
    data = drawn(write(read(scans["grid"])))
    np.testing.assert_array_equal(data.signal, data_of(scans["grid"]).detector_readings["BL02:DET:IT"])
    assert [axis.shape for axis in data.axes] == [(2,), (3,), (2,)]


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_a_run_that_was_cut_off_has_holes_and_whole_axes(scans, write, drawn):
    path = write(read_cut(scans["mesh"], 6))
    data = drawn(path)
    holes = np.isnan(data.signal)
    assert holes.tolist() == [[False] * 4, [True, True, False, False], [True] * 4]
    assert data.axes[0][()].tolist() == [1.0, 0.5, 0.0]
    assert data.axes[1][()].tolist() == data_of(scans["mesh"]).setpoints[X][0].tolist()
    with h5py.File(path) as file:
        assert file["entry/scantrail/status"].asstr()[()] == "interrupted"
        assert "end_time" not in file["entry"]
        assert (file["entry/scantrail/planned_points"][()], np.isnan(file["entry/data/x_readback"]).sum()) == (12, 6)


def test_a_mesh_cut_off_at_its_first_point_knows_its_direction(scans, write, drawn):
    data = drawn(write(read_cut(scans["mesh"], 1)))
    assert data.axes[0][()].tolist() == [1.0, 0.5, 0.0]


def test_what_was_not_read_is_nan(scans, write, drawn):
    data = drawn(write(without(read(scans["linear"]), "it", [3])))
    assert np.isnan(data.signal).tolist() == [i == 3 for i in range(9)]


def test_setpoints_are_drawn_over_and_readbacks_stand_beside_them(scans, write):
    measured = data_of(scans["linear"])
    with h5py.File(write(read(scans["linear"]))) as file:
        entry = file["entry"]
        np.testing.assert_array_equal(entry["data/x"], measured.setpoints["x"])
        np.testing.assert_array_equal(entry["data/x_readback"], measured.motor_positions["x"])
        assert entry["data/x"].attrs["units"] == "um"
        assert entry["data/x"].attrs["target"] == "/entry/instrument/x/target_value"
        np.testing.assert_array_equal(entry["data/mu"], measured_of([read(scans["linear"])]).derived[0].values)
        assert entry["data/mu"].attrs["long_name"] == "mu = ln(i0 / it)"
        assert entry["instrument/it/data"].attrs["units"] == "counts/s"
        assert entry["instrument/it/local_name"].asstr()[()] == "sim://test/BL02:DET:IT"
        assert entry["instrument/it/count_time"][()].tolist() == [0.01] * 9
        assert entry["data/it_dark"][()].tolist() == [2.5] * 9


def test_the_file_alone_explains_the_run(scans, write):
    record = read(scans["linear"])
    with h5py.File(write(record)) as file:
        entry = file["entry"]
        text = {name: entry[name].asstr()[()] for name in ("title", "entry_identifier", "entry_identifier_uuid")}
        assert text == {
            "title": "run 1: linear",
            "entry_identifier": "1",
            "entry_identifier_uuid": record.start["uid"],
        }
        assert entry["start_time"].asstr()[()].endswith("Z")
        assert entry["program_name"].attrs["version"] == record.start["scantrail"]["version"]
        assert entry["user/name"].asstr()[()] == record.start["scantrail"]["operator"]
        assert entry["instrument/name"].asstr()[()] == "BL02"
        assert entry["baseline/BL02_RING_CURRENT"].shape == (2,)
        for name in ("plan", "station"):
            assert json.loads(entry[f"scantrail/{name}"].asstr()[()]) == record.start["scantrail"][name]
        assert (file.attrs["default"], entry.attrs["default"]) == ("entry", "data")


def test_a_spectrum_tells_source_and_crystal(scans, write):
    with h5py.File(write(read(scans["xafs"]))) as file:
        instrument = file["entry/instrument"]
        assert instrument["source/name"].asstr()[()] == "Test ring"
        assert instrument["source/type"].asstr()[()] == "Synchrotron X-ray Source"
        assert instrument["source/notes/description"].asstr()[()] == "bending magnet"
        crystal = instrument["monochromator/crystal"]
        assert (crystal["type"].asstr()[()], crystal["reflection"][()].tolist()) == ("Si", [1, 1, 1])
        assert (crystal["d_spacing"][()], crystal["d_spacing"].attrs["units"]) == (3.1356, "angstrom")
        assert file["entry/monitor/preset"][()] == 0.01


def test_an_edge_without_a_name_is_told(scans, tmp_path):
    record = read(scans["xafs"])
    record.start["xafs"] |= {"element": None, "edge": None}
    written = export_nexus([record], tmp_path / "run.nxs")
    assert len(written.notices) == 1
    assert "element and edge are not known" in written.notices[0]
    assert errors(tmp_path / "run.nxs") == (0, 0)


def test_an_energy_scan_without_incoming_beam_is_a_plain_entry(scans, tmp_path):
    record = read(scans["xafs"])
    record.start["detectors"] = ["it"]
    written = export_nexus([record], tmp_path / "run.nxs")
    assert "no detector with the role i0" in written.notices[0]
    with h5py.File(tmp_path / "run.nxs") as file:
        assert "definition" not in file["entry"]


def test_the_component_is_the_sample(tmp_path):
    with RunWriter.create(tmp_path / "root", header(1, components=["S-1", "S-2"])) as run:
        run.describe("primary", {"x": Column("x", "um", "number", "axis"), "i0": Column("i0", "V", "number", "i0")})
        run.event("primary", {"x": 0.0, "i0": 1.0}, 1000.0)
    export_nexus([read(run.directory)], tmp_path / "run.nxs")
    with h5py.File(tmp_path / "run.nxs") as file:
        assert file["entry/sample/name"].asstr()[()] == "S-1, S-2"
        assert file["entry/scantrail/components"].asstr()[()].tolist() == ["S-1", "S-2"]


def test_a_threshold_scan_with_its_writes(tmp_path, drawn):
    axes = ["ch1_threshold", "ch2_threshold"]
    plan = {"type": "threshold_parallel"}
    columns = {key: Column("d", "DAC", "integer", "threshold") for key in axes}
    columns |= {key: Column("d", "counts", "integer", "counts") for key in ("ch1_counts", "ch2_counts")}
    about = header(3)
    changed = type(about)("threshold_parallel", plan, 3, axes, ["ch1_counts", "ch2_counts"], [axes], [3], [(300, 302)])
    with RunWriter.create(tmp_path / "root", changed) as run:
        run.describe("primary", columns)
        run.describe("thresholds", {"status": Column("d", None, "string", "audit")})
        for i in range(3):
            run.event("thresholds", {"status": "success"}, 999.0 + i)
            row = {"ch1_threshold": 300 + i, "ch2_threshold": 310 + i, "ch1_counts": 9 - i, "ch2_counts": None}
            run.event("primary", row, 1000.0 + i)
    path = tmp_path / "run.nxs"
    export_nexus([read(run.directory)], path)
    assert errors(path, of_file=True)[0] == 0
    data = drawn(path)
    assert is_curve(data)
    assert (data.axes_names, data.signal[()].tolist()) == (["ch1_threshold (DAC)"], [9, 8, 7])
    assert np.isnan(data.auxiliary_signals[0]).all()
    with h5py.File(path) as file:
        assert file["entry/thresholds/status"].asstr()[()].tolist() == ["success"] * 3
        assert file["entry/instrument/ch1_counts/data"].dtype == np.int64


def test_runs_that_go_on_are_one_entry(scans, write):
    first, second = read_cut(scans["linear"], 4), read(scans["linear"])
    table = second.stream("primary")
    for values in (*table.columns.values(), table.time, table.seq):
        del values[:4]
    second.start["scan_id"] = 99
    with h5py.File(write(first, second)) as file:
        np.testing.assert_array_equal(file["entry/data/it"], data_of(scans["linear"]).detector_readings["it"])
        assert file["entry/scantrail/runs"][()].tolist() == [1, 99]


def test_names_that_meet_in_a_file_stay_apart(tmp_path):
    columns = {"a:b": ("axis", [1.0, 2.0]), "a_b": ("counts", [3.0, 4.0]), "time": ("counts", [5.0, 6.0])}
    export_nexus([scan_record("linear", columns)], tmp_path / "run.nxs")
    with h5py.File(tmp_path / "run.nxs") as file:
        data = file["entry/data"]
        assert [data[name][()].tolist() for name in ("a_b", "a_b_2", "time")] == [[1, 2], [3, 4], [5, 6]]
        assert data["time_2"][()].tolist() == [0, 1]


@given(st.text(st.characters(codec=None), max_size=20))
def test_whatever_was_typed_can_be_stored(tmp_path_factory, text):
    record = scan_record("linear", {"x": ("axis", [1.0, 2.0]), "i": ("i0", [3.0, 4.0])})
    record.start["scantrail"] |= {"operator": text, "components": [text], "plan": {"type": "linear", "note": text}}
    path = tmp_path_factory.mktemp("nexus") / "run.nxs"
    export_nexus([record], path)
    with h5py.File(path) as file:
        assert json.loads(file["entry/scantrail/plan"].asstr()[()])["note"] == text
        if text.isprintable():
            assert file["entry/user/name"].asstr()[()] == text


# --- the file ---------------------------------------------------------------------------------------------------------


def test_a_run_without_a_point_is_refused(scans, tmp_path):
    with pytest.raises(RunError, match="run 1 holds no point, so there is nothing to write"):
        export_nexus([read_cut(scans["linear"], 0)], tmp_path / "run.nxs")
    assert not list(tmp_path.iterdir())


def test_a_file_is_never_replaced(scans, write, tmp_path):
    write(read(scans["linear"]))
    before = (tmp_path / "run.nxs").read_bytes()
    with pytest.raises(InputError, match=r"run\.nxs exists and is left as it is"):
        write(read(scans["mesh"]))
    assert (tmp_path / "run.nxs").read_bytes() == before
    with pytest.raises(OutputError, match="cannot write"):
        write(read(scans["mesh"]), name="nowhere/run.nxs")
    assert [path.name for path in tmp_path.iterdir()] == ["run.nxs"]
