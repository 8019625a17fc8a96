"""Seed 000: the serial scan, its functions, their signatures and files."""

import inspect
from pathlib import Path

import pytest
from fake_detector import FakeDetector

from scantrail.errors import OutputError, ThresholdRefused, WindowError
from scantrail.sim import Faults, WriteFault, thresholds, windows
from scantrail.threshold import (
    ScanDataPoint,
    ThresholdOperation,
    files,
    run_serial_threshold_scan,
    scan_single_channel,
    serial,
)


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        ("run_serial_threshold_scan", {"config": None, "device": None, "max_retry": 3}),
        (
            "scan_single_channel",
            {
                "sensor_config": None,
                "device": None,
                "project_config": None,
                "output_dir": None,
                "max_retry": 3,
                "operations_log": None,
            },
        ),
        ("collect_events", {"device": None, "duration": None}),
        ("write_scan_results", {"channel": None, "data_points": None, "output_dir": None}),
        ("write_audit_log", {"operations": None, "output_dir": None}),
    ],
)
def test_the_functions_of_the_seed_have_its_signatures(function, parameters):
    signature = inspect.signature(getattr(serial, function))
    given = {name: None if p.default is p.empty else p.default for name, p in signature.parameters.items()}
    assert given == parameters
    assert function in serial.__all__


def test_the_results_of_the_seed_are_immutable():
    point = ScanDataPoint(timestamp="2025-10-27T10:23:45.123Z", channel=1, threshold=250, event_count=1234)
    with pytest.raises(AttributeError):
        point.event_count = 0
    for name in ("ScanDataPoint", "ThresholdOperation", "ChannelScanResult", "ScanResult"):
        assert name in serial.__all__


def test_each_channel_in_turn_with_the_others_suppressed(mock, scan_config, rows, record):
    config = scan_config(nsteps=1, duration=3.0)
    device = mock(config)
    result = run_serial_threshold_scan(config, device)
    assert (result.success, result.scanned_channels, result.errors) == (True, [1, 2, 3], [])
    told = windows(device.machine.log.records)
    assert [window.thresholds for window in told] == [
        {1: 1023, 2: 1023, 3: 1023} | {channel: center + k}
        for channel, center in ((1, 300), (2, 308), (3, 292))
        for k in (-5, 0, 5)
    ]
    for place, (channel, path) in enumerate(zip((1, 2, 3), result.files, strict=True)):
        mine = told[3 * place : 3 * place + 3]
        assert [int(row["event_count"]) for row in rows(path)] == [window.channels[channel] for window in mine]
        assert {int(row["channel"]) for row in rows(path)} == {channel}
        assert Path(path).name == f"scan_results_ch{channel}.csv"
    run = record(result.run)
    assert run.start["scantrail"]["kind"] == "threshold_serial"
    purposes = [row["purpose"] for row in run.stream("thresholds").rows()]
    assert purposes == ["suppress", "suppress", "scan", "scan", "scan"] * 3 + ["restore"] * 3


def test_the_suppress_threshold_of_the_configuration_is_used(scan_config):
    detector = FakeDetector()
    run_serial_threshold_scan(scan_config({1: 300}, nsteps=1).with_options(suppress_threshold=1000), detector)
    assert detector.attempts[:2] == [(2, 1000), (3, 1000)]


def test_thresholds_that_clamping_repeats_are_measured_once(scan_config, plan_of):
    config = scan_config({1: 2, 2: 300}, nsteps=3, step=1)
    detector = FakeDetector()
    result = run_serial_threshold_scan(config, detector)
    assert [window[1] for window in detector.windows[:5]] == [1, 2, 3, 4, 5]
    assert result.success
    (notice,) = plan_of("serial", config).notices
    assert notice == "channel 1: 2 of 7 thresholds lie outside 1-1023 and are left out; 5 remain"


