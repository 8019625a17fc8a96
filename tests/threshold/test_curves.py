import numpy as np
import pytest
from known_detector import KnownDetector, edge, plan, run_of, scanned, steady
from sample_runs import COLUMNS, header

from scantrail.errors import InputError, LinkLost
from scantrail.runs import RunWriter, read
from scantrail.station import data_root
from scantrail.threshold import curves_of, curves_of_rows
from scantrail.threshold.counted import Rates

RATES = {n: edge() for n in (1, 2, 3)}


@pytest.mark.parametrize("kind", ["serial", "parallel"])
def test_a_run_gives_the_curve_of_each_channel(kind):
    directory = run_of(RATES, kind=kind, thresholds={3: range(300, 310), 1: range(290, 300)})
    record = read(directory)
    curves = curves_of([record])
    assert [(curve.channel, curve.name, curve.label) for curve in curves] == [(3, "ch3", "btm"), (1, "ch1", "top")]
    for curve, thresholds in zip(curves, (range(300, 310), range(290, 300)), strict=True):
        rows = [row for row in record.stream("primary").rows() if row[f"ch{curve.channel}_threshold"] in thresholds]
        assert curve.threshold == list(thresholds)
        assert curve.counts == [row[f"ch{curve.channel}_counts"] for row in rows]
        assert curve.live == [10.0] * 10


def test_runs_that_go_on_with_each_other_are_joined():
    whole = plan(thresholds=range(290, 310))
    first = scanned(whole, KnownDetector(RATES, on_count=pulled_at(7)))
    again = scanned(whole, KnownDetector(RATES), earlier=(read(first.run.directory),))
    records = [read(taken.run.directory) for taken in (first, again)]
    assert [curve.threshold for curve in curves_of(records)] == [list(range(290, 310))] * 3
    assert all(len(curve.threshold) == 14 for curve in curves_of(records[1:]))


def pulled_at(window: int):
    def on_count(number: int) -> None:
        if number == window:
            raise LinkLost("the cable was pulled")

    return on_count


def test_rows_of_a_scan_that_is_being_taken():
    record = read(run_of(RATES, thresholds=range(290, 300)))
    rows = list(record.stream("primary").rows())
    used = plan(thresholds=range(290, 300))
    assert all(curve.threshold == [] for curve in curves_of_rows(used, []))
    assert all(curve.threshold == [290, 291, 292] for curve in curves_of_rows(used, rows[:3]))
    assert [c.counts for c in curves_of_rows(used, rows)] == [c.counts for c in curves_of([record])]


def test_a_run_of_another_kind_is_refused():
    with RunWriter.create(data_root(), header(1)) as run:
        run.describe("primary", COLUMNS)
    with pytest.raises(InputError, match=r"^run 1 is a linear run; only threshold scans have counting curves$"):
        curves_of([read(run.directory)])


def test_a_full_link_is_marked_and_drawn_apart():
    curve = curves_of([read(run_of({1: edge(rate=200.0)}, thresholds={1: range(280, 322, 2)}, capacity=300.0))])[0]
    full = np.array(curve.link_full)
    assert full[:6].all()
    assert not full[-8:].any()
    drawn = Rates.of(curve.counted())
    assert drawn.full.tolist() == curve.link_full


def rows_with(**changes: object):
    row = dict(next(read(run_of({1: steady(5.0)}, thresholds={1: range(300, 301)})).stream("primary").rows()))
    return plan(thresholds={1: range(300, 301)}), [row | changes]


@pytest.mark.parametrize(("lost", "factor"), [(None, 1.0), (0, 1.0), (25, 1.5)])
def test_known_losses_correct_the_rate(lost, factor):
    used, rows = rows_with(pattern_100=0, lost=lost, ch1_counts=50)
    rows[0] |= {key: 0 for key in rows[0] if key.startswith("pattern_")} | {"pattern_100": 50}
    (curve,) = curves_of_rows(used, rows)
    assert curve.correction == [factor]
    drawn = Rates.of(curve.counted())
    assert drawn.bars.rate == pytest.approx([5.0 * factor])


def test_a_window_that_lost_all_its_events_is_no_zero():
    used, rows = rows_with(lost=12, ch1_counts=0)
    rows[0] |= {key: 0 for key in rows[0] if key.startswith("pattern_")}
    (curve,) = curves_of_rows(used, rows)
    assert curve.correction == [float("inf")]
    assert len(Rates.of(curve.counted()).x) == 0
