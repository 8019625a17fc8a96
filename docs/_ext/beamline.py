"""Figures of the simulated beamline: scans whose clock jumps over the dwells, judged."""

from collections.abc import Mapping
from itertools import islice

import numpy as np

from scantrail.daq import (
    LinearScanConfig,
    Measured,
    MeshScanConfig,
    Quantity,
    ScanConfig,
    TimeScanConfig,
    compare_scans,
    scan_figure,
    statistics_of,
    with_derived,
)
from scantrail.plots import Figure
from scantrail.sim import BeamlineMachine

PVS = {"x": "BL02:SAMPLE:X", "y": "BL02:SAMPLE:Y", "i0": "BL02:DET:I0", "it": "BL02:DET:IT", "if": "BL02:DET:IF"}
ROLES = {"i0": "i0", "it": "itrans", "if": "ifluor"}
ELAPSED = "elapsed"
MOVING = 0.1
"""Time that a move takes [s]."""


def line_scan() -> Figure:
    """Return a scan across the spot that fluoresces."""
    plan = LinearScanConfig(motor="x", start=-1200, stop=1600, steps=29, detectors=["i0", "if"], dwell_time=0.2)
    measured = with_derived(taken(plan, {"y": -150.0}), {"ratio": "if / i0"})
    return scan_figure(measured, statistics_of(measured), title="run 1: linear")


def knife_edge() -> Figure:
    """Return a scan across the rim of the disc."""
    plan = LinearScanConfig(motor="x", start=2820, stop=3180, steps=37, detectors=["it"], dwell_time=0.5)
    measured = taken(plan, {})
    return scan_figure(measured, statistics_of(measured), title="run 2: linear")


def scans_compared() -> Figure:
    """Return scans across the spot at three heights."""
    plan = LinearScanConfig(motor="x", start=-1200, stop=1600, steps=29, detectors=["if"], dwell_time=0.2)
    heights = {"run 3": -150.0, "run 4": 250.0, "run 5": 650.0}
    return compare_scans({run: taken(plan, {"y": height}) for run, height in heights.items()}, title="run 3, 4 and 5")


def mesh() -> Figure:
    """Return a mesh over the spot."""
    measured = taken(_area(), {})
    return scan_figure(measured, statistics_of(measured), title="run 6: mesh")


def aborted_mesh() -> Figure:
    """Return the same, stopped in a row."""
    return scan_figure(taken(_area(), {}, points=167), title="run 7: mesh")


def time_scan() -> Figure:
    """Return readings of nine minutes, over which the ring current falls."""
    plan = TimeScanConfig(count=61, every=9.0, detectors=["i0"], dwell_time=0.5)
    measured = taken(plan, {"x": 0.0})
    return scan_figure(measured, statistics_of(measured), title="run 8: time")


def _area() -> MeshScanConfig:
    return MeshScanConfig(
        motor1=("y", -1100, 800, 20), motor2=("x", -900, 1300, 23), detectors=["if"], dwell_time=0.2, snake=True
    )


def taken(plan: ScanConfig, standing: Mapping[str, float], points: int | None = None) -> Measured:
    """Return what the simulated beamline counts at the first points of a plan, other motors standing where told."""
    session = BeamlineMachine(seed=7, instant=True).open(0.0)
    every = list(islice(plan.points(), points))
    rows = []
    for i, point in enumerate(every):
        now = point.setpoints.get(ELAPSED, i * (point.dwell + MOVING))
        targets = {**standing, **{motor: point.setpoints[motor] for motor in plan.motors}}
        session.receive("".join(f"MOVE:{PVS[motor]}:{at}\n" for motor, at in targets.items()).encode(), now)
        session.emit(now)
        session.receive("".join(f"GET:{PVS[name]}\n" for name in plan.detectors).encode(), now + point.dwell)
        replies = session.emit(now + point.dwell).splitlines()
        rows.append([float(reply.removeprefix(b"OK:")) for reply in replies])
    counted = zip(plan.detectors, np.array(rows).T, strict=True)
    axes = {name: np.array([point.setpoints[name] for point in every]) for names in plan.dimensions for name in names}
    return Measured(
        kind=plan.kind,
        title=plan.kind,
        axes=tuple(Quantity(name, "s" if name == ELAPSED else "um", "setpoint", at) for name, at in axes.items()),
        readbacks=(),
        detectors=tuple(Quantity(name, "counts/s", ROLES[name], values) for name, values in counted),
        shape=plan.shape,
        index=np.array([point.grid for point in every]),
        dwell=np.full(len(every), plan.dwell_time),
        grid=tuple(next(iter(track.values())) for track in plan.tracks),
    )
