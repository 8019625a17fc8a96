"""Figures of the simulated counting detector: a seeded scan, taken and judged."""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from scantrail.plots import Figure


def threshold_scan() -> Figure:
    """Return a parallel scan of three channels with its fits."""
    from scantrail.acquire import Order, RigOptions, judge_run, start
    from scantrail.station import Station
    from scantrail.threshold import HaniwersConfig, parallel_plan

    station = Station()
    config = HaniwersConfig.from_station(station).with_options(
        thresholds="1:304;2:312;3:296", nsteps="10", step="2", duration=10
    )
    used = station.model_copy(update={"sampler": config.sampler, "sensors": config.sensors})
    with _home_of_its_own():
        outcome = start(Order(parallel_plan(config), used, RigOptions(mock=True, speed=100.0, seed=1)))
        return judge_run(outcome.directory).figure


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
