"""Makes the pictures of the tracker's plots when the documentation is built: tests of sensors that were never made."""

import logging
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from scantrail.plots import save
from scantrail.tracker import Component, Database, Drawn, TestResult, plot_component, plot_type, set_limit
from scantrail.tracker.leakage import at_reference

PLACE = "pictures"
DAY = datetime(2025, 1, 14, 9, 30).astimezone()
VOLTS = np.arange(0.0, 301.0, 10.0)
RANDOM = np.random.default_rng(20250114)


def make_pictures(app: Sphinx) -> None:
    """Write what `svt plot` draws to docs/pictures/, unless the pictures are there already."""
    place = Path(app.srcdir) / PLACE
    place.mkdir(exist_ok=True)
    if (place / "parts_distribution.png").exists():
        return
    logging.getLogger("alembic").setLevel(logging.WARNING)  # Sphinx prints what Alembic only notes
    with tempfile.TemporaryDirectory() as home, Database(f"{home}/parts.db") as database:
        database.initialize_schema()
        drawn = [*sweeps(database, Path(home)), *modules(database)]
        for name, found in drawn:
            save(found.figure, place / f"parts_{name}.png")


def leakage(volts: np.ndarray, celsius: float, current: float = 1.2e-6, breakdown: float = np.inf) -> np.ndarray:
    """The current of a sensor that depletes at 60 V, with the scatter of a meter."""
    size = np.abs(volts)
    bulk = current * np.sqrt(np.minimum(size, 60.0) / 60.0) * (1.0 + 0.0004 * np.maximum(size - 60.0, 0.0))
    bulk = bulk * (1.0 + np.exp(np.minimum((size - breakdown) / 6.0, 50.0)))
    scatter = 1.0 + 0.008 * RANDOM.standard_normal(len(volts))
    return bulk * scatter / at_reference(np.ones(1), np.full(1, celsius))[0] + 2e-13


def record(
    database: Database, home: Path, name: str, rows: Iterable[object], days: float = 0, passed: bool = True
) -> None:
    """Record an I-V test with a data file, of a sensor that is made if it is new."""
    if Component.get(name, database) is None:
        Component(name, "sensor", manufacturer="HPK").save(database)
    path = home / f"{name.lower()}.csv"
    lines = (row if isinstance(row, str) else ",".join(f"{cell:.5g}" for cell in row) for row in rows)
    path.write_text("\n".join(["voltage_V,current_A,temperature_C", *lines]))
    when = DAY + timedelta(days=days)
    TestResult(name, "iv_curve", passed, {"voltage": 60.0}, data_files=[path], tested=when).save(database)


def rows(volts: np.ndarray, current: np.ndarray, celsius: float) -> list[tuple[float, float, float]]:
    return [(float(v), float(i), celsius) for v, i in zip(volts, current, strict=True)]


def sweeps(database: Database, home: Path) -> Iterable[tuple[str, Drawn]]:
    """Three tests of one sensor over each other, then seven sweeps that are not as they should be."""
    record(database, home, "SENSOR-S12345", rows(-VOLTS, -leakage(VOLTS, 20.5), 20.5))
    record(database, home, "SENSOR-S12345", rows(-VOLTS, -leakage(VOLTS, -9.0, 1.4e-6), -9.0), 70)
    clamped = np.minimum(leakage(VOLTS, -9.0, 2e-6, 250.0), 1e-5)
    record(database, home, "SENSOR-S12345", rows(-VOLTS, -clamped, -9.0), 300, passed=False)
    yield "iv", plot_component(database, "SENSOR-S12345", "iv_curve")
    whole = rows(VOLTS, leakage(VOLTS, 20.0), 20.0)
    made = {
        "negative": rows(-VOLTS, -leakage(VOLTS, 20.0), 20.0),
        "gap": [row if row[0] <= 100 or row[0] >= 160 else f"{row[0]:g},," for row in whole],
        "compliance": rows(VOLTS, np.minimum(leakage(VOLTS, 20.0, breakdown=220.0), 1e-5), 20.0),
        "text": [row if row[0] not in (70.0, 80.0) else f"{row[0]:g},OVER,20" for row in whole],
        "one-point": [(60.0, 6.9e-8, -9.0)],
        "reversed": rows(VOLTS[::-1], leakage(VOLTS[::-1], 21.5), 21.5),
        "two-temperatures": [*whole, *rows(VOLTS, leakage(VOLTS, -10.0), -10.0)],
    }
    for name, sweep in made.items():
        record(database, home, f"S-{name.upper()}", sweep)
        yield f"iv_{name}", plot_component(database, f"S-{name.upper()}", "iv_curve")


def modules(database: Database) -> Iterable[tuple[str, Drawn]]:
    """The noise of a module's channels, its course over a year, and the noise of 400 modules."""
    Component("MODULE-L1-001", "module").save(database)
    set_limit("module", "noise_test", "noise", high=2500.0, db=database)
    set_limit("module", "noise_test", "mean_noise", high=1700.0, db=database)
    channels = np.arange(512)
    for months in range(12):
        noise = 1480.0 + 25.0 * months + 45.0 * RANDOM.standard_normal(512) + 90.0 * (channels % 128 < 3)
        noise[47], noise[128] = 2350.0, 130.0
        noise[300:306] += 120.0 * max(months - 5, 0)
        measured = {"noise": [round(float(each), 1) for each in noise], "bad_channels": [47, 128]}
        measured["mean_noise"] = round(float(noise.mean()), 1)
        passed = None if months in (3, 4) else months < 10
        when = DAY + timedelta(days=30.4 * months)
        TestResult("MODULE-L1-001", "noise_test", passed, measured, tested=when).save(database)
    yield "channels", plot_component(database, "MODULE-L1-001", "noise_test")
    yield "trend", plot_component(database, "MODULE-L1-001", "trend", "mean_noise")
    values = 1560.0 + 55.0 * RANDOM.standard_normal(400)
    values[17], values[230] = 2240.0, 1010.0
    for number, value in enumerate(values):
        Component(f"MODULE-{number:03}", "module").save(database)
        measured = {"mean_noise": round(float(value), 1)}
        TestResult(f"MODULE-{number:03}", "noise_test", True, measured, tested=DAY).save(database)
    yield "distribution", plot_type(database, "module", "mean_noise")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register with Sphinx."""
    app.connect("builder-inited", make_pictures)
    return {"version": "1", "parallel_read_safe": True}
