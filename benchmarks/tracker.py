"""The reading commands of the tracker on 100,000 components with five tests each, as whole processes; then its writes.

Floor of reading: a process that imports click, rich.table and sqlalchemy and runs `select 1`. Bars over it: show and
history 60 ms, a page of list and positions 150 ms, summary 250 ms; `at` and `verify` read every event there is.
Floor of writing: 8 processes of a bare Core loop that writes the same rows in the same transactions, by turns with the
commands, on SQLite with synchronous=FULL and on a PostgreSQL that flushes every commit.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, bindparam

from scantrail.db import database_url, metadata
from scantrail.tracker import Database
from scantrail.tracker.change import image_of
from scantrail.tracker.seal import START, seal

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
from postgres import binaries, private_server

COMPONENTS = 100_000
TESTS = 5
ROUNDS = 9
SEATS = 2000
# ms over the floor
BARS = {"show": 60, "history": 60, "list": 150, "list, last page": 150, "positions": 150, "summary": 250}
WRITERS, WRITES, WRITE_ROUNDS = 8, 100, 5

FLOOR = """
import sys, click, rich.table, sqlalchemy
with sqlalchemy.create_engine("sqlite:///" + sys.argv[1]).connect() as connection:
    connection.exec_driver_sql("select 1").scalar_one()
