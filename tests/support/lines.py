"""A run along a line as the engine keeps it, written without an engine."""

from scantrail.runs import Column, Header

KEYS = {"x": "axis", "i0": "i0", "x_setpoint": "setpoint", "point": "point"}
COLUMNS = {key: Column("sim://", "um" if role == "axis" else "", "number", role) for key, role in KEYS.items()}


def line_header(points: int) -> Header:
    """Header of a linear scan of so many points."""
    plan = {"type": "linear", "motor": "x", "start": 0.0, "stop": 1.0, "steps": points, "detectors": ["i0"]}
    return Header(
        kind="linear",
        plan={**plan, "dwell_time": 0.01},
        num_points=points,
        motors=["x"],
        detectors=["i0"],
        dimensions=[["x"]],
        shape=[points],
        extents=[(0.0, 1.0)],
        columns=[{"key": key, "role": role} for key, role in KEYS.items()],
    )


def row(i: int) -> dict[str, float]:
    """The i-th point."""
    return {"point": i, "x": float(i), "x_setpoint": float(i), "i0": float(i % 7)}
