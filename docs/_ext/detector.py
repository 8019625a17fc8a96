"""Figures of the simulated counting detector: seeded scans, taken and judged."""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scantrail.plots import Figure
from scantrail.station import Station
from scantrail.tracker.figure.subject import Bound
from scantrail.tracker.figure.trend import Trend, Value, trend_figure

if TYPE_CHECKING:
    from scantrail.acquire import Verdict

DELIVERED = datetime(2025, 1, 14, 9, 30, tzinfo=UTC)


def threshold_scan() -> Figure:
    """Return a parallel scan of three channels with its fits."""
    return _scanned(Station(), seed=1).figure


def component_trend() -> Figure:
    """Return the thresholds of a detector: from its label, then of a scan a month, while the second channel drifts."""
    limits = (Bound(290.0, 330.0, DELIVERED, None),)
    values = [Value(DELIVERED, at, "pass", "label", series=f"ch{n}") for n, at in enumerate((316.0, 324.0, 308.0), 1)]
    for month in range(1, 7):
        station, tested = _drifted(1.5 * month), DELIVERED + month * timedelta(days=30.4)
        found = [one for one in _scanned(station, seed=month).results if one.name.endswith(" threshold")]
        failed = any(one.value is not None and one.value > limits[0].high for one in found)
        for one in found:
            mark, series = "fail" if failed else "pass", one.name.partition(" ")[0]
            values.append(Value(tested, one.value, mark, f"run {month}", one.error, series))
    trend = Trend("threshold_scan", "threshold", "threshold", "DAC", values, limits)
    return trend_figure([trend], title="OSECHI-01: threshold_scan")


def _drifted(by: float) -> Station:
    """Return a station whose simulated second channel has its noise edge higher [DAC], the third a little lower."""
    channels = Station().mocker
    moved = {
        "ch2": channels.ch2.model_copy(update={"mu": channels.ch2.mu + by}),
        "ch3": channels.ch3.model_copy(update={"mu": channels.ch3.mu - by / 4}),
    }
    return Station().model_copy(update={"mocker": channels.model_copy(update=moved)})


def _scanned(station: Station, seed: int) -> "Verdict":
    """Take a parallel scan of three channels and return what was found."""
    from scantrail.acquire import Order, RigOptions, judge_run, start
    from scantrail.threshold import HaniwersConfig, parallel_plan

    config = HaniwersConfig.from_station(station).with_options(
        thresholds="1:304;2:312;3:296", nsteps="10", step="2", duration=10
    )
    used = station.model_copy(update={"sampler": config.sampler, "sensors": config.sensors})
    with _home_of_its_own():
        outcome = start(Order(parallel_plan(config), used, RigOptions(mock=True, speed=100.0, seed=seed)))
        return judge_run(outcome.directory)


@contextmanager
def _home_of_its_own() -> Iterator[None]:
    """Keep runs and catalogue in a directory that is gone afterwards."""
    logging.getLogger("alembic").setLevel(logging.WARNING)  # Sphinx prints what Alembic only notes
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"SCANTRAIL_HOME": home, "SCANTRAIL_DB": f"{home}/runs.db"}
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
