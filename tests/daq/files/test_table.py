"""CSV of scans: the seed's, with and without its header block, and our own export."""

import numpy as np
import pytest
from sample_scans import ENERGY, I0, IT, X, Y, data_of, take

from scantrail.daq import (
    Edge,
    LinearScanConfig,
    LockstepScanConfig,
    MeshScanConfig,
    TimeScanConfig,
    XAFSScanConfig,
    measured_of,
    read_csv,
    read_measured,
)
from scantrail.errors import InputError
from scantrail.runs import export_csv, read
from scantrail.station import Station

NAMED_BY_PV = Station()
PLANS = [
    LinearScanConfig(motor=X, start=5, stop=-5, steps=4, detectors=[I0, IT], dwell_time=0.01, direction="any"),
    LockstepScanConfig(axes=[(X, 0, 1), (Y, 0, 2)], steps=3, detectors=[I0], dwell_time=0.01),
    MeshScanConfig(motor1=(Y, 0, 1, 2), motor2=(X, 0, 20, 3), detectors=[I0, IT], dwell_time=0.01, snake=True),
    TimeScanConfig(count=3, every=0.02, detectors=[I0], dwell_time=0.01),
    XAFSScanConfig(energy_pv=ENERGY, edge="Fe K", regions=["-5:5:2", "5:2k:0.2k"], detectors=[I0], dwell_time=0.01),
]


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    root = tmp_path_factory.mktemp("scans")
    return {plan.kind: take(root, plan, station=NAMED_BY_PV) for plan in PLANS}


@pytest.mark.parametrize("kind", ["linear", "lockstep", "mesh", "time", "xafs"])
def test_our_own_export_comes_back(scans, tmp_path, kind):
    record = read(scans[kind])
    export_csv([record], tmp_path / "run.csv")
    there, here = read_measured(tmp_path / "run.csv"), measured_of([record])
    assert there.kind == ("linear" if kind == "xafs" else kind)
    assert there.shape == here.shape
    np.testing.assert_array_equal(there.index, here.index)
    ours = (*there.axes, *there.readbacks, *there.detectors)
    for one, other in zip(ours, (*here.axes, *here.readbacks, *here.detectors), strict=True):
        assert (one.name, one.role) == (other.name, other.role)
        np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.parametrize("kind", ["linear", "lockstep", "mesh", "xafs"])
def test_the_seeds_format_with_its_header_block_tells_everything(scans, tmp_path, kind):
    data_of(scans[kind]).to_csv(tmp_path / "run.csv", header=True)
    there, here = read_measured(tmp_path / "run.csv"), measured_of([read(scans[kind])])
    assert (there.kind, there.shape, there.edge, there.notes) == (here.kind, here.shape, here.edge, ())
    np.testing.assert_array_equal(there.index, here.index)
    np.testing.assert_array_equal(there.dwell, here.dwell)
    for one, other in zip((*there.axes, *there.readbacks), (*here.axes, *here.readbacks), strict=True):
        np.testing.assert_array_equal(one.values, other.values)
    if kind == "xafs":
        assert there.edge == Edge("Fe", "K", 7112.0)


def test_the_seeds_format_alone_is_a_motor_and_detectors(scans, tmp_path):
    data_of(scans["linear"]).to_csv(tmp_path / "run.csv")
    measured = read_csv(tmp_path / "run.csv")
    here = measured_of([read(scans["linear"])])
    assert (measured.kind, measured.shape, measured.readbacks) == ("linear", (4,), ())
    np.testing.assert_array_equal(measured.axes[0].values, here.readbacks[0].values)
    assert [(one.name, one.role) for one in measured.detectors] == [(I0, "i0"), (IT, "itrans")]


def test_a_plan_with_more_points_than_rows_was_not_finished(scans, tmp_path):
    data_of(scans["linear"]).to_csv(tmp_path / "run.csv", header=True)
    lines = (tmp_path / "run.csv").read_text().splitlines()
    (tmp_path / "run.csv").write_text("\n".join(lines[:-1]))
    measured = read_csv(tmp_path / "run.csv")
    assert measured.notes == ("the scan ended early: 3 of 4 points were measured",)
    assert (measured.shape, len(measured.index)) == ((4,), 3)


def test_empty_cells_have_no_value(file):
    measured = read_csv(file("timestamp,x,i0\n1.0,1,\n2026-01-01T00:00:00.000Z,2,5\n"))
    assert np.isnan(measured.detectors[0].values).tolist() == [True, False]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_other_delimiters_are_seen(file, delimiter):
    assert read_csv(file("timestamp,x,i0\n1.0,1,2\n".replace(",", delimiter))).axes[0].values.tolist() == [1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'line 1: the first column must be "timestamp", as in a CSV of a scan; SPEC and XDI are read too'),
        (
            "x,y\n1,2\n",
            'line 1: the first column must be "timestamp", as in a CSV of a scan; SPEC and XDI are read too',
        ),
        ("timestamp,x\n", "holds no point"),
        ("timestamp,x,x\n1,2,3\n", "line 1: every column needs a name of its own"),
        ("timestamp,x\n1,2,3\n", "line 2: 2 cells are needed, and there are 3"),
        ("timestamp,x\nnow,2\n", "line 2: 'now' is no time: neither seconds nor ISO 8601"),
        ("timestamp,x\n1,two\n", "line 2: 'two' is no number"),
        ("# key\ntimestamp,x\n1,2\n", "line 1: \"# key: JSON\" is needed, not '# key'"),
        (
            "# plan: 3\ntimestamp,x\n1,2\n",
            "the plan in the header block must be a JSON object",
        ),
        (
            '# plan: {"type": "tour"}\ntimestamp,x\n1,2\n',
            "the plan in the header block cannot be used: there is no scan of the type 'tour'; there are linear",
        ),
        (
            '# plan: {"type": "time", "count": 0, "detectors": ["a"]}\ntimestamp,x\n1,2\n',
            "the plan in the header block cannot be used: count = 0 must be greater than 0 (Number of readings)",
        ),
        ("timestamp,x,x_setpoint,x_index\n1,2,2,0.5\n", "the column x_index must hold whole numbers from 0"),
        (
            "timestamp,x,x_setpoint,y,y_setpoint,x_index,y_index\n1,2,2,2,2,9999998,9999998\n",
            "a grid of 99999980000001 points is larger than the 10000000 that one scan takes",
        ),
        ("timestamp,point,ch1_threshold,ch1_counts\n1,0,300,5\n", "holds a threshold scan, not one of positions"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(file, tmp_path, text, said):
    with pytest.raises(InputError) as refused:
        read_csv(file(text))
    assert str(refused.value).startswith(str(tmp_path))
    assert said in str(refused.value)


def test_a_header_block_that_fits_no_row_is_refused(scans, tmp_path):
    data_of(scans["linear"]).to_csv(tmp_path / "run.csv", header=True)
    text = (tmp_path / "run.csv").read_text()
    (tmp_path / "run.csv").write_text(text + text.splitlines()[-1] + "\n")
    with pytest.raises(InputError, match="the plan in the header block has 4 points for 5 rows"):
        read_csv(tmp_path / "run.csv")
    (tmp_path / "run.csv").write_text(text.replace(f"timestamp,{X}", "timestamp,other"))
    with pytest.raises(InputError, match=f"has no column {X}, which its header block names"):
        read_csv(tmp_path / "run.csv")
