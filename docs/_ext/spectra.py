"""The figure of an absorption edge: a scan of the simulated foil, judged."""

import numpy as np

from scantrail.plots import Figure

ENERGY, DETECTORS = "BL02:MONO:ENERGY", {"BL02:DET:I0": "i0", "BL02:DET:IT": "itrans"}
DWELL = 1.0


def absorption_edge() -> Figure:
    """Return the spectrum of the simulated foil, judged."""
    from scantrail.daq import judge_spectrum, spectrum_figure

    return spectrum_figure(judge_spectrum(foil()), title="iron foil, 311 points of 1 s")


def foil():
    """Return what the simulated beamline counts over the iron K edge; its clock jumps over the dwells."""
    from scantrail.daq import Measured, Quantity, XAFSScanConfig
    from scantrail.sim import BeamlineMachine

    regions = ["-150:-20:5", "-20:30:0.5", "30:12k:0.05k"]
    plan = XAFSScanConfig(edge="Fe K", regions=regions, detectors=list(DETECTORS), dwell_time=DWELL)
    energies = plan.generate_energies()
    session = BeamlineMachine(seed=4, instant=True).open(0.0)
    rows = []
    for i, energy in enumerate(energies):
        now = i * (DWELL + 0.1)
        session.receive(f"MOVE:{ENERGY}:{energy:.3f}\n".encode(), now)
        session.emit(now)
        session.receive("".join(f"GET:{pv}\n" for pv in DETECTORS).encode(), now + DWELL)
        rows.append([float(line.removeprefix(b"OK:")) for line in session.emit(now + DWELL).splitlines()])
    columns = zip(DETECTORS.items(), np.array(rows).T, strict=True)
    return Measured(
        kind="xafs",
        title="iron foil",
        axes=(Quantity(ENERGY, "eV", "setpoint", energies),),
        readbacks=(),
        detectors=tuple(Quantity(pv, "counts/s", role, values) for (pv, role), values in columns),
        shape=(len(energies),),
        index=np.arange(len(energies))[:, np.newaxis],
        edge=plan.target,
        dwell=np.full(len(energies), DWELL),
    )