def test_one_failure_does_not_stop_the_other_channels(mock, scan_config, rows, record):
    config = scan_config(nsteps=1)
    device = mock(config, Faults(writes=(WriteFault("refuse", 2, 308),)))
    result = run_serial_threshold_scan(config, device)
    assert not result.success
    assert len(result.errors) == 1
    assert result.errors[0].startswith("channel 2 stopped at its threshold 308: ")
    assert [[int(row["threshold"]) for row in rows(path)] for path in result.files] == [
        [295, 300, 305],
        [303],
        [287, 292, 297],
    ]
    run = record(result.run)
    assert run.stop["exit_status"] == "success"
    assert run.stop["reason"] == result.errors[0]
    assert [row["point"] for row in run.stream("skipped").rows()] == [4]


def test_a_neighbour_that_cannot_be_suppressed_fails_the_channel(scan_config):
    def answer(channel, value, attempt):
        return ThresholdRefused("no") if (channel, value) == (3, 1023) else None

    detector = FakeDetector(answer)
    result = run_serial_threshold_scan(scan_config({1: 300, 3: 292}, nsteps=1, rest={3: 350}), detector)
    assert result.errors == ["channel 1 stopped at its threshold 295: no"]
    assert [window[3] for window in detector.windows] == [287, 292, 297]


def test_no_channel_at_all(mock, scan_config, record):
    config = scan_config(nsteps=1)
    result = run_serial_threshold_scan(config, mock(config, Faults(writes=(WriteFault("refuse"),))))
    assert (result.success, result.files) == (False, [])
    assert [error.split(" ")[:2] for error in result.errors[:3]] == [
        ["channel", "1"],
        ["channel", "2"],
        ["channel", "3"],
    ]
    assert record(result.run).stop["exit_status"] == "fail"


# --- one channel ------------------------------------------------------------------------------------------------------


def test_scan_single_channel(mock, scan_config, tmp_path, rows):
    config = scan_config(nsteps=1)
    device = mock(config)
    operations = []
    result = scan_single_channel(config.sensors["ch2"], device, config, tmp_path / "one", operations_log=operations)
    assert (result.channel, result.error) == (2, None)
    assert result.files == [str(tmp_path / "one" / "scan_results_ch2.csv")]
    told = windows(device.machine.log.records)
    assert [(point.threshold, point.event_count) for point in result.data_points] == [
        (value, window.channels[2]) for value, window in zip((303, 308, 313), told, strict=True)
    ]
    assert [(row["timestamp"], row["threshold"]) for row in rows(result.files[0])] == [
        (point.timestamp, str(point.threshold)) for point in result.data_points
    ]
    assert all(window.thresholds[1] == window.thresholds[3] == 1023 for window in told)
    assert [(one.channel, one.new_threshold) for one in operations][:3] == [(1, 1023), (3, 1023), (2, 303)]
    assert {one.status for one in operations} == {"success"}
    assert all(isinstance(one, ThresholdOperation) for one in operations)


def test_scan_single_channel_takes_a_sensor_of_any_name(scan_config, tmp_path):
    config = scan_config(nsteps=1)
    sensor = config.sensors["ch2"].model_copy(update={"name": "veto"})
    assert scan_single_channel(sensor, FakeDetector(), config, tmp_path / "one").error is None


def test_scan_single_channel_tells_a_failure_instead_of_raising_it(scan_config, tmp_path):
    def answer(channel, value, attempt):
        return ThresholdRefused("no") if value == 308 else None

    config = scan_config(nsteps=1)
    operations = []
    result = scan_single_channel(
        config.sensors["ch2"], FakeDetector(answer), config, tmp_path / "one", operations_log=operations
    )
    assert result.error == "channel 2 stopped at its threshold 308: no"
    assert [point.threshold for point in result.data_points] == [303]
    assert [one.status for one in operations].count("no") == 1


def test_scan_single_channel_keeps_what_was_taken_before_the_detector_was_lost(mock, scan_config, tmp_path, rows):
    config = scan_config(nsteps=2)
    device = mock(config)
    count = device.count

    def lost_in_the_third(seconds, wait):
        if len(windows(device.machine.log.records)) == 2:
            device.machine.faults = Faults(unplug=0.0)
        return count(seconds, wait)

    device.count = lost_in_the_third
    operations = []
    result = scan_single_channel(config.sensors["ch1"], device, config, tmp_path / "one", operations_log=operations)
    assert "is gone" in result.error
    assert "could not restore the thresholds" in result.error
    assert [point.threshold for point in result.data_points] == [290, 295]
    assert [row["threshold"] for row in rows(result.files[0])] == ["290", "295"]
    assert [(one.channel, one.new_threshold) for one in operations[:3]] == [(2, 1023), (3, 1023), (1, 290)]


