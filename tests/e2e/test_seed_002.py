"""Every command line of the tracker's README in its order, as printed, and its Python with the imports changed."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scantrail.tracker import Database, get_default_db, verify

BIN = Path(sys.executable).parent
SVT = "from scantrail.cli.main import svt; svt()"
BLOCKS = re.findall(r"```(bash|python)\n(.*?)```", (Path(__file__).parent / "seed_002.txt").read_text(), re.DOTALL)


@pytest.fixture
def place(tmp_path: Path, isolated_home: Path) -> Path:
    """What stands under /path/to, and a command `svt` that is the one of this checkout."""
    there = tmp_path / "path" / "to"
    there.mkdir(parents=True)
    for name in ("iv_curve", "noise_scan"):
        (there / f"{name}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + name.encode())
    command = tmp_path / "bin" / "svt"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -W error -c "{SVT}" "$@"\n')
    command.chmod(0o755)
    return there


def lines(block: str) -> Iterator[str]:
    """The commands of a block, continued lines joined."""
    for line in block.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            yield re.sub(r"\s+", " ", line.strip())


def shell(command: str, place: Path) -> str:
    """Run one line as a person would and return what it printed."""
    done = subprocess.run(
        ["bash", "-c", command.replace("/path/to", str(place))],
        cwd=place,
        env={**os.environ, "PATH": f"{place.parents[1] / 'bin'}:{os.environ['PATH']}", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout


def shown(component: str, place: Path) -> dict:
    return json.loads(shell(f"svt show {component} --json", place))


def check(command: str, said: str, place: Path) -> None:
    """What a line of the README promises beyond its exit code."""
    if command.startswith("svt init"):
        assert (Path.home() / ".hps_svt_tracker" / "svt_components.db").is_file()
        assert (Path.home() / ".hps_svt_tracker" / "test_data").is_dir()
    elif command == "svt list --type module":
        assert "HPK-SN123456" in said
        assert "FEB-042" not in said
    elif command == "svt list --status spare":
        assert "FEB-042" in said
        assert "HPK-SN123456" not in said
    elif command.startswith("svt install HPK"):
        assert shown("HPK-SN123456", place)["position"] == "Layer1_top_axial"
    elif command.startswith("svt remove HPK"):
        found = shown("HPK-SN123456", place)
        assert (found["status"], found["place"]) == ("testing", "Clean Room Storage")
    elif command.startswith("svt assemble"):
        slots = {row["slot"]: row["child"] for row in shown("MODULE-L1-001", place)["slots"]}
        assert slots == {"sensor": "SENSOR-S12345", "hybrid": "HYBRID-H67890"}
    elif command.startswith("svt add --id MODULE-L1-001 --status"):
        assert shown("MODULE-L1-001", place)["status"] == "qualified"
    elif command.startswith("svt install MODULE"):
        assert shown("SENSOR-S12345", place)["via"] == "MODULE-L1-001"
        assert "installed via MODULE-L1-001" in shell("svt show SENSOR-S12345", place)
    elif command.startswith("svt disassemble"):
        for part in ("SENSOR-S12345", "HYBRID-H67890"):
            found = shown(part, place)
            assert found["part_of"] is None
            assert [log["type"] for log in found["logs"]] == ["disassembly", "assembly"]
    elif command == "svt show MODULE-L1-001":
        for words in (
            "iv_curve",
            "noise_test",
            "Layer1_top_axial",
            "end_of_run",
            "SENSOR-S12345 attached",
            "HYBRID-H67890 detached",
            "Monitoring noise levels",
            "Performance stable after 2 weeks",
        ):
            assert words in said
    elif command.startswith("svt --db-path"):
        assert (place / "my" / "database.db").is_file()


@pytest.mark.timeout(180)
def test_every_line_of_the_readme_runs_as_printed(place: Path) -> None:
    commands = [command for kind, block in BLOCKS if kind == "bash" for command in lines(block)]
    assert len(commands) == 28
    for command in commands:
        check(command, shell(command, place), place)
    images = sorted(path.name for path in (Path.home() / ".hps_svt_tracker" / "test_data").rglob("*.png"))
    assert len(images) == 3
    assert all(re.fullmatch(r"\d{8}_\d{6}_(iv_curve|noise_test)_\d\.png", name) for name in images)
    assert shell("svt verify", place).strip().endswith("is intact.")
    with Database(place / "backup_20250101.db", Path.home() / ".hps_svt_tracker" / "test_data") as copy:
        assert verify(copy) == []


@contextmanager
def default() -> Iterator[Database]:
    with get_default_db() as database:
        yield database


def test_the_python_of_the_readme_runs_as_printed(place: Path) -> None:
    namespace: dict = {}
    for kind, block in BLOCKS:
        if kind == "python":
            code = block.replace("hps_svt_tracker", "scantrail.tracker").replace("/path/to", str(place))
            exec(compile(code, "README", "exec"), namespace)
    assert [module.id for module in namespace["all_modules"]] == ["HPK-SN789"]
    assert [module.id for module in namespace["spare_modules"]] == ["HPK-SN789"]
    assert namespace["test"].id is not None
    assert namespace["backup_path"] == place / "backup.db"
    with Database(namespace["backup_path"]) as copy:
        assert verify(copy) == []
        (row,) = namespace["TestResult"].get_for_component("HPK-SN789", copy)
        assert row["test_type"] == "noise_test"
        assert row["measurements"] == {"mean_noise": 1600, "max_noise": 2100, "bad_channels": [47, 128]}
    namespace["db"].close()


def test_a_database_that_is_not_there_is_made_and_lists_nothing(place: Path) -> None:
    assert shell("svt --db-path sub/new.db list --json", place).strip() == "[]"
    assert (place / "sub" / "new.db").is_file()
