import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scantrail.errors import InputError
from scantrail.threshold import ScanDataPoint, read_curves, write_scan_results

HEADER = "timestamp,channel,threshold,event_count"
STAMP = "2024-05-20T12:00:00.000Z"
ROWS = [(1, 300, 5), (1, 302, 3), (1, 304, 0)]


def seed_rows(rows=ROWS) -> str:
    return "".join(f"{STAMP},{channel},{threshold},{counts}\n" for channel, threshold, counts in rows)


@pytest.fixture
def file(tmp_path):
    """`file(text)`: a file with this text or these bytes, and its path."""

    def write(content: str | bytes, name: str = "scan.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def read(*paths: Path, live: float = 10.0) -> dict[int, list[tuple[int, int]]]:
    return {curve.channel: list(zip(curve.threshold, curve.counts, strict=True)) for curve in read_curves(paths, live)}


def refusal(*paths: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_curves(paths, 10.0)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- what is read -----------------------------------------------------------------------------------------------------


@given(
    points=st.lists(st.tuples(st.integers(1, 1023), st.integers(0, 10**9)), min_size=1, max_size=30),
    channel=st.sampled_from([1, 2, 3]),
)
@settings(max_examples=50)
def test_what_a_scan_writes_is_read_back(points, channel, tmp_path_factory):
    place = tmp_path_factory.mktemp("scan")
    written = write_scan_results(channel, [ScanDataPoint(STAMP, channel, *point) for point in points], str(place))
    (curve,) = read_curves([Path(written)], 7.5)
    assert (curve.channel, curve.name, curve.live) == (channel, f"ch{channel}", [7.5] * len(points))
    assert list(zip(curve.threshold, curve.counts, strict=True)) == points
    assert not any(curve.link_full)


@given(order=st.permutations(["timestamp", "channel", "threshold", "event_count", "note"]), data=st.data())
@settings(max_examples=30)
def test_columns_are_found_by_their_names(order, data, tmp_path_factory):
    path = tmp_path_factory.mktemp("scan") / "scan.csv"
    dress = data.draw(st.sampled_from([str, str.upper, lambda name: f" {name} "]))
    with path.open("w", newline="") as out:
        writer = csv.writer(out, quoting=data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
        writer.writerow([dress(name) for name in order])
        for channel, threshold, counts in ROWS:
            row = {"timestamp": STAMP, "channel": channel, "threshold": threshold, "event_count": counts, "note": "a,b"}
            writer.writerow([row[name] for name in order])
    assert read(path) == {1: [(300, 5), (302, 3), (304, 0)]}


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "\n" + seed_rows(),
        "\ufeff" + HEADER + "\n" + seed_rows(),
        (HEADER + "\n" + seed_rows()).replace("\n", "\r\n"),
        "\n\n" + HEADER + "\n\n" + seed_rows().replace("\n", "\n\n") + " , , , \n",
        HEADER + "\n" + seed_rows().rstrip("\n"),
        "channel,threshold,event_count\n1,300,5\n1,302,3\n1,304,0\n",
        HEADER + "\n" + seed_rows().replace(",5\n", ",5.0\n").replace(",300,", ", 3e2 ,"),
    ],
    ids=["plain", "byte order mark", "CRLF", "blank lines", "no end of line", "no timestamp", "float counts"],
)
def test_the_seeds_table_in_many_hands(file, content):
    assert read(file(content)) == {1: [(300, 5), (302, 3), (304, 0)]}


def test_files_of_several_channels_are_taken_together(file):
    first = file(HEADER + "\n" + seed_rows([(3, 300, 5), (1, 310, 2)]), "a.csv")
    second = file(HEADER + "\n" + seed_rows([(1, 300, 9)]), "b.csv")
    assert read(first, second) == {1: [(310, 2), (300, 9)], 3: [(300, 5)]}


def test_the_serial_table_of_haniwers(file):
    rows = [
        "2024-05-20,12,300,1000,1000,12,0,0",
        "2024-05-20,9,1023,310,1023,0,9,0",
        "2024-05-20,9,1000,1000,290,0,0,4",
    ]
    assert read(file("\n".join(rows))) == {1: [(300, 12)], 2: [(310, 9)], 3: [(290, 4)]}


def test_the_parallel_table_of_haniwers(file):
    assert read(file("t,12,300,310,290,5,4,3\nt,7,302,312,292,3,2,2\n")) == {
        1: [(300, 5), (302, 3)],
        2: [(310, 4), (312, 2)],
        3: [(290, 3), (292, 2)],
    }


def test_haniwers_channels_are_called_as_on_the_board(file):
    assert [curve.label for curve in read_curves([file("t,12,300,310,290,5,4,3\n")], 1.0)] == ["top", "mid", "btm"]


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["many", "", "-1", "5.5", "nan", "inf", "1e400", "1e300", "0x10", "5 counts"])
@pytest.mark.parametrize("column", ["channel", "threshold", "event_count"])
def test_what_is_no_count_is_named_with_its_line(file, cell, column):
    row = {"channel": "1", "threshold": "300", "event_count": "5"} | {column: cell}
    path = file(f"{HEADER}\n{STAMP},1,298,4\n\n{STAMP},{','.join(row.values())}\n")
    said = refusal(path)
    assert said.startswith(f"{path}, line 4: ")
    assert f"{column} is {cell!r}, a whole number" in said


