"""SPEC files of real instruments, and of none."""

import json
from pathlib import Path

import numpy as np
import pytest

from scantrail.daq import read_measured, read_spec
from scantrail.errors import InputError

DATA = Path(__file__).parents[2] / "data" / "scan"
MESHES = DATA / "33id_mesh_extract.spec"
ALIGNED = DATA / "APS_spec_data.dat"
NO_BEAM = DATA / "flat_no_beam_tune_mr.spec"


# --- real files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "points"), [(22, 121), (29, 81), (30, 97), (31, 121), (82, 121)])
def test_meshes_have_their_shape_and_their_holes(number, points):
    measured = read_measured(MESHES, number)
    assert (measured.kind, measured.shape, len(measured.index)) == ("mesh", (11, 11), points)
    assert [axis.name for axis in measured.axes] == ["chi", "eta"]
    assert measured.index[:12].tolist() == [*([0, i] for i in range(11)), [1, 0]]
    ended = () if points == 121 else (f"the scan was aborted: {points} of 121 points were measured",)
    assert measured.notes == ended


def test_a_mesh_tells_where_its_motors_were_sent_and_where_they_stood():
    measured = read_measured(MESHES, 22)
    slow, fast = measured.axes
    assert np.unique(slow.values).tolist() == pytest.approx(np.linspace(90.9, 91, 11))
    assert fast.values[:11].tolist() == pytest.approx(np.linspace(57, 57.1, 11))
    assert measured.readbacks[1].values[0] == 56.9965
    assert (slow.role, measured.readbacks[0].role) == ("setpoint", "axis")


def test_spectra_between_the_rows_are_left_out():
    scans = {scan.number: scan for scan in read_spec(MESHES)}
    assert list(scans) == [22, 29, 30, 31, 82, 105, 106]
    assert [scan.points for scan in scans.values()] == [121, 81, 97, 121, 121, 31, 27]
    assert [scan.number for scan in scans.values() if scan.aborted] == [29, 30]
    assert not any(scan.flaw for scan in scans.values())


def test_a_column_that_stands_twice_counts_once():
    (scan, *_) = read_spec(MESHES)
    assert list(scan.columns)[-6:] == ["seconds", "signal", "I00", "harmonic", "signal2", "I0"]
    assert len(scan.columns) == 14


def test_the_signal_comes_first_and_is_the_last_column():
    assert [one.name for one in read_measured(ALIGNED, 3).detectors] == ["USAXS_PD", "I00", "Monitor", "I0"]
    assert [one.name for one in read_measured(ALIGNED, 2).detectors] == ["I0", "I00", "USAXS_PD", "Monitor"]


def test_an_alignment_scan_runs_as_it_was_taken():
    measured = read_measured(ALIGNED, 1)
    assert (measured.kind, measured.shape, measured.axes[0].name) == ("linear", (31,), "mr")
    assert measured.title == "APS_spec_data.dat, scan 1: ascan  mr 15.6102 15.6052  30 0.3"
    assert np.all(np.diff(measured.axes[0].values) < 0)
    assert measured.dwell.tolist() == [0.3] * 31


def test_a_command_that_is_not_known_is_told():
    measured = read_measured(NO_BEAM)
    assert measured.notes == ("the command 'tune_mr()' is not known: the first column is taken for the axis",)
    assert (measured.axes[0].name, [one.name for one in measured.detectors]) == ("m_stage_r", ["I0_USAXS"])
    assert measured.dwell is None


def test_one_of_several_scans_must_be_chosen():
    with pytest.raises(InputError, match=r"holds 20 scans, 1-20; choose one with --scan N$"):
        read_measured(ALIGNED)
    with pytest.raises(InputError, match=r"holds no scan 23; it has 22, 29-31, 82, 105-106$"):
        read_measured(MESHES, 23)


# --- files made for it ------------------------------------------------------------------------------------------------

HEAD = "#F a.spec\n#E 1000\n"


def scan(command, labels, *rows, number=1, more=""):
    count = len(labels.split())
    return f"\n#S {number}  {command}\n#N {count}\n#L {'  '.join(labels.split())}\n{more}" + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("command", "kind", "shape", "axes"),
    [
        ("ascan  x 0 2 2 0.1", "linear", (3,), ["x"]),
        ("dscan x -1 1 4 0.1", "linear", (5,), ["x"]),
        ("lup x -1 1 2 0.1", "linear", (3,), ["x"]),
        ("a2scan x 0 2 y 0 1 3 0.1", "lockstep", (4,), ["x", "y"]),
        ("d2scan x 0 2 y 0 1 2 0.1", "lockstep", (3,), ["x", "y"]),
        ("mesh x 0 2 2 y 0 1 1 0.1", "mesh", (2, 3), ["y", "x"]),
        ("dmesh x 0 2 2 y 0 1 1 0.1", "mesh", (2, 3), ["y", "x"]),
        ("loopscan 5 0.1", "time", (5,), ["x"]),
        ("timescan 0.1", "time", (3,), ["x"]),
        ("ascan x 0", "linear", (3,), ["x"]),
        ("a2scan x 0 2", "lockstep", (3,), ["x", "y"]),
        ("mesh x 0 2 2", "linear", (3,), ["x"]),
        ("", "linear", (3,), ["x"]),
    ],
)
def test_commands(file, command, kind, shape, axes):
    path = file(HEAD + scan(command, "x y Epoch Seconds i0 det", *(f"{i} 0 {i} 1 {i} {i}" for i in range(3))))
    measured = read_measured(path)
    assert (measured.kind, measured.shape, [axis.name for axis in measured.axes]) == (kind, shape, axes)
    assert [one.name for one in measured.detectors] == ["det", "i0"]


