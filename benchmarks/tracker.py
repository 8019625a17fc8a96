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
LOOP = """
import sys, time
slowest, first = 0.0, time.time()
with Database(sys.argv[1]) as db:
    db.profile
    for number in range(int(sys.argv[3])):
        began = time.perf_counter()
        put(db, f"{sys.argv[2]}-{number}")
        slowest = max(slowest, time.perf_counter() - began)
print(first, time.time(), slowest)
"""
WRITE = (
    """
from scantrail.tracker import Component, Database
def put(db, name):
    Component(f"W{name}", "module").save(db)
"""
    + LOOP
)
# the same rows in the same transactions, by bare Core: the component, the event's bulk, and what they lead to
BARE = (
    """
import hashlib, json, datetime
import sqlalchemy as sa
from scantrail.db import metadata
from scantrail.tracker import Component, Database
def put(db, name):
    now = datetime.datetime.now(datetime.UTC)
    tables = metadata.tables
    with db.store.write() as connection:
        head = connection.execute(sa.select(tables["chain"])).one()
        values = dict(id=f"B{name}", type="module", status="incoming", manufacturer="", notes="", attributes={})
        connection.execute(tables["component"].insert().values(**values, version=1, created=now, updated=now))
        after = json.dumps(values)
        connection.execute(tables["event"].insert().values(
            number=head.number + 1, time=max(now, head.time or now), login="x", person="x", command="add", said="",
            changes=[values], previous=head.hash, hash=hashlib.sha256(after.encode()).hexdigest()))
        connection.execute(tables["event_component"].insert().values(
            component=values["id"], event=head.number + 1, status="incoming", place=""))
"""
    + LOOP
)


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
    rates = {}
    for name, script in (("bare Core loop", BARE), ("commands", WRITE)):
        command = [sys.executable, "-c", script, path]
        writers = [
            subprocess.Popen([*command, str(number), str(WRITES)], stdout=subprocess.PIPE, text=True)
            for number in range(WRITERS)
        ]
        said = [list(map(float, writer.communicate()[0].split())) for writer in writers]
        began, ended = min(first for first, _, _ in said), max(last for _, last, _ in said)
        rates[name] = WRITERS * WRITES / (ended - began)
        codes = {writer.returncode for writer in writers}
        slowest = max(longest for _, _, longest in said)
        print(f"{WRITERS} x {name:15s} {rates[name]:6.0f}/s   slowest {slowest:.2f} s   exit codes {codes}")
    print(f"commands at {rates['commands'] / rates['bare Core loop']:.2f} of the bare loop (bar 0.5; slowest: bar 5 s)")


if __name__ == "__main__":
    main()
