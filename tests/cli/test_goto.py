"""`scantrail scan goto`, `dark` and `judge`, in this process, on a simulated beamline in memory."""

import json
import sys
from functools import partial

import pytest
from spec_scans import SCANS

from scantrail.cli.main import _root
from scantrail.cli.main import run as run_command
from scantrail.sim import BeamlineMachine
from scantrail.sim.beamline import memory

X, Y, I0, IF = "BL02:SAMPLE:X", "BL02:SAMPLE:Y", "BL02:DET:I0", "BL02:DET:IF"
STATION = """
[motors.x]
pv = "BL02:SAMPLE:X"
units = "um"
limits = [-1500, 1500]
[motors.y]
pv = "BL02:SAMPLE:Y"
[detectors.if]
pv = "BL02:DET:IF"
units = "counts/s"
ceiling = 9000
[detectors.i0]
pv = "BL02:DET:I0"
[columns]
ratio = "if / i0"
"""


@pytest.fixture
def scan(capsys, tmp_path, monkeypatch):
    """`scan(*words)`: run the command beside a station file; its exit code, its output and what it said on stderr."""
    (tmp_path / "station.toml").write_text(STATION)
    monkeypatch.setattr(memory, "BeamlineMachine", partial(BeamlineMachine, seed=4, instant=True))
    monkeypatch.setattr(sys.modules["scantrail.daq.take"], "note_run", lambda url, directory: None)
    monkeypatch.chdir(tmp_path)

    def command(*words, group="scan"):
        with pytest.raises(SystemExit) as ended:
            run_command(_root, [group, *map(str, words)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return ended.value.code, said.out, said.err

    return command


@pytest.fixture
def peak(scan):
    """A scan across the spot, all of it at once: what it printed."""
    return scan("linear", "x", -1000, 1400, 13, "--det", "if", "--det", "i0", "--dwell", 0.012, "--sim")


def test_a_scan_tells_what_it_shows(peak):
    code, out, err = peak
    assert code == 0, err
    assert "if peaks at " in out
    assert "ratio peaks at " in out
    row = next(line for line in out.splitlines() if line.startswith("if "))
    assert row.count("±") >= 3
    assert "if was at its ceiling of 9000 at" in err
    assert "so its shape is not true" in out


def test_results_stand_in_the_json_of_a_scan(scan):
    code, out, _ = scan("linear", "x", -1000, 1400, 13, "--det", "if", "--dwell", 0.012, "--sim", "--json")
    document = json.loads(out)
    names = [result["name"] for result in document["results"]]
    assert (code, names[:3]) == (0, ["if shape", "if peak", "if value"])
    assert document["results"][0]["status"] == "peak"


def test_going_to_the_peak(peak, scan):
    code, out, err = scan("goto", "cen", "--sim")
    assert code == 0, err
    first, goes, stands = out.splitlines()
    assert first.startswith("run 1: if peaks at ")
    assert goes.startswith("x goes from 0 um to ")
    target = goes.rpartition(" to ")[2]
    assert float(stands.removeprefix("x is at ").removesuffix(" um")) == pytest.approx(float(target[:-3]), abs=0.01)


def test_a_preview_moves_nothing(peak, scan):
    code, out, _ = scan("goto", "com", "1", "--sim", "--preview", "--json")
    (move,) = json.loads(out)["moves"]
    assert (code, move["motor"], move["from"], move["readback"]) == (0, "x", 0.0, None)
    assert scan("goto", "peak", "--sim", "--preview")[1].endswith("x was not moved\n")


def test_the_background_draws_the_raw_centroid_off(scan):
    scan("linear", "x", -1500, 700, 15, "--det", "if", "--dwell", 0.012, "--sim")
    code, _, err = scan("goto", "com", "--sim")
    assert code == 0
    assert "Notice: the background draws the raw centroid off by" in err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("peak", "--det", "i0", "--sim"), 1, "run 1: i0 shows no peak"),
        (("peak", "--det", "nix"), 2, "run 1 has no nix; it has if, i0, ratio"),
        (("peak",), 2, "run 1 was taken on a simulated beamline; say with --sim or --url where to go"),
        (("peak", "9", "--sim"), 1, "there is no run '9'"),
        (("peak", "--sim", "--url", "sim://a"), 2, "--sim and --url are two beamlines"),
        (("edge",), 2, "'edge' is not one of 'peak', 'com', 'cen'"),
    ],
)
def test_what_cannot_be_gone_to_is_refused_in_one_sentence(peak, scan, words, code, said):
    ended, out, err = scan("goto", *words)
    assert (ended, out) == (code, "")
    assert said in err


def test_without_a_scan_there_is_nowhere_to_go(scan):
    code, _, err = scan("goto", "peak", "--sim")
    assert (code, err.startswith("Error: there is no scan of a motor")) == (1, True)


def test_dark_readings(scan):
    code, out, err = scan("dark", "--det", "i0", "--count", 3, "--dwell", 0.01, "--sim")
    assert code == 0, err
    assert "i0 dark" in out
    assert "without beam" in out
    assert "run 1: dark, success, 3 of 3 points" in out
    assert scan("judge", "1")[1].splitlines()[-1].endswith("without beam")
    assert "dark" in scan("show", "1", group="runs")[1]


def test_a_run_is_judged_again(peak, scan):
    code, out, err = scan("judge", "1", "--plot")
    assert code == 0, err
    assert "if peaks at" in out
    assert "░░░ FWHM" in out
    document = json.loads(scan("judge", "1", "--json")[1])
    assert document["results"][0]["name"] == "if shape"
    assert "analysis/stats-3.json" in scan("show", "1", group="runs")[1]


def test_a_file_of_another_program_is_judged_and_plotted(scan, tmp_path):
    code, out, err = scan("judge", SCANS / "APS_spec_data.dat", "--scan", 2, "--output", "a.png")
    assert code == 0, err
    assert "I0 peaks at 2.447 (FWHM 0.404" in out
    assert (tmp_path / "a.png").stat().st_size > 10_000
    assert "there is no column" not in err  # of a station that knows more than the file
    code, out, _ = scan("plot", SCANS / "33id_mesh_extract.spec", "--scan", 30, group="runs")
    assert code == 0
    assert "× no value" in out.replace("'", "")


def test_nothing_in_a_file_ends_with_3(scan):
    code, out, _ = scan("judge", SCANS / "flat_no_beam_tune_mr.spec")
    assert code == 3
    assert "I0_USAXS shows no peak" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.dat",), "cannot read none.dat"),
        (("station.toml",), "station.toml"),
        ((SCANS / "APS_spec_data.dat",), "--scan"),
        (("1", "--scan", "2"), "--scan chooses one of a SPEC file; a run is one scan"),
        ((SCANS / "APS_spec_data.dat", "--scan", "99"), "99"),
    ],
)
def test_files_that_are_none_are_refused_in_one_sentence(peak, scan, words, said):
    code, out, err = scan("judge", *words)
    assert code in (1, 2)
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
