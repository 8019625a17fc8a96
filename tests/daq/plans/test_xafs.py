import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from scantrail.daq import XAFSScanConfig

EDGE = 7112.0


def xafs(*regions: tuple[float, float, float], **fields: object) -> XAFSScanConfig:
    return XAFSScanConfig(edge=EDGE, regions=list(regions), detectors=["d"], **fields)


def test_the_joins_of_regions_are_measured_once() -> None:
    energies = xafs((-150, -20, 5), (-20, 30, 0.5), (30, 130, 2)).generate_energies() - EDGE
    assert len(energies) == 27 + 100 + 50
    np.testing.assert_allclose(energies[[0, 26, 27, 126, 127, -1]], [-150, -20, -19.5, 30, 32, 130])


@pytest.mark.parametrize("start", [9.995, 10.0, 10.005])
def test_a_join_within_a_hundredth_of_an_eV_is_one(start: float) -> None:
    energies = xafs((0, 10, 1), (start, 20, 1)).generate_energies()
    assert np.diff(energies).min() > 0.9
    assert len(energies) == 21


def test_a_span_that_is_no_whole_number_of_steps_keeps_its_ends_and_says_so() -> None:
    plan = xafs((0, 10, 3))
    np.testing.assert_allclose(plan.generate_energies() - EDGE, [0, 10 / 3, 20 / 3, 10])
    assert plan.steps == (pytest.approx(10 / 3),)
    assert plan.notices == ("region 1 has a step of 3.33333 eV instead of 3, so that both its ends are measured",)


def test_rounding_loses_no_point() -> None:
    # int((stop - start) / step) of the seed gives 2 intervals for 0.3 / 0.1
    assert len(xafs((0, 0.3, 0.1)).generate_energies()) == 4


def test_a_step_longer_than_its_region_measures_both_ends() -> None:
    np.testing.assert_allclose(xafs((0, 1, 50)).generate_energies() - EDGE, [0, 1])


def test_a_gap_is_told() -> None:
    assert xafs((0, 10, 1), (12, 20, 1)).notices == ("there is a gap from 10 to 12 eV between the regions 1 and 2",)


@pytest.mark.parametrize(
    ("regions", "message"),
    [
        ([(0, 10, 1), (9, 20, 1)], "region 2 starts at 9 eV, before region 1 stops at 10 eV"),
        ([(0, 10, 0)], "step of 0 eV"),
        ([(0, 10, -1)], "step of -1 eV"),
        ([(10, 0, 1)], "its stop must be above its start"),
        ([(0, float("nan"), 1)], "finite"),
        ([(0, 10, float("inf"))], "finite"),
        ([(-8000, 0, 1)], "energies are above 0"),
        ([(0, 10, 1e-9)], "more than the 10000000"),
        ([(0, 10)], "Field required"),
        ([], "at least 1 item"),
    ],
)
def test_nonsense_is_refused(regions: list[tuple[float, ...]], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        xafs(*regions)


NUMBER = st.floats(-300, 1500)
STEP = st.floats(0.1, 50)


@given(st.lists(st.tuples(NUMBER, NUMBER, STEP), min_size=1, max_size=5))
def test_energies_increase_and_hold_every_end(drawn: list[tuple[float, float, float]]) -> None:
    ends = sorted(end for start, stop, _ in drawn for end in (start, stop))
    regions = [(a, b, step) for (a, b), (*_, step) in zip(zip(ends[::2], ends[1::2], strict=True), drawn, strict=True)]
    assume(all(b - a > 0.02 for a, b, _ in regions))
    energies = xafs(*regions).generate_energies()
    assert np.all(np.diff(energies) > 0)
    assert energies[0] == EDGE + regions[0][0]
    for start, stop, step in regions:
        assert EDGE + stop in energies
        assert np.abs(energies - (EDGE + start)).min() <= 0.0100001
        inside = energies[(energies > EDGE + start + 0.02) & (energies < EDGE + stop - 1e-6)]
        assert len(inside) >= max(1, round((stop - start) / step)) - 2
    for (_, stop, _), (start, *_) in itertools.pairwise(regions):
        between = energies[(energies > EDGE + stop + 1e-6) & (energies < EDGE + start - 1e-6)]
        assert not len(between)
