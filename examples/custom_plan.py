"""Example: a plan of one's own. A spiral out of the middle: two motors in lock step, its points evenly spread.

A plan says where to measure and nothing else: it is checked, timed and kept in the run's journal like any other.
Needs no beamline: `sim://` simulates one in this process.
"""

import sys
from math import pi

import numpy as np

from scantrail.daq import PositionScanConfig, ScanEngine, connect

X, Y = "BL02:SAMPLE:X", "BL02:SAMPLE:Y"


class SpiralConfig(PositionScanConfig):
    """`count` points on a spiral of this `radius` [um] around where the motors stand, if it is `relative`."""

    scan_type: str = "spiral"
    count: int
    radius: float

    @property
    def tracks(self):
        """X and Y step together, so that they are one dimension."""
        place = np.arange(self.count)
        angle = 2 * np.sqrt(pi * place)
        distance = self.radius * np.sqrt(place / max(self.count - 1, 1))
        return ({X: distance * np.cos(angle), Y: distance * np.sin(angle)},)


def main(url: str = "sim://") -> None:
    """Take 30 points within 40 um."""
    client = connect(url)
    try:
        plan = SpiralConfig(
            count=30, radius=40.0, relative=True, detectors=["BL02:DET:I0", "BL02:DET:IT"], dwell_time=0.01
        )
        data = ScanEngine(client).run(plan)
    finally:
        client.close()
    transmission = data.detector_readings["BL02:DET:IT"] / data.detector_readings["BL02:DET:I0"]
    print(f"run {data.metadata['run']}: {len(transmission)} points, mean transmission {transmission.mean():.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
