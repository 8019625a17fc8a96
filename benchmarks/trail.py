"""Runs recorded on components, and the query of a trend: 1,000 simulated runs of three channels on 50 components."""

import os
import statistics
import tempfile
import time
from pathlib import Path

import matplotlib as mpl

RUNS, COMPONENTS = 1000, 50


def main() -> None:
    """Make the runs, record them, print the times."""
    mpl.use("agg")
    with tempfile.TemporaryDirectory() as place:
        os.environ["SCANTRAIL_HOME"] = place
        measure(Path(place))


def measure(place: Path) -> None:
    """Record every run and print milliseconds a record and a trend."""
    from scantrail.acquire import Order, RigOptions, carry_out, record_run
    from scantrail.runs import directories
    from scantrail.station import Station
    from scantrail.threshold import HaniwersConfig, parallel_plan
    from scantrail.tracker import Component, Database, plot_component, set_limit

    station = Station()
    config = HaniwersConfig.from_station(station).with_options(
        speed=100.0, thresholds="1:300;2:308;3:292", nsteps="8", step="3", duration=10
    )
    used = station.model_copy(update={"sampler": config.sampler, "sensors": config.sensors})
    carry_out(Order(parallel_plan(config), used, RigOptions(mock=True, speed=100.0, seed=1)))
    (pattern,) = directories(place)
    with Database(place / "lab.db", profile="osechi") as database:
        names = [f"OSECHI-{number:02d}" for number in range(COMPONENTS)]
        for name in names:
            Component(name, "detector").save(database)
        set_limit("detector", "threshold_scan", "threshold", high=330, db=database)
        took = []
        for number in range(RUNS):
            copied = copy_of(pattern, number + 2)
            began = time.perf_counter()
            record_run(copied, database, components=[names[number % COMPONENTS]])
            took.append(time.perf_counter() - began)
        queries = []
        for name in names:
            began = time.perf_counter()
            drawn = plot_component(database, name, "trend", "threshold")
            queries.append(time.perf_counter() - began)
        values = len(drawn.facts["trends"][0]["values"])
    print(f"a record   {told(took)}, first 100 {told(took[:100])}, last 100 {told(took[-100:])}")
    print(f"a trend    {told(queries)}, of {values} values")


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


if __name__ == "__main__":
    main()
