"""Cells and CSV files, there and back, and as spreadsheets write them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.errors import InputError
from scantrail.tracker.transfer.cells import guard, read_number, read_value, unguard, write_value
from scantrail.tracker.transfer.csvfile import read_csv, write_csv

DANGEROUS = set("=+-@\t\r\n＝＋－＠")

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20) | st.sampled_from(
    [
        "=1+1",
        "'=1",
        "''",
        "-9",
        "-a",
        "@x",
        "\tx",
        "\rx",
        "1,5",
        "1.234,5",
        "007",
        '"',
        "TRUE",
        "null",
        "NaN",
        " 5 ",
        "",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


@given(texts)
def test_a_guarded_text_comes_back_and_runs_nothing(text: str) -> None:
    cell = guard(text)
    assert unguard(cell) == text
    assert not cell or cell[0] not in DANGEROUS or isinstance(read_number(cell), int | float)


@given(values)
def test_a_value_comes_back(value: object) -> None:
    assert json.dumps(read_value(unguard(guard(write_value(value))))) == json.dumps(value)


@given(st.lists(st.lists(texts, min_size=3, max_size=3), max_size=8), st.permutations(["a", "=b", "c\nd"]))
def test_a_table_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], headings: list[str]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write_csv(path, headings, rows)
    table = read_csv(path)
    assert list(table.headings) == headings
    assert [list(record.cells.values()) for record in table.records] == [
        row for row in rows if any(map(str.strip, row))
    ]


@given(st.binary(max_size=60) | texts.map(str.encode))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(content)
    try:
        table = read_csv(path)
    except InputError as error:
        assert str(path) in str(error)
    else:
        assert table.headings


@pytest.mark.parametrize(
    "content",
    [
        b"id,type\nM1,module\n",
        "\ufeffid,type\r\nM1,module\r\n".encode(),
        b"id;type\rM1;module",
        "id\ttype\nM1\tmodule\n".encode("utf-16"),
        b'sep=;\n"id";"type"\n"M1";"module"\n\n;;\n',
        b"id,type,,\nM1,module,,\n,,,\n",
    ],
)
def test_whatever_a_spreadsheet_writes_is_read(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    table = read_csv(tmp_path / "a.csv")
    assert [dict(record.cells) for record in table.records] == [{"id": "M1", "type": "module"}]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('sep=,\nid,notes\nM1,"two\nlines"\nM2,x\n')
    assert [record.line for record in read_csv(tmp_path / "a.csv").records] == [3, 5]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"id,id\n", "two columns are headed 'id'"),
        (b"id,,type\n", "column 2 has no heading"),
        (b'id\n"M1\n', "line 2: the quotes"),
        (b'id\n"M1"x\n', "line 2: the quotes"),
        (b"id\nM1\nM\xfcnchen\n", "line 3: this is not UTF-8"),
        (b"id\nM\x001\n", "NUL"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_csv(tmp_path / "a.csv")


def test_every_row_of_too_many_cells_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\nM1,x\nM2,\nM3\nM4,,y\n")
    table = read_csv(tmp_path / "a.csv")
    assert [(record.line, record.cells["id"]) for record in table.records] == [(3, "M2"), (4, "M3")]
    assert [(line, said.partition(";")[0]) for line, said in table.crooked] == [
        (2, "2 cells under 1 heading"),
        (5, "3 cells under 1 heading"),
    ]


def test_a_directory_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_csv(tmp_path)


@pytest.mark.parametrize(
    ("cell", "better"),
    [("2,3", "write 2.3 "), ("1.234,5", "write 1234.5 "), ("1,234.5", "write 1234.5 "), ("47,128,3", r"\[47,128,3\]")],
)
def test_a_comma_in_a_number_is_refused_with_what_is_right(cell: str, better: str) -> None:
    with pytest.raises(InputError, match=better):
        read_value(cell)


@pytest.mark.parametrize(("cell", "number"), [("+5", 5.0), (".5", 0.5), ("5.", 5.0), ("2.30E-06", 2.3e-6), (" 7 ", 7)])
def test_numbers_as_people_write_them(cell: str, number: float) -> None:
    assert read_number(cell) == number


@pytest.mark.parametrize("cell", ["60 V", "", "true", "[1]", "1e999", "-1e999", "NaN", "٣"])
def test_what_is_no_number_is_refused(cell: str) -> None:
    with pytest.raises(InputError):
        read_number(cell)
