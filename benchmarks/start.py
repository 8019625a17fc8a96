"""Wall time of `scantrail --help`, and of every other command of ours, against bare Python and Python with click.

Bar: 80 ms on an idle machine. Commands take turns, so that a busy moment falls on all of them.
"""

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import entry_points
from pathlib import Path

ROUNDS = 21
BAR = 0.080  # s
SOURCE = Path(__file__).parent.parent / "src"


def main() -> None:
    compileall.compile_dir(SOURCE, quiet=1)
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import click'": [sys.executable, "-c", "import click"],
    }
    bin_directory = Path(sys.executable).parent
    for script in sorted(entry_points(group="console_scripts"), key=lambda script: script.name):
        if script.module.startswith("scantrail."):
            commands[f"{script.name} --help"] = [str(bin_directory / script.name), "--help"]
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as home:
        for _ in range(ROUNDS):
            for name, command in commands.items():
                seconds[name].append(wall_time(command, home))
    report({name: statistics.median(times) for name, times in seconds.items()})


def wall_time(command: list[str], home: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "HOME": home})
    return time.perf_counter() - began


def report(medians: dict[str, float]) -> None:
    bare, click = list(medians.values())[:2]
    for name, median in medians.items():
        print(f"{name:26s} {median * 1e3:6.1f} ms   {median / bare:4.1f} x bare   {median / click:4.1f} x click")
    print(f"bar of --help: {BAR * 1e3:.0f} ms; median of {ROUNDS} rounds")


if __name__ == "__main__":
    main()
