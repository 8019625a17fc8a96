"""ADR-020: parallel scans of the simulated detector, whole."""

import pytest

from scantrail.sim import Faults, WriteFault, thresholds, windows
from scantrail.threshold import run_parallel_threshold_scan


@pytest.mark.alone
def test_basic_parallel_scan_with_mock(mock, scan_config, rows, record):
    config = scan_config({1: 200, 2: 300, 3: 250}, nsteps=8, step=5, duration=5.0)
    device = mock(config)
    result = run_parallel_threshold_scan(config, device)
    assert (result.success, result.scanned_channels, result.errors, result.skipped_steps) == (True, [1, 2, 3], [], [])
    assert [len(rows(path)) for path in result.files] == [17, 17, 17]
    told = windows(device.machine.log.records)
    assert [window.thresholds for window in told] == [{1: 200 + k, 2: 300 + k, 3: 250 + k} for k in range(-40, 41, 5)]
    for channel, path in zip(result.scanned_channels, result.files, strict=True):
        assert [int(row["event_count"]) for row in rows(path)] == [window.channels[channel] for window in told]
    assert record(result.run).stop["exit_status"] == "success"


def test_parallel_scan_with_failing_device(mock, scan_config, rows, record):
    config = scan_config()
    device = mock(config, Faults(writes=(WriteFault("refuse", 2, 308),)))
    result = run_parallel_threshold_scan(config, device)
    assert (result.success, result.skipped_steps) == (True, [2])
    assert len(result.errors) == 1
    assert result.errors[0].startswith("step 2 skipped: ")
    assert "refused threshold 308 of channel 2" in result.errors[0]
    assert [[int(row["threshold"]) for row in rows(path)] for path in result.files] == [
        [290, 295, 305, 310],
        [298, 303, 313, 318],
        [282, 287, 297, 302],
    ]
    run = record(result.run)
    assert run.stop["exit_status"] == "success"
    assert run.stop["reason"] == result.errors[0]
    (skipped,) = run.stream("skipped").rows()
    assert (skipped["point"], skipped["channel"], skipped["threshold"]) == (2, 2, 308)
    assert [row["point"] for row in run.stream("primary").rows()] == [0, 1, 3, 4]


def test_a_write_that_is_never_confirmed_skips_its_step(mock, scan_config, rows, record):
    config = scan_config(timeout=0.4)
    device = mock(config, Faults(writes=(WriteFault("ignore", 3, 292), WriteFault("corrupt", 1, 305))))
    result = run_parallel_threshold_scan(config, device, max_retry=1)
    assert (result.success, result.skipped_steps) == (True, [2, 3])
    assert [[int(row["threshold"]) for row in rows(path)] for path in result.files] == [
        [290, 295, 310],
        [298, 303, 318],
        [282, 287, 302],
    ]
    assert [row["channel"] for row in record(result.run).stream("skipped").rows()] == [3, 1]


def test_all_writes_refused(mock, scan_config, tmp_path, rows, record):
    config = scan_config()
    device = mock(config, Faults(writes=(WriteFault("refuse"),)))
    result = run_parallel_threshold_scan(config, device)
    assert (result.success, result.files, result.skipped_steps) == (False, [], [0, 1, 2, 3, 4])
    assert list((tmp_path / "scan").glob("scan_results*")) == []
    audit = rows(tmp_path / "scan" / "threshold_operations.csv")
    assert all("refused" in row["status"] for row in audit)
    run = record(result.run)
    assert run.stop["exit_status"] == "fail"
    assert "no step was measured" in run.stop["reason"]
    assert "could not restore the thresholds" in run.stop["reason"]
    assert any("could not restore the thresholds" in error for error in result.errors)
    assert windows(device.machine.log.records) == []


def test_replies_dropped_twice_are_one_write_of_three_attempts(mock, scan_config, tmp_path, rows, record):
    config = scan_config({1: 300}, nsteps=1, timeout=0.4)
    device = mock(config, Faults(drop_writes=2))
    result = run_parallel_threshold_scan(config, device)
    assert (result.success, result.skipped_steps, result.errors) == (True, [], [])
    writes = list(record(result.run).stream("thresholds").rows())
    assert [(write["new_threshold"], write["attempts"], write["purpose"]) for write in writes] == [
        (295, 3, "scan"),
        (300, 1, "scan"),
        (305, 1, "scan"),
        (1023, 1, "restore"),
    ]
    assert writes[0]["exchange"].count("silence") == 2
    assert writes[0]["exchange"].endswith('"threshold":295}')
    audit = rows(tmp_path / "scan" / "threshold_operations.csv")
    assert [(row["old_threshold"], row["new_threshold"], row["status"]) for row in audit] == [
        ("0", "295", "success"),
        ("295", "300", "success"),
        ("300", "305", "success"),
        ("305", "1023", "success"),
    ]


def test_parallel_scan_produces_output_files(mock, scan_config, tmp_path, record):
    config = scan_config(nsteps=1)
    result = run_parallel_threshold_scan(config, mock(config))
    assert sorted(path.name for path in (tmp_path / "scan").iterdir()) == [
        "scan_results_ch1.csv",
        "scan_results_ch2.csv",
        "scan_results_ch3.csv",
        "threshold_operations.csv",
    ]
    beside = {path.name for path in record(result.run).directory.iterdir()}
    assert beside == {"journal.jsonl", "events.raw"}


def test_the_detector_ends_where_the_result_says(mock, scan_config):
    config = scan_config({1: 300, 2: 308}, nsteps=1, rest={2: 320})
    device = mock(config)
    device.set_threshold(1, 333)
    result = run_parallel_threshold_scan(config, device)
    assert thresholds(device.machine.log.records) == {1: 333, 2: 320, 3: 400}
    assert result.restored == [
        "channel 1 is back at 333 (as before the scan)",
        "channel 2 is back at 320 ([sensors.ch2] threshold)",
    ]
