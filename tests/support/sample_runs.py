"""A small linear run to write and read back."""

from typing import Any

from scantrail.runs import Column, Header

COLUMNS = {
    "x": Column("tcp://host/BL02:SAMPLE:X", "um", "number", "axis"),
    "i0": Column("tcp://host/BL02:DET:I0", "1/s", "number", "i0"),
}


def header(points: int = 10, **changes: Any) -> Header:
    return Header(
        kind="linear",
        plan={"type": "linear", "start": 0, "stop": 9},
        num_points=points,
        motors=["x"],
        detectors=["i0"],
        dimensions=[["x"]],
        shape=[points],
        extents=[(0, 9)],
        **changes,
    )
