"""The time that a scan still takes."""

from types import SimpleNamespace

import pytest

from scantrail.acquire import Order
from scantrail.cli.pace import Pace
from scantrail.daq import LinearScanConfig, Region, XAFSScanConfig
from scantrail.station import Station

K = XAFSScanConfig(edge=7112, regions=[Region(2, 6, npts=3, unit="k", k_weight=2)], detectors=["d"], dwell_time=1.0)
"""Dwells of 1, 4 and 9 s."""


def order(plan, *, earlier=()):
    return Order(plan, Station(), earlier=earlier)


def test_dwells_that_grow_are_ahead():
    pace = Pace(order(K), 17.0)
    assert pace.left(0.0) == pytest.approx(17.0)
    pace.count(0)
    assert pace.left(1.5) == pytest.approx(4 + 9 + 2 * 0.5)
    pace.count(1)
    assert pace.left(6.0) == pytest.approx(9 + 0.5)
    pace.count(2)
    assert pace.left(15.5) == 0.0


def test_of_several_passes_each_has_all_dwells():
    pace = Pace(order(K.model_copy(update={"repeats": 2})), 28.0)
    for point in range(3):
        pace.count(point)
    assert pace.left(14.0) == pytest.approx(14.0)


def test_points_of_earlier_runs_are_not_ahead():
    taken = SimpleNamespace(stream=lambda name: SimpleNamespace(columns={"point": [2]}))
    pace = Pace(order(K, earlier=(taken,)), 14.0)
    assert pace.left(0.0) == pytest.approx(1 + 4)


def test_alike_dwells_take_what_the_points_so_far_took():
    plan = LinearScanConfig(motor="x", start=0, stop=3, steps=4, detectors=["d"], dwell_time=1.0)
    pace = Pace(order(plan), 4.0)
    assert pace.left(0.0) == 4.0
    pace.count(0)
    assert pace.left(1.5) == pytest.approx(4.5)
