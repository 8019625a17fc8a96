"""Whatever the kind of plan: no grid index twice, none lost, both ends exact, and a document that brings it back."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scantrail.daq import (
    GridScanConfig,
    LinearScanConfig,
    ListScanConfig,
    LockstepScanConfig,
    MeshScanConfig,
    PositionScanConfig,
    ScanConfig,
    TimeScanConfig,
    XAFSScanConfig,
    plan_from,
)
from scantrail.daq.plans import PLANS, data_key
from scantrail.errors import InputError

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
STEPS = st.integers(1, 6)
COMMON = {
    "detectors": st.lists(st.sampled_from(["BL02:DET:I0", "BL02:DET:IT", "if"]), min_size=1, unique=True),
    "dwell_time": st.floats(1e-3, 10),
}
RELATIVE = {"relative": st.booleans()}
PAIRS = st.tuples(NUMBERS, NUMBERS).filter(lambda pair: abs(pair[0] - pair[1]) > 1e-3)


def ramps(name: str) -> st.SearchStrategy[tuple[str, float, float, int]]:
    return st.builds(lambda ends, steps: (name, *ends, steps), PAIRS, STEPS)


def regions() -> st.SearchStrategy[list[tuple[float, float, float]]]:
    def joined(start: float, spans: list[tuple[float, float]]) -> list[tuple[float, float, float]]:
        ends = [start, *itertools.accumulate((span for span, _ in spans), initial=start)][1:]
        return [(a, b, step) for a, b, (_, step) in zip(ends, ends[1:], spans, strict=False)]

    spans = st.lists(st.tuples(st.floats(0.5, 300), st.floats(0.3, 20)), min_size=1, max_size=4)
    return st.builds(joined, st.floats(-500, 0), spans)


LINEAR = st.builds(
    lambda ends, **fields: LinearScanConfig(start=ends[0], stop=ends[1], direction="any", **fields),
    PAIRS,
    motor=st.just("BL02:SAMPLE:X"),
    steps=STEPS,
    **COMMON,
    **RELATIVE,
)
MESH = st.builds(
    MeshScanConfig, motor1=ramps("y"), motor2=ramps("BL02:X.VAL"), snake=st.booleans(), **COMMON, **RELATIVE
)
GRID = st.builds(
    GridScanConfig,
    axes=st.tuples(ramps("a"), ramps("b"), ramps("c")) | st.tuples(ramps("a")),
    snake=st.booleans(),
    **COMMON,
    **RELATIVE,
)
LOCKSTEP = st.builds(
    lambda a, b, **fields: LockstepScanConfig(axes=[("a", *a), ("b", *b)], **fields),
    PAIRS,
    PAIRS,
    steps=STEPS,
    **COMMON,
    **RELATIVE,
)
LIST = st.builds(
    ListScanConfig, motor=st.just("x"), positions=st.lists(NUMBERS, min_size=1, max_size=9), **COMMON, **RELATIVE
)
XAFS = st.builds(XAFSScanConfig, edge=st.floats(2000, 20000), regions=regions(), **COMMON)
TIME = st.builds(TimeScanConfig, count=STEPS, every=st.just(0.0) | st.floats(10, 60), **COMMON)
PLAN = st.one_of(LINEAR, MESH, GRID, LOCKSTEP, LIST, XAFS, TIME)


@given(PLAN)
def test_every_grid_index_comes_once(plan: ScanConfig) -> None:
    points = list(plan.points())
    assert [point.index for point in points] == list(range(math.prod(plan.shape)))
    assert sorted(point.grid for point in points) == list(itertools.product(*map(range, plan.shape)))


@given(PLAN)
def test_the_document_brings_the_plan_back(plan: ScanConfig) -> None:
    document = json.loads(json.dumps(plan.document(), allow_nan=False))
    again = plan_from(document)
    assert again == plan
    assert list(again.points()) == list(plan.points())


@given(PLAN)
def test_no_device_is_a_key_of_the_document(plan: ScanConfig) -> None:
    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    assert not keys(plan.document()) & {*plan.motors, *plan.detectors}


@given(LINEAR | MESH | GRID | LOCKSTEP)
def test_both_ends_are_exact_and_the_steps_even(plan: PositionScanConfig) -> None:
    ways = {
        "linear": lambda: [(plan.motor, plan.start, plan.stop, plan.steps)],
        "mesh": lambda: [plan.motor1, plan.motor2],
        "grid": lambda: plan.axes,
        "lockstep": lambda: [(*axis, plan.steps) for axis in plan.axes],
    }
    for name, start, stop, steps in ways[plan.kind]():
        seen = list(dict.fromkeys(point.setpoints[data_key(name)] for point in plan.points()))
        assert len(seen) == steps
        assert (min(seen), max(seen)) == ((min(start, stop), max(start, stop)) if steps > 1 else (start, start))
        np.testing.assert_allclose(sorted(seen), np.linspace(min(seen), max(seen), steps), rtol=1e-12, atol=1e-6)


@given(MESH | GRID)
def test_a_snake_moves_one_motor_at_a_time(plan: MeshScanConfig) -> None:
    snake = plan.model_copy(update={"snake": True})
    for a, b in itertools.pairwise(snake.points()):
        assert sum(abs(i - j) for i, j in zip(a.grid, b.grid, strict=True)) == 1
        assert sum(a.setpoints[key] != b.setpoints[key] for key in a.setpoints) == 1


@given(st.one_of(LINEAR, MESH, LOCKSTEP, LIST), st.floats(-1e3, 1e3))
def test_relative_plans_count_from_their_origin(plan: PositionScanConfig, here: float) -> None:
    origin = tuple(here + i for i in range(len(plan.motors)))
    fixed = plan.model_copy(update={"relative": False, "origin": None})
    moved = plan.model_validate({**plan.model_dump(), "relative": True, "origin": origin})
    by = dict(zip(map(data_key, plan.motors), origin, strict=True))
    for a, b in zip(fixed.points(), moved.points(), strict=True):
        assert b.setpoints == {key: by[key] + value for key, value in a.setpoints.items()}
    (low, high), *_ = moved.extents
    firsts = [next(iter(point.setpoints.values())) for point in moved.points()]
    assert (low, high) == pytest.approx((min(firsts), max(firsts)))
    assert plan_from(moved.document()) == moved


GOOD = {"type": "linear", "motor": "x", "start": 0.0, "stop": 1.0, "steps": 3, "detectors": ["d"]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"detectors": ["d", "e", "d"]}, "detector d is given twice"),
        ({"detectors": []}, "detectors = .* must have at least one value"),
        ({"detectors": [""]}, "one word"),
        ({"detectors": "d"}, 'detectors = "d" must be a list'),
        ({"motor": "two words"}, "one word"),
        ({"dwell_time": 0.0}, "greater than 0"),
        ({"dwell_time": float("nan")}, "finite"),
        ({"start": float("-inf")}, "finite"),
        ({"stop": "1"}, 'stop = "1" must be a number'),
        ({"stop": True}, "stop = true must be a number"),
        ({"steps": 0}, "^steps = 0 .*greater than 0"),
        ({"steps": 2.5}, "whole number"),
        ({"steps": 10**9}, "at most 10000000"),
        ({"step": 1}, "^step is no field of this scan; did you mean steps"),
        ({"zzzz": 1}, "zzzz is no field of this scan; there are detectors, dwell_time, "),
        ({"origin": [1.0]}, "relative"),
        ({"relative": True, "origin": [1.0, 2.0]}, "one position for each motor"),
    ],
)
def test_nonsense_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        plan_from({**GOOD, **change})
    fields = {key: value for key, value in {**GOOD, **change}.items() if key != "type"}
    with pytest.raises(ValidationError):
        LinearScanConfig(**fields)


def test_numbers_of_numpy_and_lists_of_toml_are_taken() -> None:
    plan = MeshScanConfig(
        motor1=["x", np.float64(0), np.float32(1), np.int64(2)],
        motor2=np.array(["y", 0, 1, 2], dtype=object),
        detectors=("d",),
        dwell_time=np.float32(0.5),
    )
    assert plan.motor1 == ("x", 0.0, 1.0, 2)
    assert plan.motor2 == ("y", 0, 1, 2)
    assert all(type(value) in (int, float) for value in (*plan.motor1[1:], plan.dwell_time))


def test_a_plan_is_never_changed() -> None:
    plan = plan_from(GOOD)
    with pytest.raises(ValidationError, match="frozen"):
        plan.steps = 4


@pytest.mark.parametrize("document", [{}, {"type": "spiral"}, {"type": None}])
def test_a_kind_nobody_knows_is_refused_with_those_there_are(document: dict[str, object]) -> None:
    with pytest.raises(InputError, match=", ".join(PLANS)):
        plan_from(document)


def test_a_bare_configuration_has_no_positions() -> None:
    with pytest.raises(InputError, match="LinearScanConfig"):
        list(ScanConfig(detectors=["d"]).points())
