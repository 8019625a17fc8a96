import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from rich.console import Console
from sample_databases import locked
from sample_runs import COLUMNS, header

from scantrail.cli.main import _root, run
from scantrail.cli.runs.points import points_table
from scantrail.errors import JournalError
from scantrail.runs import JOURNAL, Column, RunWriter, asked, find, read, summarize
from scantrail.station import data_root

SUPPORT = Path(__file__).parents[1] / "support"
COMMAND = [sys.executable, "-W", "error", "-c", "from scantrail.cli.main import scantrail; scantrail()", "runs"]

WRITER = """
import sys
sys.path.insert(0, sys.argv[1])
from sample_runs import COLUMNS, header
from scantrail.runs import RunWriter
from scantrail.station import data_root

with RunWriter.create(data_root(), header(5)) as run:
    run.describe("primary", COLUMNS)
    print("open", flush=True)
    for i in range(5):
        sys.stdin.readline()
        if run.wait(0.05) != "go":
            break
        run.event("primary", {"x": float(i), "i0": 100 * i}, 1000.0 + i)
        print(i, flush=True)
"""


@pytest.fixture
def runs(capsys, monkeypatch):
    """The command in this process: its exit code, standard output and standard error."""
    monkeypatch.setenv("COLUMNS", "100")

    def command(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(_root, ["runs", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return ended.value.code, out, err

    return command


@pytest.fixture
def database(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "scantrail.db"
    monkeypatch.setenv("SCANTRAIL_DB", str(path))
    return path


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch, database):
    monkeypatch.chdir(tmp_path)


def take(points: int = 10, *, expected: int = 10, note: str = "", **changes: object) -> Path:
    with RunWriter.create(data_root(), header(expected, **changes)) as writer:
        writer.describe("primary", COLUMNS)
        for i in range(points):
            writer.event("primary", {"x": float(i), "i0": i * 100}, 1000.0 + i)
        writer.note = note
    return writer.directory


def interrupt(directory: Path, points: int, stop: str | None = None) -> None:
    """Leave of a run's journal what a process killed after so many points leaves, or one that then stopped so."""
    lines = (directory / JOURNAL).read_bytes().splitlines(keepends=True)
    primary = {
        document["uid"]
        for name, document in map(json.loads, lines)
        if name == "descriptor" and document["name"] == "primary"
    }
    kept, last = [], lines[-1]
    for line in lines:
        name, document = json.loads(line)
        points -= name == "event" and document["descriptor"] in primary
        if points < 0:
            break
        kept.append(line)
    if stop is not None:
        _, document = json.loads(last)
        kept.append(json.dumps(["stop", document | {"exit_status": stop, "reason": "a reason"}]).encode() + b"\n")
    (directory / JOURNAL).write_bytes(b"".join(kept))


@contextmanager
def being_taken() -> Iterator[subprocess.Popen[str]]:
    """A run of five points in another process, one for each line that it is sent."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", WRITER, str(SUPPORT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "open\n"
            yield process
        finally:
            process.kill()
            process.communicate()


def point(process: subprocess.Popen[str]) -> None:
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline().strip().isdigit()


# --- list -------------------------------------------------------------------------------------------------------------


def test_an_empty_list_says_how_to_take_a_run(runs):
    code, out, err = runs("list")
    assert (code, err) == (0, "")
    assert out == 'There are no runs yet. "scantrail demo" takes the first ones.\n'
    assert runs("list", "--json")[:2] == (0, "[]\n")


def test_the_list_is_newest_first_in_words_and_in_json(runs):
    first = take(note="a note", operator="Ada", components=["M12"])
    second = take(3, expected=3)
    code, out, _ = runs("list")
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["run", "kind", "status", "points", "started", "took", "operator"]
    assert [line[:4] for line in lines[2:]] == [["2", "linear", "success", "3/3"], ["1", "linear", "success", "10/10"]]
    assert lines[3][-1] == "Ada"

    newest, oldest = json.loads(runs("list", "--json")[1])
    assert (newest["number"], newest["directory"]) == (2, str(second))
    started = oldest.pop("started"), oldest.pop("ended")
    assert all(time.endswith("Z") and datetime.fromisoformat(time) for time in started)
    summary = summarize(first)
    assert oldest == {
        "number": 1,
        "uid": summary.uid,
        "kind": "linear",
        "status": "success",
        "reason": "a note",
        "points": 10,
        "expected": 10,
        "operator": "Ada",
        "host": summary.host,
        "components": ["M12"],
        "directory": str(first),
    }


def test_the_list_is_chosen_and_limited(runs):
    for component in ("A", "B", "B"):
        take(2, expected=2, components=[component])
    interrupt(find(data_root(), "2"), 1)

    def numbers(*options: object) -> list[int]:
        return [entry["number"] for entry in json.loads(runs("list", "--json", *options)[1])]

    assert numbers() == [3, 2, 1]
    assert numbers("--limit", 2) == [3, 2]
    assert numbers("--component", "B") == [3, 2]
    assert numbers("--status", "interrupted") == [2]
    assert numbers("--kind", "linear", "--component", "A") == [1]
    assert runs("list", "--kind", "mesh")[1] == "No run matches.\n"
    _, out, err = runs("list", "--limit", 2)
    assert len(out.splitlines()) == 4
    assert err.endswith("There are older runs: --limit 4 shows more.\n")
    assert "older" not in runs("list", "--limit", 3)[2]


def test_a_narrow_terminal_shortens_words_and_never_numbers(runs, monkeypatch):
    take(operator="A person with a long name")
    monkeypatch.setenv("COLUMNS", "60")
    _, out, _ = runs("list")
    assert max(map(len, out.splitlines())) <= 60
    assert "10/10" in out
    assert "…" in out


def test_a_run_that_is_being_taken_is_running_and_a_killed_one_interrupted(runs):
    def status() -> tuple[str, int]:
        (entry,) = json.loads(runs("list", "--json")[1])
        return entry["status"], entry["points"]

    with being_taken() as process:
        point(process)
        assert status() == ("running", 1)
        assert runs("list", "--status", "running")[1].splitlines()[-1].split()[1:4] == ["linear", "running", "1/5"]
        point(process)
        process.kill()
        process.wait()
        assert status() == ("interrupted", 2)
    code, out, _ = runs("show", 1)
    assert code == 0
    assert out.splitlines()[1].split() == ["status", "interrupted"]
    assert out.endswith('"scantrail runs resume 1" goes on.\n')


# --- the database -----------------------------------------------------------------------------------------------------


def listed(runs) -> tuple[list[int], str]:
    code, out, err = runs("list", "--json")
    assert code == 0
    return [entry["number"] for entry in json.loads(out)], err


def test_the_list_needs_no_database_and_reindex_makes_one(runs, database):
    take()
    numbers, err = listed(runs)
    assert numbers == [1]
    assert err.startswith(f"Notice: there is no database {database} yet")
    assert not database.exists()
    code, out, err = runs("reindex")
    assert (code, out, err) == (0, f"1 run of {data_root() / 'runs'} written to {database}.\n", "")
    assert listed(runs) == ([1], "")


def test_the_list_survives_a_broken_database(runs, database):
    take()
    database.write_bytes(b"this is no database" * 100)
    numbers, err = listed(runs)
    assert numbers == [1]
    assert err.startswith("Notice: ")
    assert str(database) in err
    code, out, err = runs("reindex")
    assert (code, out) == (1, "")
    assert str(database) in err
    assert err.count("\n") == 1


def test_the_list_survives_a_locked_database(runs, database):
    runs("reindex")
    take()
    with locked(database):
        assert listed(runs)[0] == [1]
    assert runs("reindex", "--json")[0] == 0
    assert listed(runs) == ([1], "")


def test_the_database_of_the_option_and_of_the_station_file_is_used(runs, tmp_path, monkeypatch):
    take()
    assert runs("reindex", "--db-path", tmp_path / "given.db")[0] == 0
    assert (tmp_path / "given.db").exists()
    monkeypatch.delenv("SCANTRAIL_DB")
    (tmp_path / "station.toml").write_text(f'[database]\nurl = "{tmp_path / "station.db"}"\n')
    assert json.loads(runs("reindex", "--json")[1])["database"] == str(tmp_path / "station.db")
    assert listed(runs) == ([1], "")


def test_reindex_says_what_it_left_out(runs):
    take()
    (take() / JOURNAL).write_text("nonsense\n")
    code, out, err = runs("reindex")
    assert code == 0
    assert out.startswith("1 run of ")
    assert err.startswith("Notice: ")
    assert "2-linear" in err
    assert json.loads(runs("reindex", "--json")[1])["runs"] == 1


# --- show -------------------------------------------------------------------------------------------------------------


def test_show_tells_a_run_of_any_kind(runs):
    directory = take(3, expected=3, operator="Ada", components=["M12", "M13"], note="a note")
    (directory / "analysis").mkdir()
    (directory / "analysis" / "peak-1.json").write_text("{}")
    code, out, _ = runs("show", 1)
    assert code == 0
    for words in (
        "run 1       linear",
        "status      success: a note",
        "points      3 of 3",
        "operator    Ada on ",
        "components  M12: nothing recorded",
        "plan        start 0; stop 9",
        "streams     primary 3",
        "analysis/peak-1.json",
    ):
        assert words in out
    table = [line.split() for line in out.splitlines()[-6:]]
    assert table[:2] == [["#", "time", "x", "i0"], ["[um]", "[1/s]"]]
    assert [row[0] for row in table[3:]] == ["1", "2", "3"]
    assert [row[2:] for row in table[3:]] == [["0", "0"], ["1", "100"], ["2", "200"]]
    assert "resume" not in out


def test_show_gives_everything_as_json(runs):
    directory = take(2, expected=2)
    found = json.loads(runs("show", "--json", directory)[1])
    assert found["status"] == "success"
    assert found["plan"] == {"type": "linear", "start": 0, "stop": 9}
    assert found["streams"] == {"primary": 2}
    assert found["files"] == {JOURNAL: (directory / JOURNAL).stat().st_size}
    assert found["columns"]["x"] == {"units": "um", "dtype": "number", "role": "axis"}
    assert found["rows"][1] == {"time": "1970-01-01T00:16:41.000Z", "x": 1.0, "i0": 100}
    assert (found["restored"], found["skipped"], found["resumed_from"], found["continued_by"]) == ([], [], None, None)


def test_a_long_run_is_shortened_unless_all_is_asked_for(runs):
    take(50, expected=50)
    short, whole = (runs("show", 1, *options)[1].splitlines() for options in ((), ("--all",)))
    assert len(whole) - len(short) == 50 - 21 - 1
    assert any("30 more" in line for line in short)
    assert [line for line in short if "--all" in line] == ['"scantrail runs show 1 --all" shows every point.']
    assert not any("more" in line or "--all" in line for line in whole)


def test_a_wide_run_names_the_columns_that_do_not_fit():
    columns = {f"detector_{i}": Column("tcp://host/D", "1/s", "number", "counts") for i in range(12)}
    with RunWriter.create(data_root(), header(1)) as writer:
        writer.describe("primary", columns)
        writer.event("primary", dict.fromkeys(columns, -1.23456789e-05), 1000.0)
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(points_table(read(writer.directory), 80, whole=False))
    out = console.export_text()
    assert max(map(len, out.splitlines())) <= 80
    assert "-1.23457e-05" in out
    assert "…" not in out
    assert "Not shown, for want of room: detector_" in out
    assert out.rstrip().endswith("detector_11")


def test_show_of_a_threshold_run_tells_what_was_restored_and_skipped(runs):
    row = {"channel": 1, "old_threshold": 0, "new_threshold": 300, "status": "success", "purpose": "scan"}
    with RunWriter.create(data_root(), header(2)) as writer:
        writer.describe("thresholds", {key: Column("osechi", None, "string", "audit") for key in row})
        writer.event("thresholds", row, 1000.0)
        writer.event("thresholds", row | {"purpose": "restore"}, 1001.0)
        writer.event("thresholds", row | {"purpose": "restore", "channel": 2, "status": "no reply"}, 1001.0)
        skipped = {"point": 1, "channel": 1, "threshold": 300, "reason": "refused"}
        writer.describe("skipped", {key: Column("osechi", None, "string", "audit") for key in skipped})
        writer.event("skipped", skipped, 1002.0)
    _, out, _ = runs("show", 1)
    assert "restored   channel 1 is back at 300 DAC" in out
    assert "channel 2 is not back at 300 DAC: no reply" in out
    assert "point 1, channel 1, threshold 300: refused" in out


@pytest.mark.parametrize("status", ["abort", "fail"])
def test_show_says_how_the_rest_is_taken(runs, status):
    directory = take(5, expected=5)
    interrupt(directory, 2, status)
    _, out, _ = runs("show", 1)
    assert f"{status}: a reason" in out
    assert '"scantrail runs resume 1" goes on.' in out
    take(3, expected=3, resumed_from=summarize(directory).uid)
    _, out, _ = runs("show", 1)
    assert out.endswith("Run 2 went on with it.\n")
    assert summarize(directory).uid in runs("show", 2)[1]


@pytest.mark.parametrize("ref", ["9", "abc", "beefbeef", "./nowhere", "0"])
@pytest.mark.parametrize("command", ["show", "tail", "pause", "abort", "resume", "export csv"])
def test_a_run_that_is_not_there_is_one_sentence(runs, command, ref):
    take()
    code, out, err = runs(*command.split(), ref)
    assert (code, out) == (1, "")
    assert err == f"Error: there is no run {ref!r} under {data_root() / 'runs'}; the newest runs: 1\n"


def test_a_run_is_found_by_number_uid_and_path(runs):
    directory = take()
    uid = summarize(directory).uid
    for ref in ("1", uid, uid[:4], uid[:8], directory):
        assert json.loads(runs("show", ref, "--json")[1])["uid"] == uid


def test_a_broken_journal_is_one_sentence(runs):
    directory = take()
    lines = (directory / JOURNAL).read_text().splitlines()
    (directory / JOURNAL).write_text("\n".join([*lines[:3], "nonsense", *lines[4:], ""]))
    with pytest.raises(JournalError):
        read(directory)
    code, out, err = runs("show", 1)
    assert (code, out) == (1, "")
    assert f"{JOURNAL}, line 4" in err


# --- tail -------------------------------------------------------------------------------------------------------------


def test_tail_of_an_ended_run_tells_all_of_it(runs):
    interrupt(take(5, expected=5), 2, "abort")
    code, out, _ = runs("tail", 1)
    assert code == 0
    lines = out.splitlines()
    assert [line.split() for line in lines[:2]] == [["time", "#", "x", "i0"], ["[um]", "[1/s]"]]
    assert [line.split()[1:] for line in lines[2:4]] == [["1", "0", "0"], ["2", "1", "100"]]
    assert lines[4].startswith("Run 1: abort, ")
    assert lines[4].endswith(" points: a reason")
    assert lines[5] == '"scantrail runs resume 1" goes on.'


def test_tail_tells_events_that_are_no_points(runs):
    with RunWriter.create(data_root(), header(1)) as writer:
        writer.describe("baseline", {"current": Column("ring", "mA", "number", "i0"), "note": COLUMNS["x"]})
        writer.event("baseline", {"current": 200.25, "note": None}, 1000.0)
    _, out, _ = runs("tail", 1)
    assert "baseline: current 200.25\n" in out
    *events, end = [json.loads(line) for line in runs("tail", 1, "--json")[1].splitlines()]
    assert events == [
        {
            "stream": "baseline",
            "seq_num": 1,
            "time": "1970-01-01T00:16:40.000Z",
            "data": {"current": 200.25, "note": None},
        }
    ]
    assert end == {"number": 1, "status": "success", "reason": "", "points": 0}


@contextmanager
def tailing(*options: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([*COMMAND, "tail", *options], stdout=subprocess.PIPE, text=True) as tail:
        try:
            yield tail
        finally:
            tail.kill()


def test_tail_follows_a_run_to_its_end():
    with being_taken() as process, tailing("1", "--json") as tail:
        for i in range(5):
            point(process)
            assert json.loads(tail.stdout.readline())["data"]["x"] == i
        assert json.loads(tail.stdout.readline())["status"] == "success"
        assert tail.wait(20) == 0


def test_tail_of_a_killed_run_ends():
    with being_taken() as process, tailing("1") as tail:
        point(process)
        assert [tail.stdout.readline().split()[0] for _ in range(2)] == ["time", "[um]"]
        assert tail.stdout.readline().split()[1:] == ["1", "0", "0"]
        process.kill()
        assert tail.stdout.readline() == "Run 1: interrupted, 1/5 points\n"
        assert tail.stdout.readline() == '"scantrail runs resume 1" goes on.\n'
        assert tail.wait(20) == 0


def test_leaving_tail_does_nothing_to_the_run():
    with being_taken() as process, tailing("1", "--json") as tail:
        point(process)
        tail.stdout.readline()
        tail.send_signal(signal.SIGINT)
        assert tail.wait(20) == 130
        point(process)
        assert summarize(find(data_root(), "1")).status == "running"


# --- export -----------------------------------------------------------------------------------------------------------


def test_export_writes_to_the_standard_output_or_a_new_file(runs, tmp_path):
    take(2, expected=2)
    code, out, err = runs("export", "csv", 1)
    assert (code, err) == (0, "")
    assert out == "timestamp,x,i0\n1970-01-01T00:16:40.000Z,0.0,0\n1970-01-01T00:16:41.000Z,1.0,100\n"
    assert runs("export", "csv", 1, "--output", "-")[1] == out
    code, said, _ = runs("export", "csv", 1, "--output", "run.csv")
    assert (code, said) == (0, "2 rows of run 1 written to run.csv.\n")
    assert (tmp_path / "run.csv").read_text() == out
    code, said, err = runs("export", "csv", 1, "--output", "run.csv")
    assert (code, said, err) == (2, "", "Error: run.csv exists and is left as it is; name another file\n")


def test_export_joins_runs_and_names_one_that_is_gone(runs):
    first = take(2, expected=2)
    second = take(1, expected=1, resumed_from=summarize(first).uid)
    code, out, _ = runs("export", "csv", 2)
    assert (code, out.count("\n")) == (0, 4)
    assert runs("export", "csv", 2, "--output", "both.csv")[1] == "3 rows of runs 1, 2 written to both.csv.\n"
    first.rename(first.with_name("elsewhere"))
    code, out, err = runs("export", "csv", second)
    assert (code, out.count("\n")) == (3, 2)
    assert err.startswith("Notice: run 2 goes on with run ")


def test_export_refuses_a_stream_that_is_not_there(runs):
    take()
    code, out, err = runs("export", "csv", 1, "--stream", "baseline", "--output", "x.csv")
    assert (code, out, err) == (1, "", "Error: the run has no stream 'baseline'; it has primary\n")
    assert not Path("x.csv").exists()


LIMITED = """
import resource
from scantrail.cli.main import scantrail
resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
scantrail()
"""


@pytest.mark.usefixtures("without_coverage")
def test_nothing_is_left_of_an_export_to_a_full_disk(tmp_path):
    take(50, expected=50)
    command = [sys.executable, "-c", LIMITED, "runs", "export", "csv", "1", "--output", "run.csv"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr == "Error: cannot write run.csv: File too large\n"
    assert not [path.name for path in tmp_path.iterdir() if "run.csv" in path.name]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_behind_the_standard_output_is_one_sentence():
    take()
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "export", "csv", "1"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "Error: cannot write to the standard output: No space left on device\n"


# --- pause, abort, resume ---------------------------------------------------------------------------------------------


def test_a_run_is_paused_and_resumed_from_another_process(runs):
    with being_taken() as process:
        point(process)
        code, out, _ = runs("pause", 1)
        assert (code, out) == (0, 'Run 1 pauses after the present dwell; "scantrail runs resume 1" goes on.\n')
        assert asked(find(data_root(), "1")).command == "pause"
        assert runs("resume", 1)[:2] == (0, "Run 1 goes on.\n")
        point(process)
        code, out, err = runs("resume", 1)
        assert (code, out) == (1, "")
        assert "not paused" in err
        assert err.count("\n") == 1
        runs("pause", 1)
        assert json.loads(runs("resume", 1, "--json")[1]) == {"run": 1, "status": "running"}


def test_a_run_is_aborted_from_another_process(runs):
    with being_taken() as process:
        point(process)
        code, out, _ = runs("abort", 1)
        assert (code, out) == (0, "Run 1 stops after the present dwell; a second abort stops it at once.\n")
        assert runs("abort", 1)[1] == "Run 1 stops at once.\n"
        process.communicate("\n")
    assert summarize(find(data_root(), "1")).status == "abort"
    assert runs("abort", 1)[0] == 1


@pytest.mark.parametrize("command", ["pause", "abort"])
def test_what_does_not_run_cannot_be_controlled(runs, command):
    directory = take()
    assert runs(command, 1) == (
        1,
        "",
        f"Error: {directory.name} is not running, so there is nothing to {command}\n",
    )


@pytest.fixture
def scanned(capsys) -> Path:
    """A parallel scan of the simulated detector."""
    options = ["--thresholds", "1:300;2:300", "--nsteps", "2", "--step", "5", "--duration", "1"]
    with pytest.raises(SystemExit) as ended:
        run(_root, ["threshold", "parallel", *options, "--mock", "--speed", "100", "--seed", "1"])
    capsys.readouterr()
    assert ended.value.code == 0
    return find(data_root(), "1")


def test_an_interrupted_run_is_finished_in_its_own_journal(runs, scanned):
    interrupt(scanned, 2)
    code, out, _ = runs("resume", 1, "--json")
    assert code == 0
    assert json.loads(out)["run"] == 1
    run = summarize(scanned)
    assert (run.status, run.points) == ("success", 5)
    assert runs("export", "csv", 1)[1].count("\n") == 6


def test_an_aborted_run_is_finished_in_a_new_one_and_exported_with_it(runs, scanned):
    interrupt(scanned, 2, "abort")
    assert json.loads(runs("resume", 1, "--json")[1])["run"] == 2
    _, out, _ = runs("export", "csv", 2)
    assert [line.split(",")[1] for line in out.splitlines()[1:]] == ["0", "1", "2", "3", "4"]
    code, _, err = runs("resume", 1)
    assert code == 1
    assert "was continued by run 2" in err
    code, _, err = runs("resume", 2)
    assert code == 1
    assert "nothing to resume" in err


def test_show_puts_a_threshold_scan_into_words(runs, scanned):
    _, out, _ = runs("show", 1)
    for words in (
        "channel 1 (top): 5 thresholds, 290 to 310 DAC",
        "dwell 1 s; settle",
        "restored   channel 1 is back at ",
        "scan_results_ch2.csv",
    ):
        assert words in out
    lines = out.splitlines()
    [start] = (i for i, line in enumerate(lines) if line.split()[:2] == ["#", "time"])
    names, what, _, _, first, _, _, _, last, gap, *answers = lines[start:]
    assert gap == ""
    assert [line.partition(":")[0] for line in answers if line.startswith("ch")] == ["ch1", "ch2"]
    assert names.split() == ["#", "time", "ch1", "ch2", "ch3", "ch1", "ch2", "ch3", "live"]
    assert what.split() == [*["threshold"] * 3, *["counts"] * 3, "time"]
    assert (first.split()[2], last.split()[2]) == ("290", "310")
