import csv
import io
import math
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sample_runs import COLUMNS, header

from scantrail.errors import InputError, OutputError, RunError
from scantrail.runs import Column, Record, RunWriter, Table, chain, continued_by, export_csv, iso, read, write_csv

KEY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="./\0"), min_size=1, max_size=8)
VALUE = st.none() | st.integers(-(2**63), 2**63) | st.floats(allow_infinity=False) | st.text(max_size=20)
TIME = st.floats(0.0, 4e9)


def record(columns: dict[str, list], times: list[float]) -> Record:
    descriptor = {"data_keys": dict.fromkeys(columns)}
    table = Table(columns, times, list(range(1, len(times) + 1)))
    return Record(Path("run"), {"scan_id": 1}, None, {"primary": [descriptor]}, {"primary": table})


def written(*records: Record, stream: str = "primary") -> list[list[str]]:
    file = io.StringIO(newline="")
    count = write_csv(records, file, stream)
    file.seek(0)
    rows = list(csv.reader(file))
    assert len(rows) == count + 1
    return rows


@st.composite
def streams(draw: st.DrawFn) -> tuple[dict[str, list], list[float]]:
    times = draw(st.lists(TIME, max_size=5))
    keys = draw(st.lists(KEY, min_size=1, max_size=5, unique=True))
    return {key: draw(st.lists(VALUE, min_size=len(times), max_size=len(times))) for key in keys}, times


@example(({"x\r": [1.0, "\r", None], "y": ["\r\n", math.nan, '"'], "z": ["a\rb", 3, "\r\n"]}, [0.0, 1.0, 2.0]))
@given(streams())
def test_every_value_comes_back_and_what_is_none_is_empty(stream):
    columns, times = stream
    head, *rows = written(record(columns, times))
    assert head[1:] == list(columns)
    assert len({*head}) == len(head)
    for i, (time, *cells) in enumerate(rows):
        assert time == iso(times[i])
        for cell, values in zip(cells, columns.values(), strict=True):
            value = values[i]
            if value is None or value != value:
                assert cell == ""
            else:
                assert type(value)(cell) == value


@given(TIME)
def test_times_are_utc_to_the_millisecond(time):
    assert iso(time).endswith("Z")
    assert math.isclose(datetime.fromisoformat(iso(time)).timestamp(), time, abs_tol=0.001)


def test_a_run_is_written_with_all_its_columns(take):
    assert written(read(take(2))) == [
        ["timestamp", "x", "i0"],
        ["1970-01-01T00:16:40.000Z", "0.0", "0"],
        ["1970-01-01T00:16:41.000Z", "1.0", "100"],
    ]


def test_a_run_without_points_has_a_header(take):
    assert written(read(take(0))) == [["timestamp", "x", "i0"]]


def test_a_column_of_our_own_name_is_told_apart():
    assert written(record({"timestamp": [5]}, [0.0]))[0] == ["timestamp_", "timestamp"]


def test_a_stream_that_is_not_there_is_refused_with_those_that_are(take):
    with pytest.raises(RunError, match="no stream 'baseline'; it has primary"):
        written(read(take(1)), stream="baseline")


def test_runs_that_go_on_are_joined_oldest_first_with_the_columns_of_all(root, take):
    first = read(take(2))
    with RunWriter.create(root, header(1, resumed_from=first.start["uid"])) as second:
        second.describe("primary", COLUMNS | {"it": Column("tcp://host/BL02:DET:IT", "1/s", "number", "itrans")})
        second.event("primary", {"x": 2.0, "i0": 200, "it": 3.5}, 1002.0)
    third = take(1, resumed_from=second.uid)
    joined = chain(third)
    assert joined.missing is None
    assert [one.start["scan_id"] for one in joined.records] == [1, 2, 3]
    head, *rows = written(*joined.records)
    assert head == ["timestamp", "x", "i0", "it"]
    assert [row[1:] for row in rows] == [["0.0", "0", ""], ["1.0", "100", ""], ["2.0", "200", "3.5"], ["0.0", "0", ""]]
    assert [continued_by(one) for one in joined.records] == [2, 3, None]


def test_a_run_that_is_gone_is_named(take):
    third = take(1, resumed_from="0123abcd-0000-4000-8000-000000000000")
    joined = chain(third)
    assert len(joined.records) == 1
    assert joined.missing == "0123abcd-0000-4000-8000-000000000000"


def test_a_file_is_new_and_whole(take, tmp_path):
    target = tmp_path / "run.csv"
    assert export_csv([read(take(2))], target) == 2
    assert target.read_bytes().count(b"\n") == 3
    with pytest.raises(InputError, match=r"run\.csv exists and is left as it is"):
        export_csv([read(take(1))], target)
    assert target.read_bytes().count(b"\n") == 3
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["run.csv"]


def test_a_link_to_nowhere_is_a_name_that_is_taken(take, tmp_path):
    target = tmp_path / "run.csv"
    target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError):
        export_csv([read(take(1))], target)
    assert not (tmp_path / "elsewhere").exists()


def test_a_name_taken_meanwhile_is_not_replaced(take, tmp_path, monkeypatch):
    target = tmp_path / "run.csv"
    target.write_text("another's")
    monkeypatch.setattr("os.path.lexists", lambda path: False)
    with pytest.raises(InputError, match="exists and is left as it is"):
        export_csv([read(take(1))], target)
    assert target.read_text() == "another's"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["run.csv"]


def test_nothing_is_left_of_a_refused_export(take, tmp_path):
    with pytest.raises(RunError):
        export_csv([read(take(1))], tmp_path / "run.csv", "nothing")
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


@pytest.mark.parametrize("place", ["nowhere/run.csv", "file/run.csv"])
def test_a_place_that_cannot_be_written_is_named(take, tmp_path, place):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=place):
        export_csv([read(take(1))], tmp_path / place)
