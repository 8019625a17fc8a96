from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.daq import MeshScanConfig, ScanData
from scantrail.errors import InputError, OutputError

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def scan(n: int = 3, **changes: object) -> ScanData:
    fields = {
        "motor_positions": {"x": np.arange(n, dtype=float)},
        "detector_readings": {"i0": np.arange(n) * 10.0, "it": np.arange(n) * 5.0},
        "timestamps": 1705123456.123 + np.arange(n) * 0.1,
    }
    return ScanData(**{**fields, **changes})


def test_the_csv_is_the_seeds(tmp_path: Path) -> None:
    scan(2).to_csv(tmp_path / "scan.csv")
    assert (tmp_path / "scan.csv").read_text() == (
        "timestamp,x,i0,it\n1705123456.123000,0.0,0.0,0.0\n1705123456.223000,1.0,10.0,5.0\n"
    )


@given(
    values=st.lists(st.tuples(FINITE, FINITE | st.just(float("nan"))), max_size=8), delimiter=st.sampled_from(",;\t")
)
def test_a_csv_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[float, float]], delimiter: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "scan.csv"
    x, i0 = np.array(values, dtype=float).reshape(-1, 2).T
    data = scan(
        motor_positions={"x": x}, detector_readings={"i0": i0}, timestamps=1.5e9 + np.arange(len(x)), metadata={"a": 1}
    )
    data.to_csv(path, delimiter, header=True)
    again = ScanData.read_csv(path, delimiter)
    np.testing.assert_array_equal(again.motor_positions["x"], x)
    np.testing.assert_array_equal(again.detector_readings["i0"], i0)
    np.testing.assert_array_equal(again.timestamps, data.timestamps)
    assert again.metadata["a"] == 1


def mesh(rows: int = 12) -> ScanData:
    plan = MeshScanConfig(motor1=("y", 0, 2, 3), motor2=("x", 0, 3, 4), detectors=["d"], snake=True)
    points = list(plan.points())[:rows]
    order = np.array([np.ravel_multi_index(point.grid, (3, 4)) for point in points])

    def grid(values: list[float]) -> np.ndarray:
        array = np.full(12, np.nan)
        array[order] = values
        return array.reshape(3, 4)

    return ScanData(
        {name: grid([point.setpoints[name] for point in points]) for name in ("y", "x")},
        {"d": grid([float(point.index) for point in points])},
        1e9 + np.arange(rows),
        {"plan": plan.document()},
        order=order,
    )


@pytest.mark.parametrize("rows", [12, 5])
def test_a_mesh_is_written_as_it_was_taken_and_comes_back_as_a_grid(tmp_path: Path, rows: int) -> None:
    data = mesh(rows)
    data.to_csv(tmp_path / "mesh.csv", header=True)
    lines = [line for line in (tmp_path / "mesh.csv").read_text().splitlines() if not line.startswith("#")]
    assert [float(line.split(",")[-1]) for line in lines[1:]] == list(range(rows))
    again = ScanData.read_csv(tmp_path / "mesh.csv")
    assert again.shape == (3, 4)
    np.testing.assert_array_equal(again.detector_readings["d"], data.detector_readings["d"])
    assert list(again.motor_positions) == ["y", "x"]
    again.validate(allow_missing=True)


def test_without_a_header_block_the_first_column_is_the_motor_unless_told(tmp_path: Path) -> None:
    scan().to_csv(tmp_path / "scan.csv")
    assert list(ScanData.read_csv(tmp_path / "scan.csv").motor_positions) == ["x"]
    assert list(ScanData.read_csv(tmp_path / "scan.csv", motors=["x", "i0"]).detector_readings) == ["it"]
    with pytest.raises(InputError, match="no column z; it has x, i0, it"):
        ScanData.read_csv(tmp_path / "scan.csv", motors=["z"])


def test_a_file_is_never_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "scan.csv"
    path.write_text("mine")
    data = scan(metadata={"run": 7, "directory": "/data/7"})
    with pytest.raises(InputError, match=r"scan.csv exists .* overwrite=True; the data are kept in run 7, /data/7"):
        data.to_csv(path)
    assert path.read_text() == "mine"
    data.to_csv(str(path), overwrite=True)
    assert path.read_text().startswith("timestamp,x")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file or directory"):
        scan().to_csv(tmp_path / "nowhere" / "scan.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'line 1: the first column must be "timestamp"'),
        ("x,i0\n1,2\n", 'line 1: the first column must be "timestamp"'),
        ("timestamp,x\n1,2\n3\n", "line 3: 2 numbers are needed"),
        ("timestamp,x\n1,two\n", "line 2: 2 numbers are needed"),
        ("# a: {\ntimestamp,x\n", 'line 1: "# key: JSON" is needed'),
    ],
)
def test_a_broken_csv_is_refused_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "scan.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        ScanData.read_csv(tmp_path / "scan.csv")


def test_what_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "scan.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no CSV"):
        ScanData.read_csv(tmp_path / "scan.csv")
    with pytest.raises(OutputError, match="cannot read"):
        ScanData.read_csv(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"timestamps": np.array([1.0, 2.0])}, "2 timestamps for 3 points"),
        ({"timestamps": np.array([1.0, 1.0, 2.0])}, "increase"),
        ({"timestamps": np.array([1.0, np.nan, 2.0])}, "finite"),
        ({"detector_readings": {"i0": np.zeros(2)}}, r"i0 has the shape \(2,\) and not \(3,\)"),
        ({"detector_readings": {"i0": np.array([1.0, np.nan, np.nan])}}, "i0 holds nan at point 1, 2 in all"),
        ({"motor_positions": {"x": np.array([1.0, np.inf, 0.0])}}, "x holds inf at point 1"),
    ],
)
def test_inconsistent_data_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scan(**changes).validate()


def test_a_failed_detector_may_be_accepted() -> None:
    data = scan(detector_readings={"i0": np.array([1.0, np.nan, 3.0])})
    data.validate(allow_missing=True)
    with pytest.raises(ValueError, match="nan"):
        data.validate()


def test_nothing_is_valid_too(tmp_path: Path) -> None:
    ScanData().validate()
    ScanData().to_csv(tmp_path / "empty.csv")
    assert (tmp_path / "empty.csv").read_text() == "timestamp\n"
