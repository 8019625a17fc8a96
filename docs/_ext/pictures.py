"""Makes the pictures of the pages when the documentation is built: a seeded scan of the simulated detector, judged."""

import logging
import os
import tempfile
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

PLACE = "pictures"


def make_pictures(app: Sphinx) -> None:
    """Take a parallel scan and write what it shows to docs/pictures/, unless the pictures are there already."""
    place = Path(app.srcdir) / PLACE
    place.mkdir(exist_ok=True)
    if (place / "threshold_scan.png").exists():
        return
    logging.getLogger("alembic").setLevel(logging.WARNING)  # Sphinx prints what Alembic only notes
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"SCANTRAIL_HOME": home, "SCANTRAIL_DB": f"{home}/runs.db"}
        try:
            _scan(place)
        finally:
            os.environ.clear()
            os.environ.update(before)


def _scan(place: Path) -> None:
    from scantrail.acquire import Order, RigOptions, judge_run, start
    from scantrail.plots import save
    from scantrail.station import Station
    from scantrail.threshold import HaniwersConfig, parallel_plan

    station = Station()
    config = HaniwersConfig.from_station(station).with_options(
        thresholds="1:304;2:312;3:296", nsteps="10", step="2", duration=10
    )
    used = station.model_copy(update={"sampler": config.sampler, "sensors": config.sensors})
    outcome = start(Order(parallel_plan(config), used, RigOptions(mock=True, speed=100.0, seed=1)))
    save(judge_run(outcome.directory).figure, place / "threshold_scan.png")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register with Sphinx."""
    app.connect("builder-inited", make_pictures)
    return {"version": "1", "parallel_read_safe": True}
