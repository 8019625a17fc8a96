"""The reading commands of the tracker on 100,000 components with five tests each, as whole processes.

Floor: a process that imports click, rich.table and sqlalchemy and runs `select 1`. Bars over it: show 60 ms, a page of
list 150 ms, summary 250 ms. Then writes: 8 processes at once against a bare Core loop of the same commits.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa

from scantrail.db import metadata
from scantrail.tracker import Database

COMPONENTS = 100_000
TESTS = 5
ROUNDS = 9
BARS = {"show": 60, "list": 150, "summary": 250}  # ms over the floor
WRITERS, WRITES = 8, 100

FLOOR = """
import sys, click, rich.table, sqlalchemy
with sqlalchemy.create_engine("sqlite:///" + sys.argv[1]).connect() as connection:
    connection.exec_driver_sql("select 1").scalar_one()
"""
SVT = "import sys; sys.argv[0] = 'svt'; from scantrail.cli.main import svt; svt()"
WRITE = """
import sys, time
from scantrail.tracker import Component, Database
slowest = 0.0
with Database(sys.argv[1]) as db:
    for number in range(int(sys.argv[3])):
        began = time.perf_counter()
        Component(f"W{sys.argv[2]}-{number}", "module").save(db)
        slowest = max(slowest, time.perf_counter() - began)
print(slowest)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        path = f"{place}/parts.db"
        began = time.perf_counter()
        with Database(path) as database:
            database.initialize_schema()
            fill(database)
        print(f"{COMPONENTS} components with {TESTS} tests each written in {time.perf_counter() - began:.1f} s")
        read(path)
        write(f"{place}/writes.db")


def fill(database: Database) -> None:
    """Write the rows straight into the tables; their history is of no concern here."""
    now = datetime.now(UTC)
    tables = metadata.tables
    with database.store.write() as connection:
        for start in range(0, COMPONENTS, 5000):
            numbers = range(start, min(start + 5000, COMPONENTS))
            connection.execute(tables["component"].insert(), [component(number, now) for number in numbers])
            tests = [test(number, index, now) for number in numbers for index in range(TESTS)]
            connection.execute(tables["test"].insert(), tests)
            values = [{"test": row["id"], "name": "current", "number": 2.3e-6} for row in tests]
            connection.execute(tables["measurement"].insert(), values)


def component(number: int, now: datetime) -> dict[str, object]:
    kinds, statuses = ("module", "sensor", "hybrid", "feb", "cable"), ("incoming", "testing", "qualified", "spare")
    return {
        "id": f"HPK-{number:06}",
        "type": kinds[number % 5],
        "status": statuses[number % 4],
        "manufacturer": "HPK",
        "notes": "",
        "attributes": {},
        "version": 1,
        "created": now,
        "updated": now,
    }


def test(number: int, index: int, now: datetime) -> dict[str, object]:
    return {
        "id": number * TESTS + index + 1,
        "uuid": str(uuid.uuid4()),
        "component": f"HPK-{number:06}",
        "type": "iv_curve",
        "tested": now,
        "tested_by": "bench",
        "stated": index % 3 != 0,
        "notes": "",
    }


def read(path: str) -> None:
    svt = [sys.executable, "-c", SVT, "--db-path", path]
    commands = {
        "floor": [sys.executable, "-c", FLOOR, path],
        "show": [*svt, "show", "HPK-054321"],
        "list": [*svt, "list"],
        "summary": [*svt, "summary"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    peak: dict[str, int] = {}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            began = time.perf_counter()
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            taken[name].append(time.perf_counter() - began)
            process.returncode = os.waitstatus_to_exitcode(status)
            peak[name] = usage.ru_maxrss // 1024
            if process.returncode:
                sys.exit(f"{name} ended with {process.returncode}")
    floor = statistics.median(taken["floor"])
    for name, times in taken.items():
        over = (statistics.median(times) - floor) * 1000
        bar = f"   bar {BARS[name]:+} ms" if name in BARS else ""
        print(f"{name:8s} {statistics.median(times) * 1000:7.0f} ms   floor {over:+6.0f} ms   {peak[name]} MB{bar}")


def write(path: str) -> None:
    with Database(path) as database:
        database.initialize_schema()
        began = time.perf_counter()
        for _ in range(WRITERS * WRITES):
            with database.store.write() as connection:
                connection.execute(sa.text("UPDATE profile SET chosen = chosen"))
        bare = WRITERS * WRITES / (time.perf_counter() - began)
    began = time.perf_counter()
    command = [sys.executable, "-c", WRITE, path]
    writers = [
        subprocess.Popen([*command, str(number), str(WRITES)], stdout=subprocess.PIPE, text=True)
        for number in range(WRITERS)
    ]
    said = [writer.communicate()[0] for writer in writers]
    rate = WRITERS * WRITES / (time.perf_counter() - began)
    codes = {writer.returncode for writer in writers}
    print(
        f"{WRITERS} writers: {rate:.0f} commands/s, bare loop of one process {bare:.0f}/s ({rate / bare:.2f}x; bar 0.5)"
    )
    print(f"slowest {max(map(float, said)):.2f} s (bar 5 s), exit codes {codes}")


if __name__ == "__main__":
    main()
