"""ADR-020: all channels step together."""

from fake_detector import FakeDetector

from scantrail.threshold import SensorConfig, parallel_plan, run_parallel_threshold_scan


def test_generate_threshold_values_basic(scan_config):
    plan = parallel_plan(scan_config({1: 200, 2: 300}, nsteps=8, step=5))
    assert plan.steps[0].thresholds == tuple(200 + k * 5 for k in range(-8, 9))
    assert plan.steps[1].thresholds == tuple(300 + k * 5 for k in range(-8, 9))
    assert plan.shape == (17,)


def test_generate_threshold_values_clipping(scan_config):
    plan = parallel_plan(scan_config({1: 2, 2: 1022}, nsteps=2, step=2))
    assert [steps.thresholds for steps in plan.steps] == [(1, 1, 2, 4, 6), (1018, 1020, 1022, 1023, 1023)]
    assert SensorConfig(id=1, center=2, nsteps=2, step_size=2).threshold_range() == [1, 1, 2, 4, 6]


def test_all_channels_step_together(scan_config, rows):
    config = scan_config({1: 200, 2: 300, 3: 250}, nsteps=2, step=5)
    detector = FakeDetector()
    result = run_parallel_threshold_scan(config, detector)
    assert detector.windows == [{1: 200 + k, 2: 300 + k, 3: 250 + k} for k in range(-10, 11, 5)]
    in_order = [(channel, value) for window in detector.windows for channel, value in window.items()]
    assert detector.attempts[: len(in_order)] == in_order
    by_channel = [rows(path) for path in result.files]
    for step in zip(*by_channel, strict=True):
        assert len({row["timestamp"] for row in step}) == 1
        assert [int(row["event_count"]) for row in step] == [1000 - int(row["threshold"]) for row in step]


def test_a_channel_that_is_not_scanned_is_left_alone(scan_config, record):
    detector = FakeDetector()
    result = run_parallel_threshold_scan(scan_config({3: 250, 1: 200}), detector)
    assert result.scanned_channels == [1, 3]
    assert {channel for channel, _ in detector.attempts} == {1, 3}
    primary = record(result.run).stream("primary")
    assert primary.columns["ch2_threshold"] == [None] * 5


def test_downwards(scan_config):
    detector = FakeDetector()
    from scantrail.threshold import scan_parallel, take
    from scantrail.threshold.take import setting_of

    config = scan_config()
    plan = parallel_plan(config, direction="down")
    take(plan, detector, scan_parallel, setting_of(config))
    assert [window[1] for window in detector.windows] == [310, 305, 300, 295, 290]
