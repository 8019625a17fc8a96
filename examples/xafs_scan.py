"""Example: an XAFS scan over the iron K edge, with a hook, a baseline and a CSV that says what it is.

Needs no beamline: `sim://` simulates one in this process. Give another address, such as tcp://localhost:5064, to scan a
real one.
"""

import sys

import numpy as np

from scantrail.daq import ScanEngine, XAFSScanConfig, connect

ENERGY, I0, IT = "BL02:MONO:ENERGY", "BL02:DET:I0", "BL02:DET:IT"


def main(url: str = "sim://", csv: str = "fe_foil.csv") -> None:
    """Step coarsely before the edge, finely over it, coarsely behind it; each join is measured once."""
    plan = XAFSScanConfig(
        energy_pv=ENERGY,
        edge=7112.0,
        regions=[(-40.0, -10.0, 10.0), (-10.0, 20.0, 1.0), (20.0, 50.0, 10.0)],
        detectors=[I0, IT],
        dwell_time=0.01,
    )
    client = connect(url)
    try:
        engine = ScanEngine(
            client,
            baseline=["BL02:RING:CURRENT", "BL02:HUTCH:TEMP"],
            point=lambda run, point, row: print(f"\r{run.taken()} of {run.expected}", end="", flush=True),
        )
        data = engine.run_xafs(plan)
    finally:
        client.close()

    data.to_csv(csv, header=True)
    energy = data.setpoints[ENERGY]
    mu = np.log(data.detector_readings[I0] / data.detector_readings[IT])
    steepest = energy[np.argmax(np.gradient(mu, energy))]
    print(f"\rrun {data.metadata['run']}: {len(energy)} energies, mu rises most steeply at {steepest:g} eV")


if __name__ == "__main__":
    main(*sys.argv[1:])
