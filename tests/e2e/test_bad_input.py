"""Bad input: one sentence on stderr, no traceback, the right exit code, and nothing begun."""

import resource
import shutil
import subprocess

import pytest
from commands import (
    haniwers,
    newest,
    run_with_points,
    scan_files,
    scantrail,
    started,
    write_station,
)

from scantrail.cli import main
from scantrail.runs import read, summarize

MOCK = ("--mock", "--speed", 100, "--duration", 0.5)


def one_sentence(err: str) -> str:
    [line] = err.splitlines()
    assert line.startswith("Error: ")
    return line.removeprefix("Error: ")


@pytest.fixture
def refused(capsys, monkeypatch):
    """`refused(program, command, ...)`: the sentence of a threshold command that ends with 2; in this very process."""

    def run(program: str, *arguments: str) -> str:
        monkeypatch.setattr("sys.argv", [program, "threshold", *arguments])
        with pytest.raises(SystemExit) as ended:
            getattr(main, program)()
        shown = capsys.readouterr()
        assert (ended.value.code, shown.out) == (2, "")
        return one_sentence(shown.err)

    return run


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--thresholds", "4:300"], 'channel "4" must be one of 1, 2, 3'),
        (["--thresholds", "x:300"], 'channel "x" must be one of 1, 2, 3'),
        (["--thresholds", "1:0"], '"0" for channel 1 must be a whole number 1-1023'),
        (["--thresholds", "1:1024"], '"1024" for channel 1 must be a whole number 1-1023'),
        (["--thresholds", "1:nan"], '"nan" for channel 1 must be a whole number 1-1023'),
        (["--thresholds", "1:"], '--thresholds "1:" must give each channel its value'),
        (["--thresholds", ""], '--thresholds "" must give each channel its value'),
        (["--thresholds", "1:300;1:310"], "channel 1 must stand only once"),
        (["--nsteps", "0"], "--nsteps"),
        (["--nsteps", "1.5"], "--nsteps"),
        (["--nsteps", "4:8"], "--nsteps"),
        (["--step", "0"], "--step"),
        (["--duration", "-1"], "--duration"),
        (["--duration", "0"], "--duration"),
        (["--duration", "nan"], "--duration"),
        (["--duration", "inf"], "--duration"),
        (["--duration", "1e308"], "--duration = 1e+308 must be at most 10000000"),
        (["--speed", "nan"], "--speed"),
        (["--speed", "1e300"], "--speed = 1e+300 must be at most 100000"),
        (["--speed", "0"], "--speed"),
        (["--suppress-threshold", "0"], "--suppress-threshold"),
        (["--max-retry", "0"], "--max-retry"),
        (["--config", "missing.toml"], "missing.toml does not exist"),
        (["--db-path", "mysql://host/x"], "neither a path nor a sqlite:/// or postgresql:// URL"),
    ],
    ids=lambda value: "=".join(value) if isinstance(value, list) else None,
)
@pytest.mark.parametrize("command", ["serial", "parallel"])
def test_a_scan_refused_before_anything_happens(command, options, words, refused):
    assert words in refused("scantrail", command, "--mock", *options)
    assert newest() is None


@pytest.mark.parametrize("thresholds", ["", "1:", "1:0", "1:1024", "4:300", "1:300;1:300", "1:nan", "1:300;"])
def test_a_write_refused(thresholds, refused):
    assert f'--thresholds "{thresholds}"' in refused("haniwers", "write", "--mock", "--thresholds", thresholds)


def test_refused_by_the_commands_as_installed():
    done = haniwers("threshold", "parallel", "--thresholds", "1:", "--mock")
    assert (done.code, done.out) == (2, "")
    one_sentence(done.err)
    done = scantrail("threshold", "serial", "--duration", "soon", "--mock")
    assert (done.code, done.out) == (2, "")
    assert "'soon' is not a valid float" in done.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[sampler]\nduration = \n", "bench.toml, line 2: this is not TOML"),
        ("[sampler]\ndurration = 3\n", "bench.toml, line 2"),
        ("[sampler]\nduration = -3\n", "bench.toml, line 2"),
        ("[sampler]\nduration = nan\n", "bench.toml, line 2"),
        ("[sensors.ch1]\nid = 1\ncenter = 1024\n", "bench.toml, line 3"),
        ("[sensors.ch4]\nid = 4\n", "ch4"),
        ("[sensors.ch1]\nnsteps = 0\n", "bench.toml, line 2"),
    ],
)
def test_a_station_file_that_cannot_be_used(tmp_path, text, words, refused):
    (tmp_path / "bench.toml").write_text(text)
    said = refused("scantrail", "parallel", "--mock", "--config", str(tmp_path / "bench.toml"))
    assert words in said
    if "durration" in text:
        assert "the nearest is duration" in said
    assert newest() is None


def test_a_database_url_refused_before_the_plan_is_shown():
    one_sentence(scantrail("threshold", "parallel", "--mock", "--db-path", "mysql://host/x").err)