@pytest.mark.parametrize("channel", [0, 4, 17])
def test_a_channel_that_there_is_not(file, channel):
    path = file(HEADER + "\n" + seed_rows([(channel, 300, 5)]))
    assert refusal(path) == f"{path}, line 2: channel {channel} must be one of 1, 2, 3"


def test_text_in_a_table_without_header(file):
    path = file("t,12,300,310,290,5,4,3\nt,12,300,310,two,5,4,3\n")
    assert refusal(path) == f"{path}, line 2: ch3 is 'two', a whole number is needed"


@pytest.mark.parametrize("columns", [1, 2, 6, 7, 9, 10, 16])
def test_another_number_of_columns(file, columns):
    path = file(",".join(["1"] * columns) + "\n")
    said = refusal(path)
    assert said.startswith(f"{path}, line 1: neither the header timestamp,channel,threshold,event_count nor the 8 ")
    assert said.endswith(f"but {columns} columns")


def test_a_row_that_is_too_short_or_too_long(file):
    path = file(f"{HEADER}\n{STAMP},1,300,5\n{STAMP},1,302\n")
    assert refusal(path) == f"{path}, line 3: 3 columns where 4 are expected"
    path = file("t,12,300,310,290,5,4,3\nt,12,300,310,290,5,4,3,9\n")
    assert refusal(path) == f"{path}, line 2: 9 columns where 8 are expected"


def test_a_header_that_lacks_a_column(file):
    path = file("timestamp,channel,threshold\nx,1,300\n")
    assert refusal(path) == f"{path}: the header lacks event_count; it must name {HEADER.replace(',', ', ')}"


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file(file, content):
    path = file(content)
    assert refusal(path) == f"{path} is empty; a scan's CSV has the columns {HEADER.replace(',', ', ')}"


@pytest.mark.parametrize("content", [HEADER, "t,12,1023,1023,1000,0,0,0\n"], ids=["header alone", "all suppressed"])
def test_a_file_without_a_point(file, content):
    path = file(content)
    assert refusal(path) == f"{path} holds no point of a scan: no row, or every channel suppressed in all of them"


@pytest.mark.parametrize("content", [bytes(range(256)), HEADER.encode("utf-16"), b"\x89PNG\r\n\x1a\n\0\0"])
def test_a_file_that_is_no_text(file, content):
    path = file(content)
    assert refusal(path) == f"cannot read {path}: it is no text in UTF-8; a scan's CSV is needed"


def test_a_directory_and_a_missing_file(tmp_path):
    assert refusal(tmp_path) == f"cannot read {tmp_path}: Is a directory"
    assert refusal(tmp_path / "none.csv") == f"cannot read {tmp_path / 'none.csv'}: No such file or directory"


@given(
    content=st.binary(max_size=200) | st.text(alphabet=',;\t\n\r" 013.eE-\ufefftchannel', max_size=200).map(str.encode)
)
@settings(max_examples=200)
def test_whatever_a_file_holds_it_is_read_or_refused(content, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(content)
    try:
        curves = read_curves([path], 1.0)
    except InputError as error:
        assert str(path) in str(error)
    else:
        assert all(curve.threshold for curve in curves)
        assert curves