def test_an_end_before_its_time_is_told_where_nobody_knows_what_was_planned(file):
    rows = scan("fly()", "x det", "0 1", more="#C Thu Jul 17 04:25:50 2003.  Scan aborted after 1 points.\n")
    assert read_measured(file(HEAD + rows)).notes[1] == "the scan was aborted after 1 points"


def test_a_snake_is_seen_by_where_the_motor_stood(file):
    rows = [f"{x} {y} 1 {n}" for n, (x, y) in enumerate([(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1), (0, 2)])]
    measured = read_measured(file(HEAD + scan("mesh  x 0 2 2  y 0 3 3 1", "x y Seconds det", *rows)))
    assert measured.index.tolist() == [[0, 0], [0, 1], [0, 2], [1, 2], [1, 1], [1, 0], [2, 0]]
    assert measured.shape == (4, 3)


def test_more_points_than_were_planned_are_kept(file):
    rows = [f"{i} 0 1 1" for i in range(6)]
    assert read_measured(file(HEAD + scan("ascan x 0 2 2 1", "x y Seconds det", *rows))).shape == (6,)
    measured = read_measured(file(HEAD + scan("mesh x 0 1 1 y 0 1 1 1", "x y Seconds det", *rows)))
    assert measured.shape == (3, 2)


def test_a_broken_scan_does_not_stand_in_the_way_of_the_others(file):
    good = scan("ascan x 0 1 1 1", "x det", "0 1", "1 2")
    text = HEAD + scan("ascan x 0 1 1 1", "x det", "0 1", "1 2 3", number=2) + good
    path = file(text)
    assert read_measured(path, 1).axes[0].values.tolist() == [0, 1]
    line = 1 + text.splitlines().index("1 2 3")
    with pytest.raises(InputError, match=rf"line {line}: 2 numbers are needed, and there are 3$"):
        read_measured(path, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "holds no scan: no line begins with #S"),
        (HEAD + "#S 1 ascan x 0 1 1 1\n#N 2\n0 1\n", "line 3: the scan names no columns: it has no line #L"),
        (HEAD + scan("ascan x 0 1 1 1", "x det"), "scan 1 holds no point"),
        (HEAD + scan("ascan x 0 1 1 1", "x det", "0 one"), "line 7: 'one' is no number"),
        (
            HEAD + scan("mesh x 0 1 9999999 y 0 1 9999999 1", "x y det", "0 1 1"),
            "scan 1 is of 100000000000000 points, more than the 10000000 that one scan takes",
        ),
        (HEAD + scan("ascan x 0 1 1 1", "x det", "0 1e999"), "line 7: a number is larger than numbers reach"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(file, text, said):
    with pytest.raises(InputError) as refused:
        read_measured(file(text))
    assert str(refused.value).endswith(said)


def test_the_last_of_several_scans_of_one_number_counts(file):
    path = file(HEAD + scan("ascan x 0 1 1 1", "x det", "0 1") + scan("ascan x 0 1 1 1", "x det", "0 7"))
    assert read_measured(path, 1).detectors[0].values.tolist() == [7]


def test_labels_may_hold_spaces_and_stand_apart_by_one(file):
    two = read_spec(file(HEAD + "#S 1 ascan\n#N 2\n#L DCM theta  det\n1 2\n"))
    one = read_spec(file(HEAD + "#S 1 ascan\n#N 3\n#L DCM theta det\n1 2 3\n"))
    assert [list(scans[0].columns) for scans in (two, one)] == [["DCM theta", "det"], ["DCM", "theta", "det"]]


def test_detectors_that_bluesky_names_are_taken(file):
    rows = scan("scan()", "m Epoch temp det", "0 1 2 3", more="#MD detectors = ['det']\n")
    assert [one.name for one in read_measured(file(HEAD + rows)).detectors] == ["det"]


@pytest.mark.parametrize(("number", "set_to"), json.loads((DATA / "aligned.json").read_text()).items())
def test_the_signal_is_what_the_instrument_aligned_by(number, set_to):
    measured = read_measured(ALIGNED, int(number))
    x, y = measured.axes[0].values, measured.detectors[0].values
    half_digit = 0.5 * 10.0 ** -len(set_to.partition(".")[2])
    assert abs(np.sum(x * y) / np.sum(y) - float(set_to)) <= half_digit + 0.05 * abs(np.median(np.diff(x)))
