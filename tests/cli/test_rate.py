import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from scantrail.cli.rate import rate
from scantrail.errors import InputError


@pytest.fixture
def recording(tmp_path) -> Path:
    """An hour of events 2 s apart, every third a coincidence of all channels."""
    path = tmp_path / "events.csv"
    moments = (f"2024-05-20T{12 + i // 1800}:{i % 1800 // 30:02}:{i % 30 * 2:02}Z" for i in range(1801))
    path.write_text(
        "".join(f"{t},{1 if i % 3 else 2},{3 * (i % 3 == 0):d},{i % 3 == 0:d},0,0,0,0\n" for i, t in enumerate(moments))
    )
    return path


def called(*arguments: object) -> click.testing.Result:
    return CliRunner().invoke(rate, [*map(str, arguments)], env={"TZ": "UTC", "COLUMNS": "80"}, catch_exceptions=False)


def test_a_table_of_bins(recording):
    done = called(recording, "--bin", 600)
    assert done.exit_code == 0
    assert done.stderr == ""
    rows = [line.split() for line in done.stdout.splitlines() if line.lstrip().startswith("2024")]
    assert len(rows) == 6
    assert rows[1][2:] == ["600", "300", "100", "100", "0", "100", "0.500", "+0.031", "-0.029"]
    assert "live [s]" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_json_holds_all_patterns(recording):
    document = json.loads(called(recording, "--bin", 1200, "--json").stdout)
    assert (document["bin_seconds"], document["dated"], len(document["bins"])) == (1200, True, 3)
    second = document["bins"][1]
    assert second["time"] == 1716206400 + 1200
    assert (second["pattern_100"], second["pattern_111"], second["ch1_counts"]) == (400, 200, 600)


def test_notices_go_to_stderr(recording):
    recording.write_text(recording.read_text().replace("Z,", ",") + "2024-05-20T13:0")
    done = called(recording, "--json")
    json.loads(done.stdout)
    assert "taken as UTC" in done.stderr
    assert "torn" in done.stderr


def test_uptime_and_empty_bins_are_shown(tmp_path):
    raw = tmp_path / "events.raw"
    raw.write_bytes(b"".join(b"1 0 0 1136 %d 0\n" % ms for ms in (0, 4000, 5000, 7000, 9000, 16000)))
    done = called(raw, "--bin", 4)
    assert "count from the detector's start" in done.stderr
    assert "time [s]" in done.stdout
    assert "< 0.749 (95 %)" in done.stdout


def test_a_picture(recording, tmp_path):
    picture = tmp_path / "rate.png"
    done = called(recording, "--output", picture)
    assert str(picture) in done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_what_is_wrong_is_told(recording, tmp_path):
    with pytest.raises(InputError, match="a bin of 0 s"):
        called(recording, "--bin", 0)
    with pytest.raises(InputError, match="nowhere"):
        called(tmp_path / "nowhere")
    assert called().exit_code == 2
