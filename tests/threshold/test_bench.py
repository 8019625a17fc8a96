"""What a scan leaves behind: thresholds given back, an audit of every write, and the truth about both."""

import pytest
from fake_detector import FakeDetector

from scantrail.errors import LinkLost, OutputError, SafeStateError, ThresholdRefused, ThresholdUnconfirmed, WindowError
from scantrail.runs import RunWriter, ask
from scantrail.sim import Faults, WriteFault, thresholds, windows
from scantrail.threshold import run_parallel_threshold_scan, run_serial_threshold_scan, scan_parallel, take
from scantrail.threshold.files import ScanFiles


def purposes(run):
    return [(row["purpose"], row["channel"], row["new_threshold"]) for row in run.stream("thresholds").rows()]


def test_every_write_is_in_the_audit_in_order(mock, scan_config, tmp_path, rows, record):
    config = scan_config({1: 300, 2: 308}, nsteps=1, rest={1: 350})
    device = mock(config)
    result = run_parallel_threshold_scan(config, device)
    run = record(result.run)
    assert purposes(run) == [
        *(("scan", channel, center + k) for k in (-5, 0, 5) for channel, center in ((1, 300), (2, 308))),
        ("restore", 1, 350),
        ("restore", 2, 1023),
    ]
    audit = rows(tmp_path / "scan" / "threshold_operations.csv")
    assert [(int(row["channel"]), int(row["new_threshold"])) for row in audit] == [
        (channel, value) for _, channel, value in purposes(run)
    ]
    sent = [r for r in device.machine.log.records if r["what"] == "command" and r["text"].startswith("SET_THRESHOLD")]
    assert [(r["channel"], r["threshold"]) for r in sent] == [(channel, value) for _, channel, value in purposes(run)]
    for row in run.stream("thresholds").rows():
        assert row["attempts"] == 1
        assert 0 < row["latency"] < 1
        assert row["exchange"].startswith(f"SET_THRESHOLD {row['channel']} {row['new_threshold']} -> ")


def test_a_restore_that_fails_is_loud_and_names_each_channel(mock, scan_config, record):
    config = scan_config({1: 300, 2: 308}, nsteps=1, rest={1: 350, 2: 360})
    device = mock(config, Faults(writes=(WriteFault("refuse", 1, 350), WriteFault("refuse", 2, 360))))
    with pytest.raises(
        SafeStateError, match=r"could not restore the thresholds: channel 1 to 350: .*; channel 2 to 360"
    ):
        run_parallel_threshold_scan(config, device)
    run = record(1)
    assert run.stop["exit_status"] == "fail"
    assert "channel 1 to 350" in run.stop["reason"]
    assert len(run.stream("primary")) == 3
    assert [row["status"] != "success" for row in run.stream("thresholds").rows()][-2:] == [True, True]


def test_one_channel_that_cannot_be_restored_does_not_keep_the_others(scan_config):
    def answer(channel, value, attempt):
        return ThresholdRefused("no") if (channel, value) == (1, 350) else None

    detector = FakeDetector(answer)
    with pytest.raises(SafeStateError, match="channel 1 to 350: no"):
        run_parallel_threshold_scan(scan_config({1: 300, 2: 308}, nsteps=1, rest={1: 350, 2: 360}), detector)
    assert detector.attempts[-2:] == [(1, 350), (2, 360)]
    assert detector.confirmed(2) == 360


def test_unplugged(mock, scan_config, tmp_path, rows, record):
    config = scan_config()
    device = mock(config)
    count = device.count

    def pull_in_the_third(seconds, wait):
        if device.confirmed(1) == 300:
            device.machine.faults = Faults(unplug=0.0)
        return count(seconds, wait)

    device.count = pull_in_the_third
    with pytest.raises(LinkLost, match="sim://osechi is gone") as caught:
        run_parallel_threshold_scan(config, device)
    (note,) = [note for note in caught.value.__notes__ if "restore" in note]
    assert note.startswith("could not restore the thresholds: channel 1 to 1023: The detector on sim://osechi is gone")
    run = record(1)
    assert run.stop["exit_status"] == "fail"
    assert note in run.stop["reason"]
    assert [row["point"] for row in run.stream("primary").rows()] == [0, 1]
    for channel in (1, 2, 3):
        assert len(rows(tmp_path / "scan" / f"scan_results_ch{channel}.csv")) == 2
    # the connection is gone: one channel's failure tells of all
    assert purposes(run)[-1] == ("restore", 1, 1023)


def test_frozen(mock, scan_config, record):
    config = scan_config(timeout=0.3)
    device = mock(config)
    count = device.count

    def freeze_in_the_second(seconds, wait):
        if device.confirmed(1) == 295:
            device.machine.faults = Faults(freeze=0.0)
        return count(seconds, wait)

    device.count = freeze_in_the_second
    with pytest.raises(WindowError, match="did not acknowledge SET_STREAM 1"):
        run_parallel_threshold_scan(config, device, max_retry=1)
    run = record(1)
    assert run.stop["exit_status"] == "fail"
    assert "could not restore the thresholds" in run.stop["reason"]
    assert len(run.stream("primary")) == 1


def test_garbage_and_half_lines_are_counted_and_not_fatal(mock, scan_config, record):
    config = scan_config(nsteps=1, duration=10.0)
    device = mock(config, Faults(garbage=0.1, half_lines=0.1, debug=0.1))
    result = run_parallel_threshold_scan(config, device)
    assert (result.success, result.errors) == (True, [])
    told = windows(device.machine.log.records)
    primary = record(result.run).stream("primary")
    assert [row["ch1_counts"] for row in primary.rows()] == [window.channels[1] for window in told]
    assert sum(primary.columns["unparsable"]) > 0
    assert primary.columns["lost"] == [unparsable or None for unparsable in primary.columns["unparsable"]]


