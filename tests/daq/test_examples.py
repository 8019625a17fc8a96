"""The examples run as they stand."""

import subprocess
import sys
from pathlib import Path

import pytest

from scantrail.daq import ScanData

EXAMPLES = Path(__file__).parents[2] / "examples"
SIMULATOR = [sys.executable, "-m", "scantrail", "sim", "beamline", "--instant"]


def run(name: str, place: Path, *arguments: str) -> str:
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mesh_scan.py", "5 x 5 points, it absorbs most at"),
        ("xafs_scan.py", "eV below the tabulated Fe K edge (7112 eV)"),
        ("custom_plan.py", "30 points, mean transmission 0."),
    ],
)
def test_an_example_runs_without_a_beamline(name: str, said: str, tmp_path: Path) -> None:
    assert said in run(name, tmp_path)


@pytest.mark.long
def test_the_seeds_example_runs_as_printed_on_port_5064(tmp_path: Path) -> None:
    with subprocess.Popen([*SIMULATOR, "--port", "5064"], stdout=subprocess.PIPE, text=True) as simulator:
        try:
            if not simulator.stdout.readline():
                pytest.skip("port 5064 is taken")
            assert run("02_linear_scan.py", tmp_path) == "Scan complete: 100 points\n"
        finally:
            simulator.terminate()
    lines = (tmp_path / "scan_001.csv").read_text().splitlines()
    assert lines[0] == "timestamp,BL02:SAMPLE:X,BL02:DET:I0,BL02:DET:IT"
    assert len(lines) == 101


def test_the_seeds_example_scans_the_simulated_beamline(tmp_path: Path) -> None:
    with subprocess.Popen([*SIMULATOR, "--port", "0"], stdout=subprocess.PIPE, text=True) as simulator:
        try:
            port = simulator.stdout.readline().rpartition(":")[2].strip()
            script = (EXAMPLES / "02_linear_scan.py").read_text().replace("5064", port).replace("0.1,", "0.01,")
            (tmp_path / "example.py").write_text(script)
            assert run(str(tmp_path / "example.py"), tmp_path) == "Scan complete: 100 points\n"
        finally:
            simulator.terminate()
    lines = (tmp_path / "scan_001.csv").read_text().splitlines()
    assert lines[0] == "timestamp,BL02:SAMPLE:X,BL02:DET:I0,BL02:DET:IT"
    assert len(lines) == 101
    ScanData.read_csv(tmp_path / "scan_001.csv").validate()
