"""Runs recorded on components, and the query of a trend: 1,000 simulated runs of three channels on 50 components."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

if TYPE_CHECKING:
    from scantrail.tracker import Database

RUNS, COMPONENTS = 1000, 50
BY_HAND, EVERY = "BY-HAND", 10
"""Component of the tests that are entered by hand, one after so many records."""


def main() -> None:
    """Make the runs, record them, print the times."""
    mpl.use("agg")
    with tempfile.TemporaryDirectory() as place:
        os.environ["SCANTRAIL_HOME"] = place
        measure(Path(place))


def measure(place: Path) -> None:
    """Record every run and print milliseconds a record and a trend, beside a test by hand and a bare query."""
    from scantrail.acquire import record_run
    from scantrail.tracker import Component, Database, detail, plot_component, set_limit

    pattern = scanned(place)
    with Database(place / "lab.db", profile="osechi") as database:
        names = [f"OSECHI-{number:02d}" for number in range(COMPONENTS)]
        for name in (*names, BY_HAND):
            Component(name, "detector").save(database)
        set_limit("detector", "threshold_scan", "threshold", high=330, db=database)
        took, by_hand = [], []
        for number in range(RUNS):
            copied = copy_of(pattern, number + 2)
            took.append(timed(record_run, copied, database, components=[names[number % COMPONENTS]]))
            if number % EVERY == 0:
                by_hand.append(timed(enter, database, copied))
        trends = [timed(plot_component, database, name, "trend", "threshold") for name in names]
        cards = [timed(detail, database, name) for name in names]
        (drawn,) = plot_component(database, names[0], "trend", "threshold").facts["trends"]
    print(f"a record        {told(took)}, first 100 {told(took[:100])}, last 100 {told(took[-100:])}")
    print(f"a test by hand  {told(by_hand)}, same numbers and files: a record is {ratio(took, by_hand):.2f} of it")
    print(f"a trend         {told(trends)}, of {len(drawn['values'])} values")
    print(f"a card          {told(cards)}, the bare reading: a trend is {ratio(trends, cards):.2f} of it")


def scanned(place: Path) -> Path:
    """Take the run that all others are copies of, and return its directory."""
    from scantrail.acquire import Order, RigOptions, carry_out
    from scantrail.runs import directories
    from scantrail.station import Station
    from scantrail.threshold import HaniwersConfig, parallel_plan

    station = Station()
    config = HaniwersConfig.from_station(station).with_options(
        speed=100.0, thresholds="1:300;2:308;3:292", nsteps="8", step="3", duration=10
    )
    used = station.model_copy(update={"sampler": config.sampler, "sensors": config.sensors})
    carry_out(Order(parallel_plan(config), used, RigOptions(mock=True, speed=100.0, seed=1)))
    (pattern,) = directories(place)
    return pattern


def enter(database: "Database", run: Path) -> None:
    """Enter what a record of `run` keeps, by hand."""
    from scantrail.tracker import TestResult

    names = ("threshold", "center", "width", "rate")
    numbers = {f"{name}{error} ch{n}": 300.0 for name in names for error in ("", "_error") for n in (1, 2, 3)}
    files = [run / "journal.jsonl", *sorted(run.glob("*.csv"))]
    TestResult(BY_HAND, "threshold_scan", None, numbers, images=run.glob("*.png"), data_files=files).save(database)


def timed(action: Callable[..., object], *given: Any, **more: Any) -> float:
    """Return how long an action takes [s]."""
    began = time.perf_counter()
    action(*given, **more)
    return time.perf_counter() - began


def copy_of(pattern: Path, number: int) -> Path:
    """Copy a run under a number and a uid of its own."""
    import shutil
    import uuid

    from scantrail.runs import JOURNAL, read

    old, new = read(pattern).start["uid"], str(uuid.uuid4())
    target = pattern.with_name(f"{number}-threshold_parallel-{new[:8]}")
    shutil.copytree(pattern, target, ignore=shutil.ignore_patterns("events.raw"))
    for path in (target / JOURNAL, *(target / "analysis").glob("*.json")):
        path.write_text(path.read_text().replace(old, new).replace('"scan_id":1,', f'"scan_id":{number},'))
    return target


def told(seconds: list[float]) -> str:
    """Say the median and the largest of times in ms."""
    return f"{statistics.median(seconds) * 1e3:.1f} ms (at most {max(seconds) * 1e3:.1f} ms)"


def ratio(ours: list[float], floor: list[float]) -> float:
    """Return the ratio of two medians."""
    return statistics.median(ours) / statistics.median(floor)


if __name__ == "__main__":
    main()