def test_unplugged_while_a_threshold_is_written(scan_config, record):
    detector = FakeDetector(lambda channel, value, attempt: LinkLost("gone") if attempt >= 5 else None)
    with pytest.raises(LinkLost, match="gone"):
        run_parallel_threshold_scan(scan_config(), detector)
    assert len(record(1).stream("primary")) == 1
    assert record(1).stop["num_events"]["thresholds"] == 6


def test_restoring_is_tried_as_often_as_any_write(scan_config, plan_of, setting):
    tries = []

    def answer(channel, value, attempt):
        if value != 350:
            return None
        tries.append(attempt)
        return ThresholdUnconfirmed("silence") if len(tries) < 3 else None

    config = scan_config({1: 300}, nsteps=1, rest={1: 350})
    taken = take(plan_of("parallel", config), FakeDetector(answer), scan_parallel, setting())
    assert (taken.status, len(tries)) == ("success", 3)
    assert taken.restored == ["channel 1 is back at 350 ([sensors.ch1] threshold)"]


@pytest.mark.parametrize(("scan", "windows"), [(run_parallel_threshold_scan, 2), (run_serial_threshold_scan, 6)])
def test_nothing_is_measured_where_nothing_was_confirmed(scan, windows, scan_config):
    def answer(channel, value, attempt):
        return ThresholdUnconfirmed("silence") if attempt == 2 else None

    detector = FakeDetector(answer)
    scan(scan_config({1: 300, 2: 308, 3: 292}, nsteps=1), detector, max_retry=1)
    assert [set(window) for window in detector.windows] == [{1, 2, 3}] * windows


# --- when the disk refuses --------------------------------------------------------------------------------------------


def test_the_other_channels_are_restored_when_the_disk_refuses_the_audit(scan_config, record, monkeypatch):
    keep = ScanFiles.operation

    def full(files, operation):
        if operation.new_threshold >= 350:
            raise OutputError("cannot write threshold_operations.csv: No space left on device")
        keep(files, operation)

    monkeypatch.setattr(ScanFiles, "operation", full)
    detector = FakeDetector()
    with pytest.raises(SafeStateError) as caught:
        run_parallel_threshold_scan(scan_config(rest={1: 350, 2: 360, 3: 370}), detector)
    assert str(caught.value) == (
        "could not record how the thresholds were restored: "
        "cannot write threshold_operations.csv: No space left on device"
    )
    assert {channel: detector.confirmed(channel) for channel in (1, 2, 3)} == {1: 350, 2: 360, 3: 370}
    assert record(1).stop["exit_status"] == "fail"


def test_the_thresholds_are_restored_when_the_journal_refuses(mock, scan_config, monkeypatch):
    config = scan_config(rest={1: 350, 2: 360, 3: 370})
    device = mock(config)
    event, refused = RunWriter.event, []

    def full(run, stream, data, time):
        if run.taken() >= 2 and stream == "thresholds":
            refused.append(stream)
            raise OutputError("cannot write journal.jsonl: the disk is full")
        return event(run, stream, data, time)

    monkeypatch.setattr(RunWriter, "event", full)
    with pytest.raises(OutputError, match="the disk is full") as caught:
        run_parallel_threshold_scan(config, device)
    assert thresholds(device.machine.log.records) == {1: 350, 2: 360, 3: 370}
    assert refused == ["thresholds"] * 4
    assert caught.value.__notes__ == [
        "could not record how the thresholds were restored: cannot write journal.jsonl: the disk is full"
    ]


# --- a request to stop ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "points"), [(1, 3), (2, 2)])
def test_stopped_in_a_window(scan_config, plan_of, setting, record, asked, points):
    """Once: the window ends as planned. Twice: it is cut, and its point was never taken."""
    opened = []

    def stop(window):
        for _ in range(asked if window == 3 else 0):
            ask(opened[0].directory, "abort")
            opened[0].wait(0.05)

    detector = FakeDetector(on_count=stop)
    config = scan_config(rest={1: 350, 2: 360, 3: 370})
    taken = take(plan_of("parallel", config), detector, scan_parallel, setting(opened=opened.append))
    assert taken.status == "abort"
    assert taken.reasons == [f"stopped on request after {points} of 5 points"]
    assert [len(points) for points in taken.points.values()] == [points] * 3
    assert {channel: detector.confirmed(channel) for channel in (1, 2, 3)} == {1: 350, 2: 360, 3: 370}
    assert record(taken.number).stop["exit_status"] == "abort"
    assert len(detector.windows) == 3


def test_stopped_while_a_silent_detector_is_asked_again(scan_config, plan_of, setting):
    opened = []

    def answer(channel, value, attempt):
        if attempt == 4:
            ask(opened[0].directory, "abort")
            opened[0].wait(0.05)
        return ThresholdUnconfirmed("silence") if 4 <= attempt < 6 else None

    detector = FakeDetector(answer)
    taken = take(plan_of("parallel", scan_config()), detector, scan_parallel, setting(opened=opened.append))
    assert (taken.status, taken.skipped, len(detector.windows)) == ("abort", [], 1)
    assert detector.attempts[3:5] == [(1, 295), (1, 1023)]
