"""`scantrail runs export nexus|xdi|spec`: the file, what is said, and how it ends."""

import subprocess
import sys
from pathlib import Path

import h5py
import pytest
import sample_scans

from scantrail.cli.main import _root, run
from scantrail.daq import LinearScanConfig, MeshScanConfig, XAFSScanConfig, read_measured
from scantrail.runs import JOURNAL
from scantrail.station import data_root

LINEAR = LinearScanConfig(motor="x", start=0, stop=4, steps=5, detectors=["i0", "it"], dwell_time=0.01)
MESH = MeshScanConfig(motor1=("y", 0, 1, 2), motor2=("x", 0, 1, 3), detectors=["i0"], dwell_time=0.01)
XAFS = XAFSScanConfig(
    energy_pv="energy", edge="Fe K", regions=["-20:20:5", "20:3k:0.1k"], detectors=["i0", "it"], dwell_time=0.01
)
LIMITED = """
import resource, sys
from scantrail.cli.main import scantrail
resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
scantrail()
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def export(capsys):
    """The command in this process: its exit code, standard output and standard error."""

    def command(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(_root, ["runs", "export", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return ended.value.code, out, err

    return command


def take(plan, **settings):
    return sample_scans.take(data_root(), plan, **settings)


@pytest.mark.parametrize(("plan", "format_name"), [(LINEAR, "spec"), (XAFS, "xdi")])
def test_text_goes_to_the_standard_output_or_a_new_file(export, plan, format_name):
    take(plan)
    code, out, err = export(format_name, 1)
    assert (code, err) == (0, "")
    code, said, err = export(format_name, 1, "--output", "run.txt")
    assert (code, err) == (0, "")
    points = len(read_measured("run.txt").index)
    assert said == f"{points} points of run 1 written to run.txt.\n"
    assert Path("run.txt").read_text().splitlines()[1:] == out.splitlines()[1:]
    code, said, err = export(format_name, 1, "--output", "run.txt")
    assert (code, said, err) == (2, "", "Error: run.txt exists and is left as it is; name another file\n")


def test_nexus_goes_to_a_file(export):
    take(MESH)
    assert export("nexus", 1, "--output", "run.nxs") == (0, "6 points of run 1 written to run.nxs.\n", "")
    with h5py.File("run.nxs") as file:
        assert file["entry/data/i0"].shape == (2, 3)
    code, out, err = export("nexus", 1)
    assert (code, out) == (2, "")
    assert "Missing option '--output'" in err
    assert export("nexus", 1, "--output", "-")[0] == 2
    assert not Path("-").exists()


def test_what_a_file_lacks_is_told_and_ends_incomplete(export):
    take(XAFSScanConfig(energy_pv="energy", edge=7112.0, regions=[(0, 2, 1)], detectors=["i0", "it"], dwell_time=0.01))
    code, out, err = export("xdi", 1, "--output", "run.xdi")
    assert (code, out) == (3, "3 points of run 1 written to run.xdi.\n")
    assert err.startswith("Notice: Element.symbol and Element.edge are missing")
    assert err.count("\n") == 1


@pytest.mark.parametrize(("plan", "format_name", "use"), [(LINEAR, "xdi", "spec"), (XAFS, "spec", "xdi")])
def test_a_kind_that_does_not_fit_is_refused(export, plan, format_name, use):
    take(plan)
    code, out, err = export(format_name, 1, "--output", "run.txt")
    assert (code, out) == (1, "")
    assert err.startswith(f"Error: run 1 is of the kind {plan.kind}, and ")
    assert err.endswith(f"; use csv or nexus or {use}\n")
    assert not Path("run.txt").exists()


def test_a_run_whose_process_was_killed_is_exported_as_far_as_it_came(export):
    directory = take(MESH)
    lines = (directory / JOURNAL).read_text().splitlines(keepends=True)
    events = [i for i, line in enumerate(lines) if line.startswith('["event"') and '"x_index"' in line]
    (directory / JOURNAL).write_text("".join(lines[: events[3] + 1]))
    assert export("nexus", 1, "--output", "run.nxs")[0] == 0
    with h5py.File("run.nxs") as file:
        assert file["entry/scantrail/status"].asstr()[()] == "interrupted"
        assert (file["entry/data/i0"][()] > 0).sum() == 4
    assert export("spec", 1, "--output", "run.spec")[0] == 0
    assert read_measured("run.spec").notes == ("the scan was aborted: 4 of 6 points were measured",)


@pytest.mark.usefixtures("without_coverage")
@pytest.mark.parametrize("format_name", ["nexus", "spec"])
def test_nothing_is_left_of_an_export_to_a_full_disk(tmp_path, format_name):
    take(LINEAR)
    command = [sys.executable, "-c", LIMITED, "runs", "export", format_name, "1", "--output", "run.out"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (1, "Error: cannot write run.out: File too large\n")
    assert not [path.name for path in tmp_path.iterdir() if "run.out" in path.name]
