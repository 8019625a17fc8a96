"""What a cable, a board or a firmware does wrong, as the simulator does it on demand over its pseudo-terminal."""

import json
import signal

import pytest
from commands import (
    agrees_with_the_log,
    detector,
    newest,
    run_with_points,
    scan_files,
    scantrail,
    started,
    table,
    until,
)

from scantrail.runs import read

SCAN = ("threshold", "parallel", "--thresholds", "1:300;2:308;3:292", "--nsteps", 3, "--step", 2, "--duration", 1)
SERIAL = ("threshold", "serial", "--thresholds", "1:300;2:308;3:292", "--nsteps", 3, "--step", 2, "--duration", 1)
AT_REST = {1: 1023, 2: 1023, 3: 1023}


@pytest.mark.parametrize("fault", ["--refuse", "--ignore", "--corrupt"])
def test_one_write_that_fails_costs_one_step(tmp_path, fault):
    with detector(tmp_path, fault, "2:310", device={"timeout": 0.4}) as bench:
        done = scantrail(*SCAN, "--config", bench.station, "--max-retry", 2, "--json")
        assert done.code == 3, done.err
        assert done.document["skipped_steps"] == [4]
        assert done.document["status"] == "success"
        assert (done.document["points"], done.document["expected"]) == (6, 7)
        [error] = done.document["errors"]
        assert "step 4" in error
        assert "threshold 310 of channel 2" in error
        rows = scan_files(newest())
        assert {channel: len(rows[channel]) for channel in rows} == {1: 6, 2: 6, 3: 6}
        assert "310" not in {row["threshold"] for row in rows[2]}
        record = read(newest())
        assert record.stream("skipped").columns["point"] == [4]
        assert bench.thresholds == AT_REST
        agrees_with_the_log(record, bench)
        assert f"! {error}" in done.err.splitlines()


def test_every_write_refused(tmp_path):
    with detector(tmp_path, "--refuse", "all") as bench:
        done = scantrail(*SCAN, "--config", bench.station)
        assert done.code == 1
        assert scan_files(newest()) == {}
        assert read(newest()).stop["exit_status"] == "fail"
        assert "no step was measured" in done.err
        writes = table(newest() / "threshold_operations.csv")
        assert writes
        assert "success" not in {row["status"] for row in writes}


def test_every_write_ignored_ends_soon(tmp_path):
    with detector(tmp_path, "--ignore", "all", device={"timeout": 0.4}) as bench:
        done = scantrail(*SCAN, "--config", bench.station, "--max-retry", 1)
        assert done.code == 1
        assert scan_files(newest()) == {}
        assert "3 steps in a row were not confirmed" in done.err


def test_a_serial_scan_goes_on_with_the_next_channel(tmp_path):
    with detector(tmp_path, "--refuse", "2:310") as bench:
        done = scantrail(*SERIAL, "--config", bench.station, "--json")
        assert done.code == 3, done.err
        rows = scan_files(newest())
        assert {channel: len(rows[channel]) for channel in rows} == {1: 7, 2: 4, 3: 7}
        [error] = done.document["errors"]
        assert error.startswith("channel 2 stopped at its threshold 310")
        assert bench.thresholds == AT_REST
        agrees_with_the_log(read(newest()), bench)


def test_replies_dropped_twice(tmp_path):
    with detector(tmp_path, "--drop-writes", 2, device={"timeout": 0.4}) as bench:
        done = scantrail(*SCAN, "--config", bench.station)
        assert done.code == 0, done.err
        record = read(newest())
        assert record.stream("thresholds").columns["attempts"][:3] == [3, 1, 1]
        assert set(record.stream("thresholds").columns["status"]) == {"success"}
        assert len(table(newest() / "threshold_operations.csv")) == 7 * 3 + 3
        agrees_with_the_log(record, bench)


def test_unplugged(tmp_path):
    with detector(tmp_path) as bench, started(*SCAN, "--config", bench.station, "--duration", 6) as running:
        run_with_points(2)
        bench.process.terminate()
        bench.process.wait()
        done = running.ended(within=4.0)  # 2 s, and the machine's own haste
        assert done.code == 1
        assert str(bench.link) in done.err
        record = read(newest())
        assert record.stop["exit_status"] == "fail"
        taken = len(record.stream("primary"))
        assert 0 < taken < 7
        assert f'{taken} of 7 points are saved in run 1; "scantrail runs resume 1" goes on.' in done.err
        assert {len(rows) for rows in scan_files(newest()).values()} == {taken}
        assert f"run 1: threshold parallel, fail, {taken} of 7 points" in done.out
        assert "scan_results_ch1.csv" in done.out
    with detector(tmp_path) as bench:
        resumed = scantrail("runs", "resume", 1)
        assert resumed.code == 0, resumed.err
        assert {len(rows) for rows in scan_files(newest()).values()} == {7}


def test_unplugged_while_paused_is_seen_when_it_goes_on(tmp_path):
    with detector(tmp_path) as bench, started(*SCAN, "--config", bench.station, "--duration", 8) as scan:
        until(lambda: newest() and bench.windows, "a window")
        assert scantrail("runs", "pause", 1).code == 0
        bench.process.terminate()
        bench.process.wait()
        scantrail("runs", "resume", 1)
        done = scan.ended(within=5.0)
        assert done.code == 1
        assert str(bench.link) in done.err


