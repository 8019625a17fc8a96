"""Make the pictures of the page anew: `python docs/page_pictures.py`, where Chromium is installed.

They are kept in the repository, docs/how-to/page/*.png, for whoever builds the documentation may have no browser.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))

from beamlines import beamline  # noqa: E402
from commands import started, write_station  # noqa: E402
from pages import ARGUMENTS, CHROMIUM, served  # noqa: E402

from scantrail.tracker import (  # noqa: E402
    Database,
    TestResult,
    add_component,
    assemble_module,
    get_default_db,
    install_component,
    set_limit,
)

PLACE = HERE / "how-to" / "page"
DAY = datetime(2025, 1, 14, 9, 30).astimezone()
RANDOM = np.random.default_rng(20250114)
MESH = ("scan", "mesh", "y", -600, 600, 31, "x", -600, 600, 41, "--det", "it", "--det", "if", "--dwell", 0.005)


def main() -> None:
    """Fill a database, serve the page, take a scan, and keep what is seen."""
    with tempfile.TemporaryDirectory() as place:
        os.environ |= {"SCANTRAIL_HOME": place, "SCANTRAIL_DB": f"{place}/base.db", "LOGNAME": "shift"}
        with get_default_db() as database:
            fill(database)
        with beamline(Path(place), "--instant") as bench, served() as site, opened(f"{site.link}") as page:
            page.wait_for_url(f"{site.address}/")
            with started(*MESH, "--config", station(Path(place), bench.url)):
                page.wait_for_function("() => Number(document.querySelector('[data-words]')?.dataset.points) > 800")
                keep(page, "now", 740)
            page.goto(f"{site.address}/positions")
            keep(page, "positions", 700)
            page.goto(f"{site.address}/components/MODULE-005")
            page.wait_for_function("() => !document.querySelector('.waiting')")
            page.wait_for_timeout(500)
            keep(page, "component", 1000)


def station(place: Path, url: str) -> Path:
    """Write the station file of a stage and two detectors."""
    return write_station(
        place / "bench.toml",
        {
            "beamline": {"url": url},
            "motors.x": {"pv": "BL02:SAMPLE:X", "units": "um"},
            "motors.y": {"pv": "BL02:SAMPLE:Y", "units": "um"},
            "detectors.it": {"pv": "BL02:DET:IT", "units": "counts/s"},
            "detectors.if": {"pv": "BL02:DET:IF", "units": "counts/s"},
        },
    )


@contextmanager
def opened(link: str) -> Iterator[Page]:
    """A browser that has opened the link."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS])
        page = browser.new_page(viewport={"width": 1080, "height": 1100})
        page.goto(link)
        yield page
        browser.close()


def keep(page: Page, name: str, height: int) -> None:
    """Write the upper part of the page as a small PNG."""
    path = PLACE / f"{name}.png"
    page.screenshot(path=path, clip={"x": 0, "y": 0, "width": 1080, "height": height})
    with Image.open(path) as seen:
        small = seen.convert("RGB").quantize(128)
    small.save(path, optimize=True)


def fill(database: Database) -> None:
    """Thirty modules with their tests, most of them installed."""
    set_limit("module", "noise_test", "mean_noise", high=1750.0, source="design report, table 5", db=database)
    positions = [name for name, _ in database.profile.positions()]
    for number in range(1, 31):
        name = f"MODULE-{number:03}"
        add_component(name, "module", {"manufacturer": "SLAC", "location": "Clean room"}, db=database)
        record_tests(database, name, months=8 if number == 5 else 1)
        add_component(f"SENSOR-{number:03}", "sensor", {"manufacturer": "HPK"}, db=database)
        assemble_module(name, f"SENSOR-{number:03}", db=database)
        if number % 7:
            when = DAY + timedelta(days=250)
            install_component(name, positions[number - 1], run_period="2025_autumn", date=when, db=database)


def record_tests(database: Database, name: str, months: int) -> None:
    """Record noise tests, a month from each to the next, and one I-V curve."""
    for month in range(months):
        noise = 1480.0 + 22.0 * month + 45.0 * RANDOM.standard_normal(512)
        measured = {"mean_noise": round(float(noise.mean()), 1), "temperature": -9.0}
        when = DAY + timedelta(days=30.4 * month)
        TestResult(name, "noise_test", True, measured, tested=when).save(database)
    curve = {"voltage": 60.0, "current": 4.1e-7, "temperature": 20.0}
    TestResult(name, "iv_curve", True, curve, tested=DAY).save(database)


if __name__ == "__main__":
    main()
