import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from spectra import EXPECTED, energies_of

from scantrail.daq import Edge, Region, XAFSScanConfig

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


@pytest.mark.parametrize(
    ("region", "message"),
    [
        (Region(0, 10), "region 1 needs either a step or npts"),
        (Region(0, 10, 1, 11), "region 1 needs either a step or npts"),
        (Region(0, 10, npts=1), "region 1 has npts 1; both its ends are measured"),
        (Region(-1, 10, 1, unit="k"), "region 1 starts at -1 1/Å; there is no k below the edge"),
        (Region(12, 3, 1, unit="k"), "region 1 runs from 12 to 3 1/Å; its stop must be above its start"),
        (Region(0, 10, 1, dwell=0), "region 1 has a dwell of 0 s"),
        (Region(0, 10, 1, k_weight=1), "needs a start above the edge"),
        (Region(1, 10, 1, k_weight=-1), "needs a start above the edge"),
        (Region(1, 10, 1, k_weight=1000), "dwells grow longer than numbers reach"),
        (Region(0, 1, npts=5_000_000, unit="k"), "region 1 has steps so small"),
        (Region(0, 10, npts=20_000_000), "more than the 10000000"),
    ],
)
def test_regions_that_are_none_are_refused(region: Region, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        xafs(region)


def test_too_many_repeats_are_refused() -> None:
    with pytest.raises(ValidationError, match="more than the 10000000"):
        xafs((0, 10, 1e-3), repeats=2000)


# --- the edge by its name ---------------------------------------------------------------------------------------------


def test_the_edge_by_its_name() -> None:
    plan = XAFSScanConfig(edge="fe k", regions=[(0, 10, 1)], detectors=["d"])
    assert (plan.edge, plan.element, plan.edge_name) == (7112.0, "Fe", "K")
    assert plan.target == Edge("Fe", "K", 7112.0)
    assert xafs((0, 1, 1)).target == Edge("", "", 7112.0)
    assert XAFSScanConfig(element="fe", edge_name="k", regions=[(0, 1, 1)], detectors=["d"]).target == plan.target


def test_another_calibration_keeps_the_name() -> None:
    plan = xafs((0, 10, 1), element="Fe", edge_name="K")
    assert plan.model_copy(update={"edge": 7115.0}).notices == ()
    far = XAFSScanConfig(edge=7212.0, element="Fe", edge_name="K", regions=[(0, 10, 1)], detectors=["d"])
    assert far.notices == ("7212 eV is far from the Fe K edge, tabulated at 7112 eV",)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"edge": "Fe J"}, "Fe has K, L1"),
        ({"edge": "Fe K", "element": "Cu", "edge_name": "K"}, "is not that of element and edge_name, Cu K"),
        ({"edge": 7112.0, "element": "Fe"}, 'no absorption edge "Fe \\?"'),
        ({"edge": 7112.0, "edge_name": "K"}, 'no absorption edge "\\? K"'),
        ({}, "edge\n  Field required"),
    ],
)
def test_an_edge_that_is_none_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        XAFSScanConfig(regions=[(0, 10, 1)], detectors=["d"], **fields)


# --- dwells, passes, real definitions ---------------------------------------------------------------------------------


def test_each_region_may_have_its_dwell() -> None:
    plan = xafs((-10, 0, 5), Region(0, 10, 5, dwell=2), Region(4, 8, 2, unit="k", k_weight=2), dwell_time=0.5)
    dwells = [point.dwell for point in plan.points()]
    np.testing.assert_allclose(dwells, [0.5, 0.5, 0.5, 2, 2, 0.5, 0.5 * 2.25, 0.5 * 4])
    down = plan.model_copy(update={"descending": True})
    assert [point.dwell for point in down.points()] == dwells[::-1]


def test_passes_follow_one_another() -> None:
    plan = xafs((0, 10, 5), repeats=3, descending=True)
    assert plan.shape == (9,)
    assert [point.setpoints["BL02:MONO:ENERGY"] - EDGE for point in plan.points()] == [10, 5, 0] * 3
    assert [point.grid for point in plan.points()] == [(i,) for i in range(9)]
    assert len(plan.generate_energies()) == 3


