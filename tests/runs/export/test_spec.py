"""SPEC files: the command, the columns, and that silx and we read them."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_scans import read_cut, scan_record, without
from silx.io.specfile import SpecFile

from scantrail.daq import columns_worked_out, measured_of, read_measured, read_spec
from scantrail.errors import RunError
from scantrail.runs import export_spec, read, write_spec

NUMBER = st.floats(allow_nan=False, allow_infinity=False)
COMMANDS = {
    "linear": "ascan  x -20 20  8 0.01",
    "list": "listscan  x 3 0.01",
    "lockstep": "a2scan  x 0 1  y 2 0  3 0.01",
    "mesh": "mesh  x 0 20 3  y 1 0 2 0.01",
    "time": "loopscan  4 0.01",
}


@pytest.fixture
def write(tmp_path):
    def written(*records, name="run.spec"):
        return tmp_path / name, export_spec(records, tmp_path / name, columns_worked_out(records))

    return written


@pytest.mark.parametrize("kind", COMMANDS)
def test_silx_reads_it(scans, write, kind):
    record = read(scans[kind])
    path, written = write(record)
    assert (written.points, written.notices) == (len(record.stream("primary")), ())
    measured = measured_of([record])
    scan = SpecFile(str(path))[0]
    assert scan.scan_header_dict["S"] == f"{record.start['scan_id']}  {COMMANDS[kind]}"
    assert scan.scan_header_dict["T"] == "0.01  (Seconds)"
    assert scan.data.shape == (int(scan.scan_header_dict["N"]), written.points)
    np.testing.assert_allclose(scan.data_column_by_name("i0"), measured.detectors[0].values)
    fast = measured.readbacks[-1] if kind == "time" else measured.axes[-1 if kind == "mesh" else 0]
    assert scan.labels[0] == fast.name
    np.testing.assert_allclose(scan.data[0], fast.values)


@pytest.mark.parametrize("kind", COMMANDS)
def test_it_comes_back_as_it_was_measured(scans, write, kind):
    path, _ = write(read(scans[kind]))
    there, here = read_measured(path), measured_of([read(scans[kind])])
    assert (there.kind, there.shape, there.notes) == (here.kind, here.shape, ())
    np.testing.assert_array_equal(there.index, here.index)
    np.testing.assert_array_equal(there.dwell, here.dwell)
    counted = {one.name: one.values.tolist() for one in there.detectors}
    assert counted.items() >= {one.name: one.values.tolist() for one in here.detectors}.items()
    if kind == "time":
        np.testing.assert_array_equal(there.axes[0].values, here.readbacks[0].values)
        return
    for one, other in zip((*there.axes, *there.readbacks), (*here.axes, *here.readbacks), strict=True):
        assert (one.name, one.role, one.unit) == (other.name, other.role, other.unit)
        np.testing.assert_array_equal(one.values, other.values)


def test_the_signal_is_the_last_column(scans, write):
    path, _ = write(read(scans["linear"]))
    assert list(read_spec(path)[0].columns) == ["x", "x_readback", "Epoch", "mu", "i0", "it"]
    text = path.read_text()
    assert "#C it_dark 2.5 counts/s\n" in text
    assert "#C mu = ln(i0 / it)\n" in text
    assert "#C x in um, from sim://test/BL02:SAMPLE:X.RBV\n" in text


@pytest.mark.parametrize(
    ("points", "command"), [(1, "mesh  x 0 20 3  y 1 0 2 0.01"), (6, "mesh  x 0 20 3  y 1 0 2 0.01")]
)
def test_a_mesh_that_was_cut_off_says_so(scans, write, points, command):
    path, written = write(read_cut(scans["mesh"], points))
    assert written.points == points
    (scan,) = read_spec(path)
    assert (scan.command, scan.aborted, scan.points) == (command, True, points)
    measured = read_measured(path)
    assert measured.shape == (3, 4)
    assert measured.notes == (f"the scan was aborted: {points} of 12 points were measured",)
    np.testing.assert_array_equal(measured.index, measured_of([read(scans["mesh"])]).index[:points])


def test_a_line_that_was_cut_off_tells_where_it_would_have_gone(scans, write):
    path, _ = write(read_cut(scans["linear"], 1))
    assert read_spec(path)[0].command == COMMANDS["linear"]
    path, _ = write(read_cut(scans["lockstep"], 2), name="lockstep.spec")
    words = read_spec(path)[0].command.split()
    assert words[:4] == ["a2scan", "x", "0", "1"]
    assert (float(words[5]), float(words[6])) == pytest.approx((2, 0))
    assert read_measured(path).shape == (4,)


def test_points_without_a_reading_are_left_out_and_told(scans, write):
    path, written = write(without(read(scans["mesh"]), "it", [4]))
    assert written.notices == ("1 of 12 points has no mu or it and is left out",)
    measured = read_measured(path)
    assert len(measured.index) == 11
    whole = measured_of([read(scans["mesh"])]).index
    np.testing.assert_array_equal(measured.index, np.delete(whole, 4, axis=0))
    assert len(SpecFile(str(path))[0].data[0]) == 11


@pytest.mark.parametrize(("kind", "use"), [("xafs", "csv or nexus or xdi"), ("grid", "csv or nexus")])
def test_other_kinds_are_refused_with_the_formats_that_fit(scans, write, tmp_path, kind, use):
    with pytest.raises(RunError, match=f"is of the kind {kind}, and SPEC holds .*; use {use}$"):
        write(read(scans[kind]))
    assert not list(tmp_path.iterdir())


@given(st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=8), st.text(max_size=20))
def test_every_number_comes_back_whatever_is_typed(tmp_path_factory, rows, operator):
    where, counts = (list(column) for column in zip(*rows, strict=True))
    columns = {
        "m": ("axis", where),
        "m_setpoint": ("setpoint", where),
        "point": ("point", list(range(len(rows)))),
        "det": ("counts", counts),
    }
    record = scan_record("linear", columns)
    record.start["scantrail"]["operator"] = operator
    file = io.StringIO()
    write_spec([record], file)
    path = tmp_path_factory.mktemp("spec") / "run.spec"
    path.write_text(file.getvalue())
    (scan,) = read_spec(path)
    assert scan.flaw == ""
    assert (scan.columns["m"].tolist(), scan.columns["det"].tolist()) == (where, counts)
