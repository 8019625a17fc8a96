"""The command lines of ADR-020 as printed, and what they leave on disk."""

import sys
from pathlib import Path

import pytest
from commands import haniwers, newest, scan_files, scantrail, table

from scantrail.runs import read

ADR_020 = """\
[sensors.ch1]
id = 1
center = 200
nsteps = 8        # All channels MUST have same nsteps
step_size = 5

[sensors.ch2]
id = 2
center = 300
nsteps = 8        # ← MUST match ch1
step_size = 5

[sensors.ch3]
id = 3
center = 250
nsteps = 8        # ← MUST match ch1, ch2
step_size = 5
"""
HEADER = "timestamp,channel,threshold,event_count"
UNEQUAL = (
    "Parallel scanning requires all channels to have same number of steps. Got: {1: 21, 2: 19}. "
    "For 21 on every channel set [sensors.ch2] nsteps = 10 (now 9)"
)


def grid(centre: int, nsteps: int, step: int) -> list[int]:
    return [centre + k * step for k in range(-nsteps, nsteps + 1)]


def command(text: str) -> list[str]:
    """The arguments of a command line as the ADR prints it."""
    return text.replace('"', "").replace("\\\n", "").split()[1:]


def is_a_whole_scan(place: Path) -> None:
    for channel, centre in {1: 200, 2: 300, 3: 250}.items():
        lines = (place / f"scan_results_ch{channel}.csv").read_text().splitlines()
        assert lines.count(HEADER) == 1
        assert lines[0] == HEADER
        assert [int(row["threshold"]) for row in scan_files(place)[channel]] == grid(centre, 8, 5)
        assert {row["channel"] for row in scan_files(place)[channel]} == {str(channel)}
    writes = table(place / "threshold_operations.csv")
    assert list(writes[0]) == ["timestamp", "channel", "old_threshold", "new_threshold", "status"]
    assert {row["status"] for row in writes} == {"success"}
    assert len(writes) == 3 * 17 + 3  # the thresholds given back, too


def test_the_usage_example(tmp_path):
    printed = """haniwers-v1 threshold parallel \\
      --thresholds "1:200;2:300;3:250" \\
      --nsteps 8 \\
      --step 5 \\
      --duration 5 \\
      --mock"""
    done = haniwers(*command(printed), "--speed", 100, "--workspace", tmp_path / "out")
    assert done.code == 0, done.err
    is_a_whole_scan(tmp_path / "out")
    assert "17 points of 5 s" in done.err


def test_the_usage_example_without_a_workspace():
    done = scantrail(
        *("threshold", "parallel", "--thresholds", "1:200;2:300;3:250", "--nsteps", 8, "--step", 5),
        *("--duration", 5, "--mock", "--speed", 100),
    )
    assert done.code == 0, done.err
    is_a_whole_scan(newest())


def test_the_error_example_has_equal_steps_and_runs():
    printed = 'haniwers-v1 threshold parallel --thresholds "1:200;2:300" --nsteps 10 --step 5'
    done = haniwers(*command(printed), "--mock", "--speed", 200)
    assert done.code == 0, done.err
    assert {channel: len(rows) for channel, rows in scan_files(newest()).items()} == {1: 21, 2: 21}


def test_the_configuration_example_loads_as_it_stands(tmp_path):
    (tmp_path / "example.toml").write_text(ADR_020)
    arguments = ("--mock", "--speed", 100, "--duration", 5, "--workspace", tmp_path)
    done = haniwers("threshold", "parallel", "--config", tmp_path / "example.toml", *arguments)
    assert done.code == 0, done.err
    is_a_whole_scan(tmp_path)


def test_unequal_steps_in_the_file(tmp_path):
    (tmp_path / "unequal.toml").write_text("[sensors.ch1]\nnsteps = 10\n[sensors.ch2]\nnsteps = 9\n")
    done = haniwers("threshold", "parallel", "--config", tmp_path / "unequal.toml", "--mock")
    assert (done.code, done.out) == (1, "")
    assert UNEQUAL in done.err
    assert newest() is None


