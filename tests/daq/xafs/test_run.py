"""From a plan over a run to its judgement, on the simulated beamline."""

import pytest

from scantrail.daq import Region, XAFSScanConfig, judge_spectrum, measured_of
from scantrail.runs import chain
from scantrail.station import Station

I0, IT, IF = "BL02:DET:I0", "BL02:DET:IT", "BL02:DET:IF"
COUNTERS = {
    name: {"pv": pv, "units": "counts/s", "dark": dark}
    for name, pv, dark in (("i0", I0, 150.0), ("it", IT, 120.0), ("fluorescence_if", IF, 5.0))
}


def plan(detectors, **fields):
    regions = [(-60, -20, 10), (-15, 15, 0.5), Region(20.0, 300.0, 20.0)]
    return XAFSScanConfig(**{"edge": "Fe K", "regions": regions, "detectors": detectors, "dwell_time": 0.03, **fields})


def judged(engine, config):
    engine.run_xafs(config)
    records, missing = chain(engine.taken.run.directory)
    assert missing is None
    return judge_spectrum(measured_of(records))


def test_a_scan_finds_the_edge(beamline):
    spectrum = judged(beamline.engine(), plan([I0, IT]))
    assert spectrum.edge.name == "K"
    assert spectrum.absorption.sigma is None
    assert spectrum.e0.energy == pytest.approx(beamline.machine.truth()["edge"], abs=1.0)
    assert spectrum.normalised.step == pytest.approx(beamline.machine.truth()["edge_step"], rel=0.1)


def test_two_descending_passes_with_counters_of_the_station(beamline):
    station = Station.model_validate({"detectors": COUNTERS})
    spectrum = judged(beamline.engine(station), plan(["i0", "it"], repeats=2, descending=True, dwell_time=0.015))
    assert len(spectrum.absorption) == 5 + 61 + 15
    assert spectrum.absorption.sigma is not None
    assert spectrum.e0.energy == pytest.approx(beamline.machine.truth()["edge"], abs=1.0)


def test_fluorescence(beamline):
    spectrum = judged(beamline.engine(), plan([I0, IF]))
    assert spectrum.absorption.formula == "IF / I0"
    assert spectrum.e0.energy == pytest.approx(beamline.machine.truth()["edge"], abs=1.5)