def test_frozen(tmp_path):
    scan = (*SCAN, "--duration", 6, "--max-retry", 1)
    with detector(tmp_path, device={"timeout": 0.4}) as bench, started(*scan, "--config", bench.station) as running:
        run_with_points(2)
        bench.process.send_signal(signal.SIGSTOP)
        done = running.ended()
        bench.process.send_signal(signal.SIGCONT)
        assert done.code == 1
        record = read(newest())
        assert record.stop["exit_status"] == "fail"
        assert 2 <= len(record.stream("primary")) < 7
        assert str(bench.link) in done.err
        assert all(sum(row) > 0 for row in counts(record))  # silence is no count


def test_unplugged_and_frozen_by_the_simulator(tmp_path):
    for fault in ("--unplug", "--freeze"):
        with detector(tmp_path, fault, 20, device={"timeout": 0.4}) as bench:
            done = scantrail(*SCAN, "--config", bench.station, "--duration", 60, "--max-retry", 1)
            assert done.code == 1
            assert str(bench.link) in done.err


def test_frozen_from_the_start(tmp_path):
    with detector(tmp_path, "--freeze", 0, device={"timeout": 0.4, "dialect": "v1"}) as bench:
        done = scantrail(*SCAN, "--config", bench.station)
        assert done.code == 1
        assert "does not answer" in done.err
        assert newest() is None


def counts(record):
    return list(zip(*(record.stream("primary").columns[f"ch{n}_counts"] for n in (1, 2, 3)), strict=True))


@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_debug_lines_garbage_and_half_lines(tmp_path, dialect):
    faults = ("--debug", 0.2, "--garbage", 0.1, "--half-lines", 0.1)
    with detector(tmp_path, *faults, "--dialect", dialect) as bench:
        done = scantrail(*SCAN, "--config", bench.station)
        assert done.code == 0, done.err
        record = read(newest())
        assert sum(record.stream("primary").columns["unparsable"]) > 0
        assert "DEBUG lines came between the events" in done.err
        agrees_with_the_log(record, bench)


@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_bytes_dropped_are_reported_as_losses(tmp_path, dialect):
    with detector(tmp_path, "--drop-bytes", 0.01, "--dialect", dialect) as bench:
        done = scantrail(*SCAN, "--config", bench.station)
        assert done.code == 0, done.err
        columns = read(newest()).stream("primary").columns
        assert sum(columns["unparsable"]) > 0
        assert sum(filter(None, columns["lost"])) >= sum(columns["unparsable"])
        assert f"{sum(filter(None, columns['lost']))} of about" in done.err
        assert "events are held to be lost" in done.err


def test_legacy_dialect(tmp_path):
    with detector(tmp_path, "--dialect", "legacy", device={"timeout": 0.4}) as bench:
        done = scantrail(*SCAN, "--config", bench.station)
        assert done.code == 0, done.err
        assert "time of arrival" in done.err
        assert bench.thresholds == AT_REST


def test_at_one_real_second_a_point(tmp_path):
    with detector(tmp_path, speed=1.0) as bench:
        done = scantrail(*SCAN, "--config", bench.station, "--nsteps", 1)
        assert done.code == 0, done.err
        record = read(newest())
        assert len(record.stream("primary")) == 3
        agrees_with_the_log(record, bench)


def test_a_port_in_use_names_its_holder(tmp_path):
    with detector(tmp_path) as bench, started(*SCAN, "--config", bench.station, "--duration", 50) as scan:
        until(lambda: bench.windows, "a window")
        done = scantrail(*SCAN, "--config", bench.station)
        assert done.code == 1
        assert str(bench.link) in done.err
        assert f"process {scan.process.pid} " in done.err
        assert ", run 1)" in done.err
        assert len(done.err.splitlines()) <= 6  # the plan, and one sentence
        assert newest().name.startswith("1-")


def test_thresholds_are_given_back_as_the_station_has_them(tmp_path):
    station_threshold = "[sensors.ch1]\nthreshold = 280\n[sensors.ch2]\nthreshold = 290\n"
    with detector(tmp_path) as bench:
        bench.station.write_text(bench.station.read_text() + station_threshold)
        assert scantrail("threshold", "write", "--thresholds", "1:270", "--config", bench.station).code == 0
        assert bench.thresholds[1] == 270
        [known] = scantrail("threshold", "list", "--json").document
        assert (known["port"], known["channel"], known["value"]) == (str(bench.link), 1, 270)
        assert scantrail("threshold", "list").code == 0
        done = scantrail("threshold", "parallel", "--nsteps", 1, "--duration", 1, "--config", bench.station, "--json")
        assert done.code == 0, done.err
        assert (bench.thresholds[1], bench.thresholds[2]) == (280, 290)
        assert len(done.document["restored"]) == 2


def test_write_refused(tmp_path):
    with detector(tmp_path, "--refuse", "2") as bench:
        done = scantrail("threshold", "write", "--thresholds", "1:270;2:280", "--config", bench.station)
        assert done.code == 3
        assert "channel 1: 270 confirmed" in done.out
        assert "refused threshold 280 of channel 2" in done.err
        alone = scantrail("threshold", "write", "--thresholds", "2:280", "--config", bench.station, "--json")
        assert alone.code == 1
        assert json.loads(alone.out)[0]["attempts"] == 1
