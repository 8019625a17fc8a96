"""A scan as a run: its journal, its resumption, and counts that agree with the detector's own to the event."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import event_model
import pytest
from fake_detector import FakeDetector

from scantrail.errors import OutputError, RunStateError, ScantrailError, ThresholdRefused
from scantrail.runs import JOURNAL, ask, documents, follow, read, summarize
from scantrail.sim import (
    ChannelPhysics,
    Faults,
    OsechiMachine,
    OsechiPhysics,
    PtyServer,
    WriteFault,
    windows,
)
from scantrail.sim import thresholds as board_thresholds
from scantrail.threshold import (
    Device,
    DeviceConfig,
    HaniwersConfig,
    parallel_plan,
    run_parallel_threshold_scan,
    run_serial_threshold_scan,
    scan_parallel,
    scan_serial,
    take,
)
from scantrail.threshold.take import setting_of

SCANS = {"serial": scan_serial, "parallel": scan_parallel}


def cut(directory, events):
    """Make of a finished journal what `kill -9` leaves after so many points: no stop, and half a line."""
    journal = directory / JOURNAL
    kept, seen, primary = [], 0, None
    for line in journal.read_bytes().splitlines(keepends=True):
        name, document = json.loads(line)
        if name == "descriptor" and document["name"] == "primary":
            primary = document["uid"]
        if name == "stop" or (name == "event" and document["descriptor"] == primary and seen == events):
            break
        seen += name == "event" and document["descriptor"] == primary
        kept.append(line)
    journal.write_bytes(b"".join(kept) + b'["event",{"uid":"torn')


def content(files, rows):
    return [[(int(row["threshold"]), int(row["event_count"])) for row in rows(path)] for path in files]


# --- the journal ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scan", [run_serial_threshold_scan, run_parallel_threshold_scan])
def test_the_journal_passes_the_schemas_of_event_model(scan, mock, scan_config, record):
    config = scan_config()
    result = scan(config, mock(config, Faults(writes=(WriteFault("refuse", 2, 308),))))
    run = record(result.run)
    seen = [name for name, _ in documents(run.directory)]
    for name, document in documents(run.directory):
        event_model.schema_validators[event_model.DocumentNames[name]].validate(document)
    assert (seen[0], seen[-1]) == ("start", "stop")
    assert set(run.streams) == {"thresholds", "primary", "environment", "skipped"}
    assert run.stop["num_events"] == {name: len(table) for name, table in run.streams.items()}


def test_the_start_document_can_repeat_the_run(scan_config, tmp_path, record):
    config = scan_config({1: 200, 3: 250}, nsteps=8)
    result = run_parallel_threshold_scan(config, FakeDetector())
    start = record(result.run).start
    assert (start["num_points"], start["shape"]) == (17, [17])
    assert start["motors"] == ["ch1_threshold", "ch3_threshold"]
    assert start["detectors"] == ["ch1_counts", "ch2_counts", "ch3_counts"]
    assert start["hints"]["dimensions"] == [[["ch1_threshold", "ch3_threshold"], "primary"]]
    assert start["extents"] == [[160, 290]]
    ours = start["scantrail"]
    assert type(parallel_plan(config)).from_document(ours["plan"]) == parallel_plan(config, max_retry=3)
    assert ours["rig"] == {"detector": "fake", "workspace": str(tmp_path / "scan")}
    assert ours["station"]["sensors"]["ch3"]["center"] == 250
    assert {column["role"] for column in start["columns"]} == {"threshold", "counts", "live_time"}


def test_a_row_says_all_of_its_window(mock, scan_config, record):
    config = scan_config(nsteps=1, duration=5.0)
    device = mock(config)
    result = run_parallel_threshold_scan(config, device)
    run = record(result.run)
    told = windows(device.machine.log.records)
    for row, window in zip(run.stream("primary").rows(), told, strict=True):
        assert {channel: row[f"ch{channel}_counts"] for channel in (1, 2, 3)} == window.channels
        assert {channel: row[f"ch{channel}_threshold"] for channel in (1, 2, 3)} == window.thresholds
        patterns = {int(key[8:][::-1], 2): n for key, n in row.items() if key.startswith("pattern_") and n}
        assert patterns == window.patterns
        assert row["live_time"] == pytest.approx(row["window"] * device.speed, abs=0.01)
        assert row["stop_time"] - row["start_time"] == pytest.approx(row["window"])
        assert (row["lost"], row["unparsable"]) == (None, 0)
    air = list(run.stream("environment").rows())
    assert [row["point"] for row in air] == [0, 1, 2]
    assert all(row["temperature_C"] and row["pressure_Pa"] and row["humidity_pct"] for row in air)


def test_the_raw_stream_is_kept_beside_the_journal(mock, scan_config, record):
    config = scan_config(nsteps=1)
    device = mock(config)
    run = record(run_parallel_threshold_scan(config, device).run)
    assert run.start["scantrail"]["rig"]["raw_events"] == "events.raw"
    raw = (run.directory / "events.raw").read_bytes().splitlines()
    counted = sum(window.events for window in windows(device.machine.log.records))
    assert sum(line[:1].isdigit() for line in raw) == counted
    assert sum(b'"threshold":' in line for line in raw) == len(run.stream("thresholds"))


@pytest.mark.parametrize("until", [0, 2])
def test_a_raw_file_that_cannot_be_written_keeps_no_threshold_from_being_restored(
    until, mock, scan_config, record, monkeypatch
):
    """Full from the first byte on, or only in the last window: the scan fails, the detector is left as it must be."""
    config = scan_config(nsteps=1, rest={1: 310, 2: 311, 3: 312})
    device = mock(config)
    to, count, windows_taken = device.record, device.count, []

    def full_later(seconds, wait):
        if len(windows_taken) == until:
            to(Path("/dev/full"))
        windows_taken.append(count(seconds, wait))
        return windows_taken[-1]

    monkeypatch.setattr(device, "count", full_later)
    with pytest.raises(ScantrailError, match=r"raw file of .* cannot be written: No space left"):
        run_parallel_threshold_scan(config, device)
    run = record(1)
    assert run.stop["exit_status"] == "fail"
    assert len(run.stream("primary")) == until + 1
    assert board_thresholds(device.machine.log.records) == {1: 310, 2: 311, 3: 312}
    assert run.stop["reason"].count("raw file of") == 1


def test_a_live_view_sees_each_row_as_it_comes(scan_config, plan_of, setting):
    opened = []

    def seen(window):
        stream = follow(opened[0].directory)
        rows = []
        for name, document in stream:
            if name == "event" and "point" in document["data"]:
                rows.append(document["data"]["point"])
            if len(rows) == window - 1:
                break
        stream.close()
        assert rows == list(range(window - 1))

    detector = FakeDetector(on_count=seen)
    taken = take(plan_of("parallel", scan_config()), detector, scan_parallel, setting(opened=opened.append))
    assert taken.status == "success"


def test_a_workspace_that_cannot_be_written_is_refused_before_anything_happens(scan_config, tmp_path):
    (tmp_path / "scan").write_text("a file")
    detector = FakeDetector()
    with pytest.raises(OutputError, match="is a file"):
        run_parallel_threshold_scan(scan_config(), detector)
    assert detector.attempts == []


# --- counts, to the event ---------------------------------------------------------------------------------------------


@pytest.fixture
def board():
    """`board(dialect, faults=..., speed=..., log=...)`: a noisy board behind a pseudo-terminal."""
    servers = []
    noisy = OsechiPhysics(tuple(ChannelPhysics(mu=300.0, rate=40.0, plateau=10.0) for _ in range(3)))

    def serve(dialect="v1", *, faults=None, speed=1.0, log=None):
        machine = OsechiMachine(dialect, physics=noisy, faults=faults, seed=11, log=log)
        servers.append(PtyServer(machine, speed=speed))
        servers[-1].__enter__()
        return machine, servers[-1]

    yield serve
    for server in servers:
        server.__exit__(None, None, None)


@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_counts_agree_with_the_detectors_own_to_the_last_event(board, dialect, scan_config, rows, record):
    machine, server = board(dialect)
    config = scan_config({1: 296, 2: 300, 3: 304}, nsteps=1, step=4, duration=0.5)
    device = DeviceConfig(port=server.name, dialect=dialect, open_wait=0.0, settle=0.01)
    config = config.model_copy(update={"device": device})
    with Device(config.device) as detector:
        result = run_parallel_threshold_scan(config, detector)
    told = windows(machine.log.records)
    assert len(told) == 3
    assert sum(window.events for window in told) > 50
    for row, window in zip(record(result.run).stream("primary").rows(), told, strict=True):
        assert {
            int(key[8:][::-1], 2): n for key, n in row.items() if key.startswith("pattern_") and n
        } == window.patterns
        assert row["live_time"] == pytest.approx(window.stop - window.start, abs=0.2)
        assert {channel: row[f"ch{channel}_threshold"] for channel in (1, 2, 3)} == window.thresholds
    for channel, path in zip((1, 2, 3), result.files, strict=True):
        assert [int(row["event_count"]) for row in rows(path)] == [window.channels[channel] for window in told]
    assert board_thresholds(machine.log.records) == dict.fromkeys((1, 2, 3), 1023)


def test_the_example_of_the_seed(board, tmp_path, rows):
    from scantrail.threshold import ConfigLoader, Device, run_serial_threshold_scan

    machine, server = board(speed=50.0)
    (tmp_path / "config.toml").write_text(
        f"""
        [device]
        port = "{server.name}"
        open_wait = 0.0
        [sampler]
        workspace = "{tmp_path / "20251027"}"
        duration = 2.0
        [sensors.ch1]
        id = 1
        nsteps = 2
        [sensors.ch2]
        id = 2
        nsteps = 1
        """
    )

    cfg = ConfigLoader(tmp_path / "config.toml").config
    device = Device(cfg.device, speed=50.0)
    device.connect()
    results = run_serial_threshold_scan(cfg, device)
    device.disconnect()

    assert results.success
    assert results.scanned_channels == [1, 2]
    assert [len(rows(path)) for path in results.files] == [5, 3]
    told = windows(machine.log.records)
    counted = [int(row["event_count"]) for path in results.files for row in rows(path)]
    assert counted == [window.channels[1] for window in told[:5]] + [window.channels[2] for window in told[5:]]


# --- going on with a run ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["serial", "parallel"])
@pytest.mark.parametrize("points", [0, 1, 3])
def test_an_interrupted_run_goes_on_in_its_own_journal(kind, points, scan_config, plan_of, setting, rows, tmp_path):
    plan = plan_of(kind, scan_config({1: 300, 2: 308}))
    whole = take(plan, FakeDetector(), SCANS[kind], setting())
    wanted = content(whole.files, rows)
    directory = whole.run.directory
    cut(directory, points)
    (tmp_path / "scan" / "scan_results_ch1.csv").write_bytes(b"timestamp,channel,thr")  # as a power cut leaves it

    detector = FakeDetector()
    again = take(plan, detector, SCANS[kind], setting(earlier=(read(directory),), reopened=True))
    assert (again.number, again.run.directory, again.status) == (whole.number, directory, "success")
    assert len(detector.windows) == plan.shape[0] - points
    assert again.files == whole.files
    assert content(again.files, rows) == wanted
    record = read(directory)
    assert [row["point"] for row in record.stream("primary").rows()] == list(range(plan.shape[0]))
    assert record.stop["num_events"]["primary"] == plan.shape[0]
    assert all(a < b for a, b in pairwise(record.stream("primary").seq))
    audit = rows(tmp_path / "scan" / "threshold_operations.csv")
    writes = record.stream("thresholds")
    assert [int(row["new_threshold"]) for row in audit] == writes.columns["new_threshold"]
    assert len(writes) == len({*writes.seq})
    assert (directory / "journal.torn").exists()


def test_a_whole_journal_without_its_end_only_needs_one(scan_config, plan_of, setting, rows):
    plan = plan_of("parallel", scan_config())
    whole = take(plan, FakeDetector(), scan_parallel, setting())
    wanted = content(whole.files, rows)
    cut(whole.run.directory, 99)
    detector = FakeDetector()
    again = take(plan, detector, scan_parallel, setting(earlier=(read(whole.run.directory),), reopened=True))
    assert (again.status, detector.attempts) == ("success", [])
    assert content(again.files, rows) == wanted


def test_a_skipped_step_is_tried_again(scan_config, plan_of, setting, record):
    def refuse(channel, value, attempt):
        return ThresholdRefused("no") if value == 295 else None

    plan = plan_of("parallel", scan_config({1: 300}))
    whole = take(plan, FakeDetector(refuse), scan_parallel, setting())
    assert whole.skipped == [1]
    cut(whole.run.directory, 3)
    again = take(plan, FakeDetector(), scan_parallel, setting(earlier=(read(whole.run.directory),), reopened=True))
    assert (again.status, again.skipped) == ("success", [])
    assert sorted(point.threshold for point in again.points[1]) == [290, 295, 300, 305, 310]


def test_only_an_interrupted_run_is_reopened(scan_config, plan_of, setting):
    plan = plan_of("parallel", scan_config())
    whole = take(plan, FakeDetector(), scan_parallel, setting())
    with pytest.raises(RunStateError, match="is never appended to"):
        take(plan, FakeDetector(), scan_parallel, setting(earlier=(read(whole.run.directory),), reopened=True))


def stopped_after(points, plan, scan, setting):
    opened = []

    def stop(window):
        if window == points:
            ask(opened[0].directory, "abort")
            opened[0].wait(0.05)

    return take(plan, FakeDetector(on_count=stop), scan, setting(opened=opened.append))


@pytest.mark.parametrize("kind", ["serial", "parallel"])
def test_an_aborted_run_goes_on_in_a_new_one(kind, scan_config, plan_of, setting, rows, tmp_path, record):
    plan = plan_of(kind, scan_config({1: 300, 2: 308}))
    total = plan.shape[0]
    first = stopped_after(2, plan, SCANS[kind], setting)
    assert first.status == "abort"
    untouched = {path: path.read_bytes() for path in (tmp_path / "scan").iterdir()}
    second = stopped_after(1, plan, SCANS[kind], lambda **given: setting(earlier=(record(first.number),), **given))
    assert second.status == "abort"
    earlier = (record(first.number), record(second.number))
    detector = FakeDetector()
    third = take(plan, detector, SCANS[kind], setting(earlier=earlier))
    assert (third.status, len(detector.windows)) == ("success", total - 3)
    assert len({first.number, second.number, third.number}) == 3
    assert record(third.number).start["scantrail"]["resumed_from"] == record(second.number).start["uid"]
    assert record(third.number).start["num_points"] == total - 3
    whole = take(plan, FakeDetector(), SCANS[kind], setting(workspace=tmp_path / "other"))
    assert content(third.files, rows) == content(whole.files, rows)
    assert {path: path.read_bytes() for path in untouched} == untouched
    own = tmp_path / "scan" / f"run-{third.number}"
    audit = [row["new_threshold"] for row in rows(own / "threshold_operations.csv")]
    before = [value for run in earlier for value in run.stream("thresholds").columns["new_threshold"]]
    assert [int(value) for value in audit[: len(before)]] == before


def test_a_failed_run_that_lacks_no_point_is_only_written_out(scan_config, plan_of, setting, record, rows):
    def answer(channel, value, attempt):
        return ThresholdRefused("no") if value == 1023 else None

    plan = plan_of("parallel", scan_config({1: 300}, nsteps=1))
    with pytest.raises(Exception, match="could not restore"):
        take(plan, FakeDetector(answer), scan_parallel, setting())
    detector = FakeDetector()
    again = take(plan, detector, scan_parallel, setting(earlier=(record(1),)))
    assert (again.status, again.errors, detector.attempts) == ("success", [], [])
    assert [len(rows(path)) for path in again.files] == [3]


# --- files of other scans ---------------------------------------------------------------------------------------------


def test_an_interrupted_run_goes_on_in_the_directory_it_was_given(scan_config, plan_of, setting, rows, tmp_path):
    plan = plan_of("parallel", scan_config())
    first = take(plan, FakeDetector(), scan_parallel, setting())
    before = content(first.files, rows)
    second = take(plan, FakeDetector(), scan_parallel, setting())
    cut(second.run.directory, 2)
    again = take(plan, FakeDetector(), scan_parallel, setting(earlier=(read(second.run.directory),), reopened=True))
    assert again.files == second.files
    assert str(tmp_path / "scan" / f"run-{second.number}") in again.files[0]
    assert content(first.files, rows) == before


@pytest.mark.parametrize("points", [0, 2])
def test_an_interrupted_run_never_takes_the_files_of_a_scan_that_came_after_it(
    points, scan_config, plan_of, setting, tmp_path
):
    plan = plan_of("parallel", scan_config())
    first = take(plan, FakeDetector(), scan_parallel, setting())
    cut(first.run.directory, points)
    shutil.rmtree(tmp_path / "scan")  # the user tidied up
    take(plan, FakeDetector(), scan_parallel, setting())
    others = {path: path.read_bytes() for path in (tmp_path / "scan").iterdir()}
    again = take(plan, FakeDetector(), scan_parallel, setting(earlier=(read(first.run.directory),), reopened=True))
    assert {path: path.read_bytes() for path in others} == others
    assert {path.rsplit("/", 2)[1] for path in again.files} == {f"run-{first.number}"}


def test_files_are_closed_when_a_resumed_run_cannot_write_them(scan_config, plan_of, setting, monkeypatch):
    plan = plan_of("parallel", scan_config())
    whole = take(plan, FakeDetector(), scan_parallel, setting())
    cut(whole.run.directory, 2)
    monkeypatch.setattr("scantrail.threshold.files.RowFile.append", _full)
    detector = FakeDetector()
    with pytest.raises(OutputError, match="full"):
        take(plan, detector, scan_parallel, setting(earlier=(read(whole.run.directory),), reopened=True))
    assert detector.attempts == []
    assert summarize(whole.run.directory).status == "fail"


def _full(file, row):
    raise OutputError("the disk is full")


# --- killed -----------------------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from scantrail.threshold import ConfigLoader, Device, run_parallel_threshold_scan

config = ConfigLoader(sys.argv[1]).config
device = Device(config.device, speed=float(sys.argv[2]))
device.connect()
count = device.count
windows = []

def killed_in_the_third(seconds, wait):
    windows.append(seconds)
    if len(windows) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return count(seconds, wait)

device.count = killed_in_the_third
run_parallel_threshold_scan(config, device)
"""