def test_unequal_steps_on_the_command_line():
    done = haniwers("threshold", "parallel", "--thresholds", "1:200;2:300", "--nsteps", "1:10;2:9", "--mock")
    assert (done.code, done.out) == (1, "")
    assert UNEQUAL in done.err
    assert newest() is None


def test_a_serial_scan(tmp_path):
    done = haniwers(
        *("threshold", "serial", "--thresholds", "1:300;3:290", "--nsteps", 4, "--step", 5, "--duration", 1),
        *("--mock", "--speed", 50, "--suppress-threshold", 1000, "--workspace", tmp_path),
    )
    assert done.code == 0, done.err
    rows = scan_files(tmp_path)
    assert {channel: [int(row["threshold"]) for row in rows[channel]] for channel in rows} == {
        1: grid(300, 4, 5),
        3: grid(290, 4, 5),
    }
    writes = [(row["channel"], row["new_threshold"]) for row in table(tmp_path / "threshold_operations.csv")]
    assert writes[:3] == [("2", "1000"), ("3", "1000"), ("1", "280")]
    assert writes[11:14] == [("1", "1000"), ("2", "1000"), ("3", "270")]


def test_direction_down(tmp_path):
    scan = ("threshold", "parallel", "--thresholds", "1:300", "--nsteps", 2, "--duration", 2, "--mock", "--speed", 50)
    assert scantrail(*scan, "--direction", "down", "--workspace", tmp_path).code == 0
    assert [int(row["threshold"]) for row in scan_files(tmp_path)[1]] == [302, 301, 300, 299, 298]


def test_json_is_the_outcome_and_nothing_else():
    done = scantrail("threshold", "parallel", "--nsteps", 2, "--duration", 1, "--mock", "--speed", 50, "--json")
    assert done.code == 0
    outcome = done.document
    assert outcome["status"] == "success"
    assert (outcome["points"], outcome["expected"], outcome["exit_code"]) == (5, 5, 0)
    assert outcome["skipped_steps"] == outcome["errors"] == []
    tables = [f"scan_results_ch{n}.csv" for n in (1, 2, 3)]
    assert [Path(path).name for path in outcome["files"]] == [*tables, "threshold_scan.png"]
    assert [result["name"] for result in outcome["results"]] == [f"ch{n} threshold" for n in (1, 2, 3)]
    assert read(Path(outcome["directory"])).stop["exit_status"] == "success"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["demo"],
        ["runs"],
        *(["runs", name] for name in ("list", "show", "tail", "export", "reindex", "pause", "resume", "abort")),
        ["sim"],
        ["sim", "osechi"],
        ["station"],
        ["threshold"],
        *(["threshold", name] for name in ("serial", "parallel", "write", "ports", "list")),
    ],
    ids=" ".join,
)
def test_help(arguments, capsys, monkeypatch):
    from scantrail.cli.main import scantrail as entry

    monkeypatch.setattr(sys, "argv", ["scantrail", *arguments, "--help"])
    with pytest.raises(SystemExit) as ended:
        entry()
    shown = capsys.readouterr()
    assert (ended.value.code, shown.err) == (0, "")
    assert shown.out.startswith("Usage: ")
    assert max(map(len, shown.out.splitlines())) <= 80


def test_write_and_list():
    assert scantrail("threshold", "list", "--json").document == []
    written = scantrail("threshold", "write", "--thresholds", "1:280;2:300", "--mock", "--json")
    assert written.code == 0
    assert [(one["channel"], one["threshold"], one["status"]) for one in written.document] == [
        (1, 280, "success"),
        (2, 300, "success"),
    ]


def test_ports():
    assert isinstance(scantrail("threshold", "ports", "--json").document, list)
    assert scantrail("threshold", "ports").code == 0