def test_scan_single_channel_tells_when_the_thresholds_could_not_be_restored(mock, scan_config, tmp_path):
    config = scan_config({1: 300}, nsteps=1, rest={1: 350})
    device = mock(config, Faults(writes=(WriteFault("refuse", 1, 350),)))
    result = scan_single_channel(config.sensors["ch1"], device, config, tmp_path / "one")
    assert "could not restore the thresholds: channel 1 to 350" in result.error
    assert len(result.data_points) == 3


def test_scan_single_channel_raises_where_nothing_can_be_written(scan_config, tmp_path):
    (tmp_path / "file").write_text("")
    config = scan_config(nsteps=1)
    with pytest.raises(OutputError, match="file"):
        scan_single_channel(config.sensors["ch1"], FakeDetector(), config, tmp_path / "file")


def test_scan_single_channel_raises_when_the_disk_fills_up(scan_config, tmp_path, monkeypatch):
    def full(file, row):
        raise OutputError("the disk is full")

    config = scan_config(nsteps=1)
    operations = []
    detector = FakeDetector(on_count=lambda window: monkeypatch.setattr(files.RowFile, "append", full))
    with pytest.raises(OutputError, match="full"):
        scan_single_channel(config.sensors["ch1"], detector, config, tmp_path / "one", operations_log=operations)
    assert [(one.channel, one.new_threshold) for one in operations] == [(2, 1023), (3, 1023), (1, 295)]


def test_a_window_without_its_end_fails_the_run(scan_config, record, tmp_path, rows):
    def frozen(window):
        if window == 3:
            raise WindowError("frozen")

    detector = FakeDetector(on_count=frozen)
    with pytest.raises(WindowError, match="frozen"):
        run_serial_threshold_scan(scan_config(), detector)
    assert record(1).stop["exit_status"] == "fail"
    assert len(rows(tmp_path / "scan" / "scan_results_ch1.csv")) == 2
    assert [detector.confirmed(channel) for channel in (1, 2, 3)] == [1023, 1023, 1023]


# --- thresholds given back --------------------------------------------------------------------------------------------


def test_a_channel_that_is_only_suppressed_is_given_its_threshold_back_too(mock, scan_config):
    config = scan_config(rest={1: 310, 2: 320, 3: 330}).with_options(thresholds="1:300", nsteps="1")
    device = mock(config)
    result = run_serial_threshold_scan(config, device)
    assert thresholds(device.machine.log.records) == {1: 310, 2: 320, 3: 330}
    assert "channel 2 is back at 320 ([sensors.ch2] threshold)" in result.restored


def test_what_was_confirmed_before_comes_first_then_the_station_then_silence(mock, scan_config):
    config = scan_config({1: 300, 2: 308}, nsteps=1, rest={1: 310, 2: 320})
    device = mock(config)
    device.set_threshold(1, 333)
    result = run_serial_threshold_scan(config, device)
    assert sorted(result.restored) == [
        "channel 1 is back at 333 (as before the scan)",
        "channel 2 is back at 320 ([sensors.ch2] threshold)",
        "channel 3 is back at 1023 (suppressed: the value before the scan was not known)",
    ]
    assert thresholds(device.machine.log.records) == {1: 333, 2: 320, 3: 1023}


# --- counting and writing on their own --------------------------------------------------------------------------------


def test_collect_events(mock, scan_config):
    device = mock(scan_config())
    for channel, value in ((1, 295), (2, 303), (3, 1023)):
        device.set_threshold(channel, value)
    counted = serial.collect_events(device, duration=5.0)
    (told,) = windows(device.machine.log.records)
    assert counted == told.events > 0
