"""Example: a map of the sample, row by row and back, and where it transmits least.

Needs no beamline: `sim://` simulates one in this process. Give another address, such as tcp://localhost:5064, to scan a
real one.
"""

import sys

import numpy as np

from scantrail.daq import MeshScanConfig, ScanEngine, connect

X, Y = "BL02:SAMPLE:X", "BL02:SAMPLE:Y"


def main(url: str = "sim://") -> None:
    """Scan 5 x 5 points around the middle of the sample."""
    client = connect(url)
    try:
        plan = MeshScanConfig(
            motor1=(Y, -200.0, 200.0, 5),
            motor2=(X, -200.0, 200.0, 5),
            snake=True,
            detectors=["BL02:DET:I0", "BL02:DET:IT"],
            dwell_time=0.01,
        )
        data = ScanEngine(client).run_mesh(plan)
    finally:
        client.close()

    absorption = np.log(data.detector_readings["BL02:DET:I0"] / data.detector_readings["BL02:DET:IT"])
    row, column = np.unravel_index(np.argmax(absorption), data.shape)
    x, y = data.setpoints[X][row, column], data.setpoints[Y][row, column]
    points = " x ".join(map(str, data.shape))
    print(f"run {data.metadata['run']}: {points} points, it absorbs most at X = {x:g}, Y = {y:g} um")


if __name__ == "__main__":
    main(*sys.argv[1:])
