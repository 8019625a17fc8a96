"""A scan of very many points: its journal is readable throughout, and its memory stays small."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from beamlines import beamline, begun, taken
from commands import started

from scantrail.runs import read, summarize

SCRIPT = """
import resource, sys
from scantrail.daq import DeviceClient, LinearScanConfig, ScanEngine
from scantrail.station import Station

def grown(points):
    plan = LinearScanConfig(motor="BL02:SAMPLE:X", start=-1000, stop=1000, steps=points,
                            detectors=["BL02:DET:I0", "BL02:DET:IT"], dwell_time=1e-9)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with DeviceClient("127.0.0.1", int(sys.argv[1])) as client:
        data = ScanEngine(client, station=Station()).run(plan)
    assert len(data.timestamps) == points
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / points

if len(sys.argv) > 3:
    grown(1000)
print(grown(int(sys.argv[2])))
"""


@contextmanager
def scanning(*arguments: object):
    """SCRIPT with these arguments, running while the block does."""
    command = [sys.executable, "-c", SCRIPT, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def is_readable_throughout(place, points: int) -> None:
    """Read the journal again and again, and follow it from a third process, while `points` are taken."""
    with beamline(place, "--instant") as server, scanning(server.port, points) as process:
        directory = begun()
        seen = [0]
        with started("runs", "tail", "1", "--json") as tail:
            while process.poll() is None:
                seen += [summarize(directory).points, len(read(directory).stream("primary"))]
            done = tail.ended()
        assert process.returncode == 0
    assert seen == sorted(seen)
    assert len(set(seen)) > 2
    assert taken(directory) == list(range(points))
    assert done.code == 0
    followed = done.out.splitlines()
    assert len(followed) == points + 1
    assert f'"points": {points}' in followed[-1]


def test_a_journal_is_readable_while_it_is_written(tmp_path):
    is_readable_throughout(tmp_path, 2_000)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_journal_of_100_000_points_is_readable_while_it_is_written(tmp_path):
    is_readable_throughout(tmp_path, 100_000)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_100_000_points_take_less_than_100_bytes_each(tmp_path):
    with beamline(tmp_path, "--instant") as server, scanning(server.port, 100_000, "warmed up") as process:
        told, _ = process.communicate()
    assert process.returncode == 0
    assert float(told) < 100