def test_killed_and_resumed_with_the_detector_still_alive(board, tmp_path, rows, record):
    machine, server = board(speed=50.0)
    station = tmp_path / "station.toml"
    station.write_text(
        f"""
        [device]
        port = "{server.name}"
        dialect = "v1"
        open_wait = 0.0
        [sampler]
        duration = 2.0
        workspace = "{tmp_path / "scan"}"
        [sensors.ch1]
        nsteps = 2
        threshold = 333
        [sensors.ch2]
        nsteps = 2
        """
    )
    died = subprocess.run([sys.executable, "-c", KILLED, station, "50"], env=os.environ, check=False, timeout=50)
    assert died.returncode == -signal.SIGKILL
    interrupted = record(1)
    assert summarize(interrupted.directory).status == "interrupted"
    assert len(interrupted.stream("primary")) == 2
    assert [len(rows(tmp_path / "scan" / f"scan_results_ch{channel}.csv")) for channel in (1, 2)] == [2, 2]

    config = HaniwersConfig.from_toml(station)
    plan = parallel_plan(config)
    setting = replace(setting_of(config), earlier=(interrupted,), reopened=True)
    with Device(config.device, speed=50.0) as device:
        taken = take(plan, device, scan_parallel, setting)
    assert (taken.number, taken.status) == (1, "success")
    told = windows(machine.log.records)
    measured = [window for window in told if window.stop is not None]
    for channel, path in zip((1, 2), taken.files, strict=True):
        counts = [int(row["event_count"]) for row in rows(path)]
        assert counts == [window.channels[channel] for window in measured]
    assert board_thresholds(machine.log.records) == {1: 333, 2: 1023, 3: 400}
    assert [row["point"] for row in record(1).stream("primary").rows()] == [0, 1, 2, 3, 4]