def test_words_tuples_and_regions_say_the_same() -> None:
    said = XAFSScanConfig(
        edge="Fe K",
        regions=["-150:-20:5", (-20, 30, 0.5), {"start": 2.8060742328, "stop": 12, "step": 0.05, "unit": "k"}],
        detectors=["d"],
    )
    assert said.counts == (27, 100, 184)
    assert len(said.generate_energies()) == 311
    assert said.generate_energies()[-1] == pytest.approx(7660.64, abs=5e-3)
    assert said.steps[-1] == pytest.approx(0.049967, abs=5e-7)


@pytest.mark.parametrize("name", ["Fe_Foil_rt_2016Foils.xdi", "Eu2O3_eu_l3_001.xdi"])
def test_real_scan_definitions_give_the_energies_that_were_measured(name: str) -> None:
    definition = EXPECTED[name]["scan_definition"]
    regions = [
        Region(
            region["start"],
            region["stop"],
            None if region["npts"] else region["step"],
            int(region["npts"]) if region["npts"] else None,
            unit=region["unit"],
            dwell=region["dwell"],
        )
        for region in definition["regions"]
    ]
    energies = XAFSScanConfig(edge=definition["e0"], regions=regions, detectors=["d"]).generate_energies()
    measured = energies_of(name)
    assert len(energies) == len(measured) == EXPECTED[name]["n"]
    np.testing.assert_allclose(energies, measured, rtol=0, atol=1.5e-3)


# --- any list of regions ----------------------------------------------------------------------------------------------


@st.composite
def region_lists(draw: st.DrawFn) -> list[Region]:
    """Regions in eV and k, by step or number of points, with gaps, joins and joins off by less than 0.01 eV."""
    regions = []
    at = draw(st.floats(-300, 100))
    for _ in range(draw(st.integers(1, 5))):
        stop = at + draw(st.floats(0.05, 600))
        in_k = at >= 0 and draw(st.booleans())
        ends = [float(np.sqrt(0.26246842 * end)) for end in (at, stop)] if in_k else [at, stop]
        span = ends[1] - ends[0]
        sized = (
            {"npts": draw(st.integers(2, 300))}
            if draw(st.booleans())
            else {"step": span * draw(st.floats(0.004, 3, exclude_min=True))}
        )
        regions.append(Region(*ends, **sized, unit="k" if in_k else "eV"))
        at = regions[-1].ends[1] + draw(st.one_of(st.just(0.0), st.floats(-0.0099, 0.0099), st.floats(0.02, 100)))
    return regions


@given(region_lists(), st.floats(1000, 30_000), st.integers(1, 3), st.booleans())
def test_any_regions_keep_their_ends_and_lose_no_point(
    regions: list[Region], edge: float, repeats: int, descending: bool
) -> None:
    plan = XAFSScanConfig(edge=edge, regions=regions, detectors=["d"], repeats=repeats, descending=descending)
    energies = plan.generate_energies()
    upward = energies[::-1] if descending else energies
    assert np.all(np.diff(upward) > 0)
    assert upward[0] == edge + regions[0].ends[0]
    assert len(upward) == sum(plan.counts)
    wanted = [region.energies(edge) for region in regions]
    for i, energies in enumerate(wanted):
        after = energies[energies > wanted[i - 1][-1] + 0.0101] if i else energies
        assert np.all(np.isin(after, upward))
    assert len(upward) <= sum(map(len, wanted))
    for region, step in zip(regions, plan.steps, strict=True):
        assert edge + region.ends[1] in upward
        assert np.abs(upward - (edge + region.ends[0])).min() <= 0.01 + 1e-9
        assert step * region.intervals == pytest.approx(region.stop - region.start)
    assert plan.shape == (len(upward) * repeats,)
    assert XAFSScanConfig.from_document(json.loads(json.dumps(plan.document()))) == plan
