import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.errors import InputError
from scantrail.threshold import HaniwersConfig, ParallelPlan, SensorConfig, SerialPlan, parallel_plan, serial_plan
from scantrail.threshold.plan import counts_key, threshold_key

DIRECTIONS = st.sampled_from(["up", "down"])


@st.composite
def configs(draw, *, equal=False):
    channels = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True))
    common = draw(st.integers(1, 30))
    rest = st.none() | st.integers(1, 1023)
    sensors = {}
    for channel in channels:
        step_size = draw(st.integers(1, 200))
        if draw(st.booleans()):
            nsteps = common if equal else draw(st.integers(1, 30))
            form = {"center": draw(st.integers(1, 1023)), "nsteps": nsteps}
        else:
            steps = 2 * common if equal else draw(st.integers(1, 60))
            form = {"start_threshold": draw(st.integers(1, 1023)), "num_steps": steps}
        sensors[f"ch{channel}"] = SensorConfig(id=channel, step_size=step_size, threshold=draw(rest), **form)
    return HaniwersConfig(sensors=sensors).with_options(duration=draw(st.floats(0.001, 1000)))


def check(plan, config):
    points = list(plan.points())
    assert plan.shape == (len(points),)
    assert [point.index for point in points] == list(range(len(points)))
    assert len({point.grid for point in points}) == len(points)
    assert plan.duration == pytest.approx(len(points) * (plan.dwell + plan.settle))
    for point in points:
        assert all(1 <= value <= 1023 for value in plan.thresholds(point).values())
        assert point.dwell == config.sampler.duration
    document = json.loads(json.dumps(plan.document()))
    assert type(plan).from_document(document) == plan
    assert type(plan).from_document(plan.document()) == plan
    assert document["type"] == plan.kind


@given(configs(), DIRECTIONS)
def test_a_serial_plan(config, direction):
    plan = serial_plan(config, direction=direction)
    check(plan, config)
    points = list(plan.points())
    assert len(points) == sum(len({*sensor.threshold_range()}) for sensor in config.sensors.values())
    for place, sensor in enumerate(config.sensors.values()):
        mine = [plan.thresholds(point) for point in points if point.grid[0] == place]
        values = [thresholds[sensor.id] for thresholds in mine]
        assert sorted(values) == sorted({*sensor.threshold_range()})
        assert all((a < b) == (direction == "up") and a != b for a, b in pairwise(values))
        quiet = {channel: 1023 for channel in (1, 2, 3) if channel != sensor.id}
        assert all({**thresholds, sensor.id: 0} == {**quiet, sensor.id: 0} for thresholds in mine)
    repeats = [sensor for sensor in config.sensors.values() if len({*(v := sensor.threshold_range())}) < len(v)]
    assert [notice.split(":")[0] for notice in plan.notices] == [f"channel {sensor.id}" for sensor in repeats]


@given(configs(equal=True), DIRECTIONS)
def test_a_parallel_plan(config, direction):
    plan = parallel_plan(config, direction=direction)
    check(plan, config)
    points = list(plan.points())
    ranges = {sensor.id: sensor.threshold_range() for sensor in config.sensors.values()}
    assert {len(points)} == {len(values) for values in ranges.values()}
    ordered = points if direction == "up" else points[::-1]
    for step, point in enumerate(ordered):
        assert plan.thresholds(point) == {channel: values[step] for channel, values in ranges.items()}
    assert plan.notices == ()


@given(configs(equal=True))
def test_whatever_is_not_scanned_has_its_threshold_too(config):
    for plan in (serial_plan(config), parallel_plan(config)):
        assert dict(zip(plan.detector, plan.rest, strict=True)) == {
            channel: config.thresholds_in_use.get(channel) for channel in (1, 2, 3)
        }


def test_the_threshold_of_a_channel_that_is_not_named_is_kept():
    config = HaniwersConfig(sensors={f"ch{n}": SensorConfig(id=n, threshold=300 + n) for n in (1, 2, 3)})
    only = config.with_options(thresholds="2:290")
    assert [*only.sensors] == ["ch2"]
    assert serial_plan(only).rest == (301, 302, 303)
    assert serial_plan(only.with_options(thresholds="3:290")).rest == (301, 302, 303)


def test_keys():
    assert (threshold_key(2), counts_key(2)) == ("ch2_threshold", "ch2_counts")


@pytest.mark.parametrize("plan", [serial_plan, parallel_plan])
def test_what_cannot_be_planned_is_refused(plan):
    config = HaniwersConfig()
    with pytest.raises(InputError, match="channel 3 is not one of the detector's channels 1, 2"):
        plan(config, detector=(1, 2))
    with pytest.raises(InputError, match="max_retry is 0"):
        plan(config, max_retry=0)
    with pytest.raises(InputError, match="no channel to scan"):
        plan(HaniwersConfig(sensors={}))


def test_a_plan_of_one_kind_is_not_one_of_the_other():
    config = HaniwersConfig()
    assert isinstance(serial_plan(config), SerialPlan)
    assert isinstance(parallel_plan(config), ParallelPlan)
    assert serial_plan(config).kind != parallel_plan(config).kind
