"""Tables into the tracker: an adoption, an import of 10,000 rows of each kind, a search among 100,000 components.

Floor of the first two: the same file read, and as many rows of as many columns inserted by bare sqlite3 in one
transaction. Floor of the search: a process that imports click, rich.table and sqlalchemy and runs `select 1`. Bar: an
import of 10,000 rows in under 20 s.
"""

import csv
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from scantrail.tracker import Database, adopt, import_table

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
from reference_databases import component, entry, reference_database

ROWS = 10_000
SEARCHED = 100_000
ROUNDS = 5
BAR = 20.0  # s

FLOOR = """
import sys, click, rich.table, sqlalchemy
with sqlalchemy.create_engine("sqlite:///" + sys.argv[1]).connect() as connection:
    connection.exec_driver_sql("select 1").scalar_one()
"""
SVT = "import sys; sys.argv[0] = 'svt'; from scantrail.cli.main import svt; svt()"


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def bare(path: Path, place: Path) -> None:
    """Read a table and insert its rows, as they are."""
    with path.open(newline="") as file:
        headings, *rows = csv.reader(file)
    with closing(sqlite3.connect(place)) as base, base:
        base.execute(f'CREATE TABLE "{path.stem}" ({", ".join(map(repr, headings))})')
        base.executemany(f'INSERT INTO "{path.stem}" VALUES ({", ".join("?" * len(headings))})', rows)


def tables(place: Path, rows: int) -> dict[str, Path]:
    """Write a table of each kind, in an order in which they can be imported."""
    lines = {
        "components": ("id,type,serial,location,attribute:thickness", "S{0},sensor,s{0},Shelf 1,{0}"),
        "tests": ("component,type,tested,voltage,current", "S{0},iv_curve,2024-01-01,60,{0}e-9"),
        "installations": ("component,position,installed", "S{0},P{0},2024-01-01"),
        "connections": ("a,a_port,b,b_port", "S{0},1,S{1},2"),
    }
    for name, (heading, line) in lines.items():
        text = "\n".join([heading, *(line.format(number, (number + 1) % rows) for number in range(rows))])
        (place / f"{name}.csv").write_text(text)
    return {name: place / f"{name}.csv" for name in lines}


def adoption(place: Path) -> None:
    """Adopt a laboratory of 10,000 components with three tests and a log entry each."""
    modules = [component(f"M{number}", serial_number=f"s{number}") for number in range(ROWS)]
    test = {"test_date": "2024-01-15T14:30:22", "test_type": "iv_curve", "pass_fail": 1, "voltage_measured": 60}
    tests = [{"component_id": f"M{number % ROWS}", **test} for number in range(3 * ROWS)]
    logs = [entry(f"M{number}", "2024-01-15T14:30:22", "note", "text") for number in range(ROWS)]
    rows = {"components": modules, "test_results": tests, "maintenance_log": logs}
    floor = seconds(lambda: reference_database(place / "old.db", rows))
    with Database(place / "adopted.db") as database:
        first = seconds(lambda: adopt(database, place / "old.db", timezone="UTC"))
        again = seconds(lambda: adopt(database, place / "old.db", timezone="UTC"))
    print(f"adopt 50,000 rows      {first:6.2f} s, {first / floor:5.1f} x the floor; again {again:.2f} s")


def imports(place: Path) -> None:
    """Import each kind, and again."""
    with Database(place / "imported.db") as database:
        database.initialize_schema()
        for name, path in tables(place, ROWS).items():
            floor = seconds(lambda path=path: bare(path, place / "bare.db"))
            first = seconds(lambda path=path: import_table(database, path))
            again = seconds(lambda path=path: import_table(database, path))
            kept = "kept" if first < BAR else "BROKEN"
            print(
                f"import {name:15s} {first:6.2f} s, {first / floor:5.1f} x the floor; again {again:.2f} s; "
                f"bar {BAR:.0f} s {kept}"
            )


def searching(place: Path) -> None:
    """Search as whole processes: for what is there once, and for what is not there."""
    large = place / "large"
    large.mkdir()
    path = large / "parts.db"
    with Database(path) as database:
        import_table(database, tables(large, SEARCHED)["components"])
    commands = {"floor": [FLOOR, str(path)]}
    commands |= {text: [SVT, "--db-path", str(path), "search", text] for text in ("s99000", "nowhere")}
    times: dict[str, list[float]] = {name: [] for name in commands}
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "HOME": str(place)}}
    for _ in range(ROUNDS):
        for name, arguments in commands.items():
            command = [sys.executable, "-c", *arguments]
            times[name].append(seconds(lambda command=command: subprocess.run(command, check=True, **quiet)))
    floor = statistics.median(times["floor"])
    for name in ("s99000", "nowhere"):
        median = statistics.median(times[name])
        print(f"search {name:15s} {1000 * median:6.0f} ms, {1000 * (median - floor):+.0f} ms over the floor")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        adoption(Path(directory))
        imports(Path(directory))
        searching(Path(directory))