"""
# starts a command from a process smaller than any: the peak memory of a child is at least that of its parent
LAUNCH = """
import os, sys, time
null = os.open(os.devnull, os.O_WRONLY)
began = time.perf_counter()
quiet = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
_, status, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet), 0)
print(time.perf_counter() - began, usage.ru_maxrss // 1024, os.waitstatus_to_exitcode(status))
"""
SVT = "import sys; sys.argv[0] = 'svt'; from scantrail.cli.main import svt; svt()"
LOOP = """
import sys, time, json
from scantrail.tracker import *
url, files, worker, writes = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
slowest = 0.0
with Database(url, files) as db:
    put(db, f"{worker}-warm")
    print(flush=True)
    sys.stdin.readline()
    began = time.time()
    for number in range(writes):
        each = time.perf_counter()
        put(db, f"{worker}-{number}")
        slowest = max(slowest, time.perf_counter() - each)
    print(json.dumps([began, time.time(), slowest]))
"""
ADD = """
def put(db, name):
    Component(f"A{name}", "module").save(db)
"""
OTHERS = """
def put(db, name):
    worker, _, number = name.rpartition("-")
    if number == "warm":
        Component(f"X{worker}", "module").save(db)
    elif int(number) % 3 == 0:
        TestResult(f"X{worker}", "iv_curve", True, {"current": 2.3e-6}).save(db)
    elif int(number) % 3 == 1:
        add_maintenance_log(f"X{worker}", name, db=db)
    else:
        move_component(f"X{worker}", f"shelf {name}", db=db)
"""
# the same rows in the same transactions, by bare Core: what changes, the event's bulk, and what they lead to
BARE = """
import hashlib, json, datetime, uuid
import sqlalchemy as sa
from scantrail.db import metadata
tables = metadata.tables
def put(db, name):
    now = datetime.datetime.now(datetime.UTC)
    with db.store.write() as connection:
        head = connection.execute(sa.select(tables["chain"]).with_for_update()).one()
        now = max(now, head.time or now)
        component, values = rows(connection, name, now)
        connection.execute(tables["event"].insert(), dict(
            number=head.number + 1, time=now, login="x", person="x", command="add", said="", changes=[values],
            previous=head.hash, hash=hashlib.sha256(json.dumps(values).encode()).hexdigest()))
        connection.execute(tables["event_component"].insert(), dict(
            component=component, event=head.number + 1, status="incoming", place=""))
def add(connection, name, now):
    values = dict(id=f"B{name}", type="module", status="incoming", manufacturer="", notes="", attributes={})
    connection.execute(tables["component"].insert(), dict(values, version=1, created=now, updated=now))
    return f"B{name}", values
"""
BARE_ADD = BARE + "rows = add"
BARE_OTHERS = (
    BARE
    + """
def rows(connection, name, now):
    worker, _, number = name.rpartition("-")
    if number == "warm":
        return add(connection, worker, now)
    component = f"B{worker}"
    if int(number) % 3 == 0:
        values = dict(component=component, type="iv_curve", tested_by="x", stated=True, notes="")
        values["uuid"] = str(uuid.uuid4())
        insert = tables["test"].insert().returning(tables["test"].c.id)
        test = connection.execute(insert, dict(values, tested=now)).scalar_one()
        connection.execute(tables["measurement"].insert(), dict(test=test, name="current", number=2.3e-6))
    elif int(number) % 3 == 1:
        values = dict(component=component, type="note", text=name, opened_by="x")
        connection.execute(tables["maintenance"].insert(), dict(values, opened=now))
    else:
        values = dict(name=f"bench {name}")
        connection.execute(tables["location"].insert(), values)
        table = tables["component"]
        connection.execute(
            table.update().where(table.c.id == sa.bindparam("of")),
            dict(of=component, location=values["name"], version=int(number), updated=now))
        connection.execute(tables["movement"].insert(), dict(
            component=component, origin="", destination=values["name"], moved=now, moved_by="x"))
    return component, values
"""
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
        check(path)
        write(f"{place}/writes.db", f"{place}/test_data")
        programs = binaries()
        if programs is None:
            print("\nno PostgreSQL on this machine")
            return
        with private_server(
            programs, "-c listen_addresses=127.0.0.1"
        ) as url:  # it flushes every commit, as SQLite does
            write(database_url(url, None), f"{place}/test_data")


def fill(database: Database) -> None:
    """Write rows and events straight into the tables, as an import would: verify finds nothing wrong with them."""
    now = datetime.now(UTC)
    tables = metadata.tables
    with database.store.write() as connection:
        chain = Chain(connection, now)
        for start in range(0, COMPONENTS, 5000):
            numbers = range(start, min(start + 5000, COMPONENTS))
            connection.execute(tables["component"].insert(), [component(number, now) for number in numbers])
            tests = [test(number, index, now) for number in numbers for index in range(TESTS)]
            connection.execute(tables["test"].insert(), tests)
            values = [{"test": row["id"], "name": "current", "number": 2.3e-6} for row in tests]
            connection.execute(tables["measurement"].insert(), values)
            chain.add([added(number, now) for number in numbers])
        seats = [seat(number, now) for number in range(SEATS)]
        names = [{"name": row["position"]} for row in seats]
        connection.execute(tables["position"].insert(), names)
        connection.execute(
            tables["position_accepts"].insert(), [{"position": row["name"], "type": "feb"} for row in names]
        )
        connection.execute(tables["installation"].insert(), seats)
        chain.add([installed(row) for row in seats])
        connection.execute(tables["movement"].insert(), [moved(row, chain) for row in seats])
        changed = tables["component"].update().where(tables["component"].c.id == bindparam("of"))
        made = [{"of": row["component"], "version": 2, "updated": installed_at(row, chain)} for row in seats]
        connection.execute(changed, made)


class Chain:
    """Appends events: each (command, component, status, place, changes)."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection, self.now, self.number, self.hash = connection, now, 0, START

    def time(self, number: int) -> datetime:
        return self.now + timedelta(microseconds=number)

    def add(self, told: list[tuple[str, str, str, str, list[dict[str, object]]]]) -> None:
        events, links = [], []
        for command, name, status, place, changes in told:
            self.number += 1
            event = {
                "number": self.number,
                "time": self.time(self.number),
                "login": "bench",
                "person": "bench",
                "command": command,
                "said": f"{command} {name}",
                "waiver": None,
                "undoes": None,
                "changes": changes,
                "previous": self.hash,
            }
            self.hash = seal(event)
            events.append({**event, "hash": self.hash})
            links.append({"component": name, "event": self.number, "status": status, "place": place})
        self.connection.execute(metadata.tables["event"].insert(), events)
        self.connection.execute(metadata.tables["event_component"].insert(), links)


def row_of(table: str, key: object, row: dict[str, object]) -> dict[str, object]:
    return {"table": table, "key": key, "before": None, "after": image_of(row)}


def added(number: int, now: datetime) -> tuple[str, str, str, str, list[dict[str, object]]]:
    values = component(number, now)
    tests = [test(number, index, now) for index in range(TESTS)]
    changes = [row_of("component", values["id"], values), *(row_of("test", row["id"], row) for row in tests)]
    changes += [row_of("measurement", row["id"], {"current": 2.3e-6}) for row in tests]
    return "add", str(values["id"]), str(values["status"]), "", changes


def seat(number: int, now: datetime) -> dict[str, object]:
    """The installation of one of the front-end boards: every fifth component."""
    values = component(5 * number + 3, now)
    return {
        "id": number + 1,
        "component": values["id"],
        "position": f"FEB{number}",
        "run_period": "2025",
        "installed": now,
        "installed_by": "bench",
        "prior": values["status"],
        "notes": "",
    }


def installed(row: dict[str, object]) -> tuple[str, str, str, str, list[dict[str, object]]]:
    name, place = str(row["component"]), str(row["position"])
    status = {"table": "component", "key": name, "before": {"status": row["prior"]}, "after": {"status": "installed"}}
    return "install", name, "installed", place, [row_of("installation", row["id"], row), status]


def moved(row: dict[str, object], chain: "Chain") -> dict[str, object]:
    """The way of a board into its position, by the event of its installation."""
    place = {"origin": "", "destination": row["position"]}
    return {"component": row["component"], **place, "moved": installed_at(row, chain), "moved_by": "bench"}


def installed_at(row: dict[str, object], chain: "Chain") -> datetime:
    return chain.time(chain.number - SEATS + int(str(row["id"])))


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
        "uuid": str(uuid.UUID(int=number * TESTS + index)),
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
        "show": [*svt, "show", "HPK-005003"],
        "history": [*svt, "history", "HPK-005003"],
        "list": [*svt, "list"],
        "list, last page": [*svt, "list", "--type", "feb", "--page", str(COMPONENTS // 5 // 50)],
        "positions": [*svt, "positions", "--type", "feb"],
        "summary": [*svt, "summary"],
        "at": [*svt, "at", "2100-01-01"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    peak: dict[str, int] = {}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            seconds, peak[name] = launched(name, command)
            taken[name].append(seconds)
    floor = statistics.median(taken["floor"])
    for name, times in taken.items():
        over = (statistics.median(times) - floor) * 1000
        bar = f"   bar {BARS[name]:+} ms" if name in BARS else ""
        print(f"{name:16s} {statistics.median(times) * 1000:7.0f} ms   floor {over:+6.0f} ms   {peak[name]} MB{bar}")


def check(path: str) -> None:
    """Verify everything, once."""
    seconds, peak = launched("verify", [sys.executable, "-c", SVT, "--db-path", path, "verify"])
    print(f"{'verify':16s} {seconds:7.1f} s{'':21s}{peak} MB")


def launched(name: str, command: list[str]) -> tuple[float, int]:
    """Run a command to its end; return how long it took [s] and its peak memory [MB]."""
    done = subprocess.run([sys.executable, "-S", "-c", LAUNCH, *command], stdout=subprocess.PIPE, text=True, check=True)
    seconds, peak, code = done.stdout.split()
    if int(code):
        sys.exit(f"{name} ended with {code}")
    return float(seconds), int(peak)


def write(url: str, files: str) -> None:
    """Writers of each kind by turns, so that whatever else this machine does falls on all of them."""
    with Database(url, files) as database:
        database.initialize_schema()
    kind = url.partition("+")[0].partition(":")[0] if "://" in url else "sqlite"
    print(f"\n{kind}: {WRITERS} processes x {WRITES} writes, {WRITE_ROUNDS} rounds by turns; none failed")
    for name, bare, ours in (("add", BARE_ADD, ADD), ("test, log, move", BARE_OTHERS, OTHERS)):
        floors, rates, slowest = [], [], 0.0
        for turn in range(WRITE_ROUNDS):
            floors.append(together(bare + LOOP, url, files, f"{name[0]}{turn}")[0])
            rate, longest = together(ours + LOOP, url, files, f"{name[0]}{turn}")
            rates.append(rate)
            slowest = max(slowest, longest)
        ratio = statistics.median(rate / floor for rate, floor in zip(rates, floors, strict=True))
        print(
            f"{name:16s} {statistics.median(rates):5.0f}/s   bare Core loop {statistics.median(floors):5.0f}/s   "
            f"{ratio:.2f} of it (bar 0.5)   slowest {slowest:.2f} s (bar 5)"
        )


def together(script: str, url: str, files: str, turn: str) -> tuple[float, float]:
    """Let all writers begin at once; return writes a second of them all, and the longest of one write [s]."""
    command = [sys.executable, "-c", script, url, files]
    writers = [
        subprocess.Popen(
            [*command, f"{turn}-{number}", str(WRITES)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for number in range(WRITERS)
    ]
    for writer in writers:
        writer.stdout.readline()
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate()[0] for writer in writers]
    if any(writer.returncode for writer in writers):
        sys.exit(f"a writer failed: {[writer.returncode for writer in writers]}")
    times = [json.loads(each) for each in said]
    took = max(ended for _, ended, _ in times) - min(began for began, _, _ in times)
    return WRITERS * WRITES / took, max(longest for _, _, longest in times)


if __name__ == "__main__":
    main()