def test_no_port(tmp_path):
    for port in ("auto", str(tmp_path / "nowhere")):
        station = write_station(tmp_path / "bench.toml", {"device": {"port": port}})
        done = scantrail("threshold", "parallel", "--config", station)
        assert (done.code, done.out) == (1, "")
        *_, last = done.err.splitlines()
        assert one_sentence(last)
        if port != "auto":
            assert port in last
        assert newest() is None


# --- places that cannot be written ------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--workspace", "--config"])
def test_an_empty_path_is_no_path(option):
    done = scantrail("threshold", "parallel", *MOCK, option, "")
    assert done.code == 2
    assert "an empty word is no path" in one_sentence(done.err.splitlines()[-1])
    assert newest() is None


def test_a_workspace_with_a_file_in_its_way(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for workspace in (tmp_path / "file", tmp_path / "file" / "below"):
        done = scantrail("threshold", "parallel", *MOCK, "--workspace", workspace)
        assert (done.code, done.out) == (1, "")
        assert f"{workspace}" in one_sentence(done.err.splitlines()[-1])
        assert newest() is None


def test_a_workspace_used_again_keeps_every_scan_apart(tmp_path):
    scan = ("threshold", "parallel", "--nsteps", 1, *MOCK, "--workspace", tmp_path / "out")
    for _ in range(3):
        assert scantrail(*scan).code == 0
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.csv")}
    assert len(first) == 4
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_dir()) == ["run-2", "run-3"]
    for place in (tmp_path / "out", tmp_path / "out" / "run-2", tmp_path / "out" / "run-3"):
        assert {len(rows) for rows in scan_files(place).values()} == {3}
    assert scantrail("threshold", "serial", *scan[2:]).code == 0
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.csv")}


def test_a_killed_scan_goes_on_beside_another_scans_files(tmp_path):
    out = tmp_path / "out"
    scan = ("threshold", "parallel", "--nsteps", 2, "--mock", "--speed", 10, "--workspace", out, "--duration", 3)
    assert scantrail(*scan, "--speed", 100).code == 0
    before = {path.name: path.read_bytes() for path in out.glob("*.csv")}
    with started(*scan) as running:
        run_with_points(1, after=newest())
        running.process.kill()
    shutil.rmtree(out / "run-2")  # killed before it had made its files
    done = scantrail("runs", "resume", 2)
    assert done.code == 0, done.err
    assert before == {path.name: path.read_bytes() for path in out.glob("*.csv")}
    assert {len(rows) for rows in scan_files(out / "run-2").values()} == {5}


def limit_file_size(size: int):
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.usefixtures("without_coverage")
def test_a_file_size_limit(tmp_path):
    """RLIMIT_FSIZE stands for a full disk: what was taken stays, the run says why it failed and can go on."""
    scan = ("threshold", "parallel", "--nsteps", 15, "--mock", "--speed", 20, "--duration", 1, "--seed", 1)
    done = scantrail(*scan, "--workspace", tmp_path, preexec=limit_file_size(24_000))
    assert done.code == 1
    assert "file-size limit" in done.err or "File too large" in done.err
    record = read(newest())
    taken = len(record.stream("primary"))
    assert 0 < taken < 31
    assert f'{taken} of 31 points are saved in run 1; "scantrail runs resume 1" goes on.' in done.err
    for rows in scan_files(tmp_path).values():
        assert taken - 1 <= len(rows) <= taken
    assert summarize(newest()).status in ("fail", "interrupted")
    again = scantrail("runs", "resume", 1)
    assert again.code == 0, again.err
    last = scan_files(tmp_path if (tmp_path / "run-2").exists() is False else tmp_path / "run-2")
    assert {len(rows) for rows in last.values()} == {31}


@pytest.fixture
def small_disk(tmp_path, needs_system_part):
    """A file system of 256 KiB, where mounting one is allowed."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a tmpfs is not allowed here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk(small_disk, monkeypatch):
    monkeypatch.setenv("SCANTRAIL_HOME", str(small_disk / "home"))
    scan = ("threshold", "parallel", "--nsteps", 20, "--mock", "--speed", 50, "--duration", 2)
    done = scantrail(*scan)
    assert done.code == 1
    assert "full" in done.err or "No space left" in done.err
    record = read(newest())
    assert record.stop["exit_status"] == "fail"
    assert 0 < len(record.stream("primary")) < 41
    assert f"{len(record.stream('primary'))} of 41 points are saved in run 1" in done.err


def test_a_data_root_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SCANTRAIL_HOME", str(tmp_path / "file"))
    done = scantrail("threshold", "parallel", *MOCK)
    assert (done.code, done.out) == (1, "")
    assert "set SCANTRAIL_HOME to a directory that can be written" in done.err


def test_a_run_that_does_not_exist():
    for command in ("show", "tail", "pause", "resume", "abort"):
        done = scantrail("runs", command, 7)
        assert (done.code, done.out) == (1, "")
        assert "there is no run '7'" in one_sentence(done.err)
