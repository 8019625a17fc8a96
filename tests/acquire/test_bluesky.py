"""Journals as the Bluesky ecosystem takes them: event-model's schemas, Bluesky's own callbacks, suitcase."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import event_model
import numpy as np
import pytest

from scantrail.acquire import Order, RigOptions, start
from scantrail.daq import LinearScanConfig, MeshScanConfig, ScanEngine, connect
from scantrail.runs import documents
from scantrail.station import Station
from scantrail.threshold import HaniwersConfig, parallel_plan

X, Y = "BL02:SAMPLE:X", "BL02:SAMPLE:Y"
DETECTORS = ["BL02:DET:I0", "BL02:DET:IT"]

Documents = list[tuple[str, dict[str, Any]]]


@cache
def linear() -> Documents:
    plan = LinearScanConfig(motor=X, start=-50, stop=50, steps=11, detectors=DETECTORS, dwell_time=0.01)
    return positions(plan)


@cache
def mesh() -> Documents:
    ways = {"motor1": (Y, -20, 20, 3), "motor2": (X, -20, 20, 4)}
    return positions(MeshScanConfig(**ways, snake=True, detectors=DETECTORS, dwell_time=0.01))


def positions(plan: LinearScanConfig | MeshScanConfig) -> Documents:
    client = connect("sim://")
    try:
        engine = ScanEngine(client, baseline=["BL02:RING:CURRENT"])
        engine.run(plan)
        assert engine.taken is not None
        return list(documents(engine.taken.run.directory))
    finally:
        client.close()


@cache
def threshold() -> Documents:
    station = Station()
    config = HaniwersConfig.from_station(station).with_options(thresholds="1:304;2:312", nsteps="3", duration=5)
    used = station.model_copy(update={"sampler": config.sampler, "sensors": config.sensors})
    outcome = start(Order(parallel_plan(config), used, RigOptions(mock=True, speed=200.0, seed=1)))
    return list(documents(outcome.directory))


@pytest.fixture(params=[linear, mesh, threshold], ids=["linear", "mesh", "threshold"])
def journal(request: pytest.FixtureRequest) -> Documents:
    """The documents of a run, taken once."""
    return request.param()


@pytest.fixture
def bluesky(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """`bluesky(module)`: the module, or a skipped test; its callbacks then raise what they otherwise log."""
    monkeypatch.setenv("BLUESKY_DEBUG_CALLBACKS", "1")
    pytest.importorskip("bluesky", reason="bluesky is not installed (extra: bluesky)")
    yield lambda name: pytest.importorskip(name, reason=f"{name} is not installed (extra: bluesky)")


def axis_and_detector(journal: Documents) -> tuple[str, str, list[dict[str, Any]]]:
    begin = dict(journal)["start"]
    primary = next(doc["uid"] for name, doc in journal if name == "descriptor" and doc["name"] == "primary")
    rows = [doc["data"] for name, doc in journal if name == "event" and doc["descriptor"] == primary]
    assert len(rows) == begin["num_points"]
    return begin["hints"]["dimensions"][-1][0][0], begin["detectors"][0], rows


def test_every_document_passes_the_schemas(journal):
    for name, document in journal:
        event_model.schema_validators[event_model.DocumentNames[name]].validate(document)
    with pytest.raises(Exception, match="required property"):
        event_model.schema_validators[event_model.DocumentNames.event].validate({})


def test_a_live_table_shows_every_point(journal, bluesky, capsys):
    axis, detector, rows = axis_and_detector(journal)
    table = bluesky("bluesky.callbacks").LiveTable([axis, detector])
    for name, document in journal:
        table(name, document)
    printed = [line.split("|") for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    shown = [cells for cells in printed if cells[1].strip().isdigit()]
    assert len(shown) == len(rows)
    assert float(shown[-1][-2]) == pytest.approx(rows[-1][detector], rel=1e-3)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # a snake has no derivative where it turns
def test_peak_stats_finds_what_numpy_finds(journal, bluesky):
    axis, detector, rows = axis_and_detector(journal)
    stats = bluesky("bluesky.callbacks.fitting").PeakStats(axis, detector)
    for name, document in journal:
        stats(name, document)
    x, y = (np.array([row[key] for row in rows], float) for key in (axis, detector))
    assert (stats["max"][0], stats["max"][1]) == (x[np.argmax(y)], y.max())


@pytest.mark.filterwarnings("default")  # what matplotlib says of the figures is between the two of them
def test_the_best_effort_callback_takes_it_whole(journal, bluesky, capsys):
    best = bluesky("bluesky.callbacks.best_effort").BestEffortCallback()
    for name, document in journal:
        best(name, document)
    _, _, rows = axis_and_detector(journal)
    printed = [line.split("|") for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert len([cells for cells in printed if cells[1].strip().isdigit()]) == len(rows)
    plt = bluesky("matplotlib.pyplot")
    assert plt.get_fignums()
    plt.close("all")


def test_suitcase_keeps_every_document(journal, bluesky, tmp_path):
    artifacts = bluesky("suitcase.jsonl").export(iter(journal), str(tmp_path))
    (path,) = (Path(path) for paths in artifacts.values() for path in paths)
    kept = [json.loads(line) for line in path.read_text().splitlines()]
    assert [name for name, _ in kept] == [name for name, _ in journal]
    assert kept == [[name, document] for name, document in json.loads(json.dumps(journal))]
