"""A page of a list of 10,000 runs, as a whole process, against one that loads the same libraries and runs `select 1`.

The runs stand in the table and as directories; a second row shows the list with the database gone. No bar of its own:
the tracker's lists may take 150 ms over the same floor.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

from scantrail.db import database_url, open_database
from scantrail.runs import reindex

RUNS = 10_000
ROUNDS = 9
PAGE = 50
STARTED = 1_700_000_000.0

FLOOR = """
import sys, click, rich.table, sqlalchemy
with sqlalchemy.create_engine(sys.argv[2]).connect() as connection:
    connection.exec_driver_sql("select 1").scalar_one()
"""
LISTING = """
import sys, click, rich.table
from pathlib import Path
from scantrail.runs import listing
runs, notice = listing(Path(sys.argv[1]), sys.argv[2], limit=int(sys.argv[3]))
assert len(runs) == int(sys.argv[3])
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        root, url = Path(place), database_url(f"{place}/scantrail.db", None)
        make_runs(root)
        began = time.perf_counter()
        with open_database(url) as database:
            reindex(database, root)
        print(f"reindex of {RUNS} runs       {time.perf_counter() - began:6.2f} s")
        commands = {
            "floor": (FLOOR, url),
            "list from the table": (LISTING, url),
            "list, no database": (LISTING, database_url(f"{place}/none.db", None)),
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, (code, base) in commands.items():
                taken[name].append(seconds(code, root, base))
    floor = statistics.median(taken["floor"])
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:20s} {median * 1000:8.0f} ms   floor {(median - floor) * 1000:+6.0f} ms   {median / floor:.2f}x")


def make_runs(root: Path) -> None:
    """Write journals of runs that have ended, without a RunWriter's fsync for each."""
    for number in range(1, RUNS + 1):
        uid = str(UUID(int=number << 96 | number))
        directory = root / "runs" / "2025" / f"{number}-serial-{uid[:8]}"
        directory.mkdir(parents=True)
        time_ = STARTED + 60 * number
        start = {"uid": uid, "time": time_, "scan_id": number, "plan_name": "serial", "num_points": 21}
        stop = {"time": time_ + 50, "exit_status": "success", "reason": "", "num_events": {"primary": 21}}
        lines = (["start", start], ["stop", stop])
        (directory / "journal.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def seconds(code: str, root: Path, url: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, str(root), url, str(PAGE)], check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
