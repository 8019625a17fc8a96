"""Example: an XAFS scan over the iron K edge, with a hook, a baseline, a CSV that says what it is, and its verdict.

Needs no beamline: `sim://` simulates one in this process. Give another address, such as tcp://localhost:5064, to scan a
real one.
"""

import sys

from scantrail.daq import ScanEngine, XAFSScanConfig, connect, judge_spectrum, measured_of
from scantrail.runs import chain

ENERGY, I0, IT = "BL02:MONO:ENERGY", "BL02:DET:I0", "BL02:DET:IT"


def main(url: str = "sim://", csv: str = "fe_foil.csv") -> None:
    """Step coarsely before the edge, finely over it, evenly in k behind it; each join is measured once."""
    plan = XAFSScanConfig(
        energy_pv=ENERGY,
        edge="Fe K",
        regions=[(-60.0, -10.0, 10.0), "-10:15:0.5", "15:4k:0.2k"],
        detectors=[I0, IT],
        dwell_time=0.02,
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
    print(f"\rrun {data.metadata['run']}: {plan.counts} points")
    spectrum = judge_spectrum(measured_of(chain(engine.taken.run.directory).records))
    print("\n".join(spectrum.sentences))


if __name__ == "__main__":
    main(*sys.argv[1:])
