"""Whatever a file is called and whatever stands in it: it is read, or refused in a sentence."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.daq import Measured, read_measured
from scantrail.errors import InputError

DATA = Path(__file__).parents[2] / "data"
SAMPLES = [
    (DATA / "xdi_bad" / "bad_00.xdi").read_text(),
    (DATA / "scan" / "flat_no_beam_tune_mr.spec").read_text(),
    "#S 1  mesh  x 0 2 2  y 0 1 1 0.1\n#N 4\n#L x  y  Seconds  det\n0 0 1 1\n1 0 1 2\n2 0 1 3\n2 1 1 4\n",
    '# scan_type: "linear"\ntimestamp,x,i0\n1.0,0.0,5\n2.0,1.0,6\n',
    "timestamp,point,x,x_setpoint,y,y_setpoint,i0,x_index,y_index\n1,0,0,0,0,0,5,0,0\n2,1,0,0,1,1,6,0,1\n",
]
PIECES = [
    "#",
    "\n",
    " ",
    "  ",
    ",",
    ":",
    ".",
    "-",
    "1e9",
    "-1",
    "nan",
    "x",
    "#S 2",
    "#L",
    "///",
    "\t",
    "é",
    "\0",
    "0x1",
    "@A\\",
]


def read_or_refuse(path):
    try:
        measured = read_measured(path)
    except InputError as error:
        assert str(error).startswith((str(path), f"{path.name}, scan"))
        assert "\n" not in str(error)
        return
    assert isinstance(measured, Measured)
    count = len(measured.index)
    assert count > 0
    assert measured.index.shape == (count, len(measured.shape))
    assert np.all((measured.index >= 0) & (measured.index < measured.shape))
    for one in (*measured.axes, *measured.readbacks, *measured.detectors, *measured.derived):
        assert one.values.shape == (count,)


@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES)), max_size=4),
)
def test_no_fault_of_a_file_is_a_crash(tmp_path_factory, text, faults):
    for where, length, piece in faults:
        place = int(where * len(text))
        text = text[:place] + piece + text[place + length :]
    path = tmp_path_factory.mktemp("faults") / "file"
    path.write_text(text)
    read_or_refuse(path)


@given(st.binary(max_size=200))
def test_no_rubbish_is_a_crash(tmp_path_factory, content):
    for head in (b"", b"# XDI/1.0\n", b"#S 1 ascan x 0 1 1 1\n#L a  b\n", b"timestamp,x\n"):
        path = tmp_path_factory.mktemp("rubbish") / "file"
        path.write_bytes(head + content)
        read_or_refuse(path)


@pytest.mark.parametrize("name", ["spectrum.csv", "spectrum.dat", "spectrum"])
def test_the_name_says_nothing(file, name):
    assert read_measured(file(SAMPLES[0], name)).kind == "xafs"
    assert read_measured(file(SAMPLES[1], name)).kind == "linear"


def test_latin_letters_of_old_files_are_read(tmp_path):
    (tmp_path / "a.spec").write_bytes(SAMPLES[2].replace("det", "d\xe9t").encode("latin-1"))
    assert read_measured(tmp_path / "a.spec").detectors[0].name == "dét"


def test_what_is_no_text_is_refused(tmp_path):
    for content, said in ((b"\x89HDF\r\n", "is an HDF5 file"), (b"a\0b", "is no text file")):
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(InputError, match=f"{said}; CSV, SPEC and XDI are read"):
            read_measured(tmp_path / "file")
    with pytest.raises(InputError, match=r"cannot read .*nowhere: No such file or directory"):
        read_measured(tmp_path / "nowhere")
    with pytest.raises(InputError, match="Is a directory"):
        read_measured(tmp_path)


def test_only_spec_files_have_scans_to_choose(file):
    with pytest.raises(InputError, match="is no SPEC file, so it has no scan 3; leave --scan away"):
        read_measured(file(SAMPLES[0]), 3)
