"""`svt plot` over 1,000 sensors and of one sensor's sweeps, as whole processes.

Floor: a process that imports click, rich.table and sqlalchemy, reads the same 1,000 numbers from the database and, for
a picture, draws them as a bare histogram with matplotlib. Bar: 3 s for 1,000 sensors.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from scantrail.db import metadata
from scantrail.tracker import Database, TestResult, set_limit

SENSORS, TESTS, SWEEPS, POINTS = 1000, 3, 5, 301
ROUNDS = 7
BAR = 3.0  # s, for a plot over 1,000 sensors

READ = """
import sys, click, rich.table, sqlalchemy
with sqlalchemy.create_engine("sqlite:///" + sys.argv[1]).connect() as connection:
    rows = connection.exec_driver_sql("select number from measurement where name = 'current'").all()
"""
DRAW = (
    READ
    + """
from matplotlib.figure import Figure
figure = Figure()
figure.add_subplot().hist([row[0] for row in rows], bins=50)
figure.savefig(sys.argv[2], dpi=200)
"""
)
SVT = "import sys; sys.argv[0] = 'svt'; from scantrail.cli.main import svt; svt()"


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        path, picture = f"{place}/parts.db", f"{place}/x.png"
        with Database(path) as database:
            database.initialize_schema()
            fill(database)
            sweep(database, Path(place))
        svt = [sys.executable, "-c", SVT, "--db-path", path, "plot"]
        over = ["--type", "sensor", "current"]
        one = ["SENSOR-0000", "iv_curve"]
        measure(
            {
                "floor: read": [sys.executable, "-c", READ, path],
                "floor: read and draw": [sys.executable, "-c", DRAW, path, picture],
                f"{SENSORS} sensors, terminal": [*svt, *over],
                f"{SENSORS} sensors, picture": [*svt, *over, "--output", picture],
                f"{SENSORS} sensors, JSON": [*svt, *over, "--json"],
                f"{SWEEPS} sweeps of {POINTS}, terminal": [*svt, *one],
                f"{SWEEPS} sweeps of {POINTS}, picture": [*svt, *one, "--output", picture],
            }
        )


def fill(database: Database) -> None:
    """Write the rows straight into the tables; their history is of no concern here."""
    now, random = datetime(2025, 1, 1, tzinfo=UTC), np.random.default_rng(7)
    tables = metadata.tables
    current = 1.2e-6 * np.exp(0.1 * random.standard_normal(SENSORS * TESTS))
    with database.store.write() as connection:
        names = [f"SENSOR-{number:04}" for number in range(SENSORS)]
        common = {
            "type": "sensor",
            "status": "spare",
            "manufacturer": "HPK",
            "notes": "",
            "attributes": {},
            "version": 1,
        }
        connection.execute(
            tables["component"].insert(), [{"id": name, **common, "created": now, "updated": now} for name in names]
        )
        tests = [
            {
                "id": number + 1,
                "uuid": str(uuid.uuid4()),
                "component": names[number // TESTS],
                "type": "iv_curve",
                "tested": now + timedelta(hours=number),
                "tested_by": "bench",
                "notes": "",
            }
            for number in range(SENSORS * TESTS)
        ]
        connection.execute(tables["test"].insert(), tests)
        values = [{"test": i + 1, "name": "current", "number": float(each)} for i, each in enumerate(current)]
        connection.execute(tables["measurement"].insert(), values)
    set_limit("sensor", "iv_curve", "current", high=1.5e-6, db=database)


def sweep(database: Database, place: Path) -> None:
    """Attach sweeps of one volt a step to the first sensor."""
    volts = np.arange(POINTS, dtype=float)
    for number in range(SWEEPS):
        current = 1e-6 * np.sqrt(np.minimum(volts, 60.0) / 60.0)
        rows = (f"{-v:g},{-i:.4g},-9.0" for v, i in zip(volts, current, strict=True))
        (place / "iv.csv").write_text("\n".join(["voltage_V,current_A,temperature_C", *rows]))
        when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
        TestResult("SENSOR-0000", "iv_curve", True, data_files=[place / "iv.csv"], tested=when).save(database)


def measure(commands: dict[str, list[str]]) -> None:
    """Run the commands in turns and print the median time of each over the floor that does the same by hand."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            began = time.perf_counter()
            done = subprocess.run(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ, check=False
            )
            taken[name].append(time.perf_counter() - began)
            if done.returncode:
                sys.exit(f"{name} ended with {done.returncode}")
    read, draw = (statistics.median(times) for times in list(taken.values())[:2])
    for name, times in taken.items():
        middle = statistics.median(times)
        floor = draw if name.endswith(("picture", "draw")) else read
        bar = f"   bar {BAR:.0f} s" if name.startswith(str(SENSORS)) else ""
        print(f"{name:28s} {middle * 1000:6.0f} ms   {middle / floor:4.1f} of its floor{bar}")


if __name__ == "__main__":
    main()
