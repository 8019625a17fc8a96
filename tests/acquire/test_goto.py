"""Position scans on a simulated beamline: what they show, and the motors that go there."""

import json
import sys
import time

import pytest

from scantrail.acquire import Order, aim, carry_out, compare_runs, judge_run, newest_scan, start, travel
from scantrail.daq import LinearScanConfig, LockstepScanConfig, Manner, MeshScanConfig, TimeScanConfig, XAFSScanConfig
from scantrail.errors import InputError, RunError, RunNotFound, RunStateError
from scantrail.links import connect
from scantrail.runs import ask, chain, read, read_results
from scantrail.sim import BeamlineMachine, Bench
from scantrail.sim.beamline import memory
from scantrail.station import Station, data_root

X, Y, I0, IT, IF = "BL02:SAMPLE:X", "BL02:SAMPLE:Y", "BL02:DET:I0", "BL02:DET:IT", "BL02:DET:IF"
SECTIONS = {
    "beamline": {"url": "sim://hutch"},
    "motors": {
        "x": {"pv": X, "units": "um", "limits": [-5000, 5000], "backlash": 20.0},
        "y": {"pv": Y, "units": "um"},
    },
    "detectors": {
        "i0": {"pv": I0, "units": "counts/s"},
        "it": {"pv": IT, "units": "counts/s"},
        "if": {"pv": IF, "units": "counts/s"},
    },
    "columns": {"ratio": "if / i0"},
}


@pytest.fixture(autouse=True)
def hutch(monkeypatch):
    """A beamline whose motors arrive at once, as long as the test lasts; a client of it. No catalogue is made."""
    monkeypatch.setattr(sys.modules["scantrail.daq.take"], "note_run", lambda url, directory: None)
    bench = Bench(BeamlineMachine(seed=4, instant=True))
    monkeypatch.setitem(memory._BENCHES, "hutch", bench)
    client = connect("sim://hutch")
    yield client
    client.close()


@pytest.fixture
def station():
    return Station.model_validate(SECTIONS)


def across(**fields):
    plan = {"motor": "x", "start": -1000, "stop": 1400, "steps": 25, "detectors": ["if", "i0"], "dwell_time": 0.012}
    return LinearScanConfig(**{**plan, **fields})


@pytest.fixture
def scanned(station):
    """`scanned(plan)`: take it; its outcome."""
    return lambda plan=None, **given: start(Order(plan or across(), station, **given))


def legs(goal, station, **given):
    """The way of each motor; nothing moves."""
    with travel(goal, station, **given) as trip:
        return trip.legs


def there(place="cen", detector=None, directory=None):
    return aim(directory or newest_scan(data_root()), place, detector)


# --- judging ----------------------------------------------------------------------------------------------------------


def test_a_scan_is_judged_when_it_ends(scanned):
    outcome = scanned()
    verdict = outcome.verdict
    assert verdict.answered
    assert [sentence.partition(" ")[0] for sentence in verdict.sentences] == ["if", "i0", "ratio"]
    assert verdict.sentences[0].startswith("if peaks at ")
    assert "FWHM" in verdict.sentences[0]
    assert verdict.sentences[1].startswith("i0 shows no peak")
    assert read_results(outcome.directory, "stats") == verdict.results
    centre = {result.name: result for result in verdict.results}["if cen"]
    assert centre.value == pytest.approx(200, abs=4 * centre.error)
    assert outcome.document()["results"][0]["status"] == "peak"
    assert json.loads(json.dumps(outcome.document()))


def test_a_scan_that_ended_early_is_judged_on_what_it_has(scanned):
    manner = Manner(point=lambda run, point, row: ask(run.directory, "abort") if run.taken() == 12 else run.wait(0.02))
    outcome = scanned(manner=manner)
    assert outcome.status == "abort"
    assert 12 <= outcome.taken < 20
    assert outcome.verdict.notes == (f"the scan was aborted: {outcome.taken} of 25 points were measured",)
    with pytest.raises(RunError, match="cut where the scan ended early"):
        there()


def test_nothing_is_judged_of_a_scan_without_points(station):
    outcome = carry_out(Order(across(), station), lambda run: ask(run.directory, "abort"))
    assert (outcome.taken, outcome.verdict) == (0, None)


def test_an_energy_scan_is_judged_as_a_spectrum(scanned):
    plan = XAFSScanConfig(edge=7112.0, regions=[(-30, 30, 10)], detectors=["i0", "it"], dwell_time=0.01)
    outcome = scanned(plan)
    assert [result.name for result in read_results(outcome.directory, "spectrum")][:2] == ["E0", "edge step"]
    with pytest.raises(InputError, match=r"run 1 \(xafs\) is none to go by"):
        there(directory=outcome.directory)


def test_a_family_is_no_matter_of_positions(scanned):
    with pytest.raises(InputError, match="a family is a model of threshold scans"):
        judge_run(scanned().directory, family="erfc")


def test_scans_of_one_axis_are_laid_over_each_other(scanned):
    directories = [scanned().directory, scanned(across(start=1400, stop=-1000, direction="any")).directory]
    figure = compare_runs(directories)
    assert [panel.y.label for panel in figure.panels] == ["if", "i0", "ratio"]
    assert [e.label for e in figure.panels[0].elements if e.kind == "points"] == ["run 1", "run 2"]
    with pytest.raises(InputError, match="scans are compared along one axis; these have run 1 x, run 3 y"):
        compare_runs([directories[0], scanned(across(motor="y")).directory])
    mesh = MeshScanConfig(motor1=("y", 0, 1, 2), motor2=("x", 0, 1, 2), detectors=["i0"], dwell_time=0.001)
    with pytest.raises(InputError, match="run 4: a map cannot be laid over another"):
        compare_runs([directories[0], scanned(mesh).directory])


# --- going there ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "truth"), [("peak", 200), ("com", 200), ("cen", 200)])
def test_a_motor_goes_to_the_peak(scanned, station, hutch, place, truth):
    scanned()
    goal = there(place)
    assert goal.targets["x"] == pytest.approx(truth, abs=120)
    with travel(goal, station) as trip:
        (leg,) = trip.legs
        assert (leg.motor, leg.start, leg.target, leg.unit) == ("x", 1400, goal.targets["x"], "um")
        assert hutch.get(f"{X}.RBV") == 1400
        reached = trip.go()
    assert reached["x"] == pytest.approx(goal.targets["x"], abs=0.01)
    assert hutch.get(f"{X}.RBV") == reached["x"]


def test_after_a_mesh_both_motors_go(scanned, station, hutch):
    mesh = MeshScanConfig(
        motor1=("y", -1350, 1050, 9), motor2=("x", -1000, 1400, 9), detectors=["if"], dwell_time=0.012, snake=True
    )
    scanned(mesh)
    goal = there("cen")
    with travel(goal, station) as trip:
        trip.go()
    assert hutch.get(f"{Y}.RBV") == pytest.approx(-150, abs=80)
    assert hutch.get(f"{X}.RBV") == pytest.approx(200, abs=80)


def test_motors_in_lock_step_go_together(scanned, station, hutch):
    plan = LockstepScanConfig(axes=[("x", -1000, 1400), ("y", 0, -240)], steps=25, detectors=["if"], dwell_time=0.012)
    scanned(plan)
    with travel(there(), station) as trip:
        trip.go()
    assert hutch.get(f"{Y}.RBV") == pytest.approx(-0.1 * (hutch.get(f"{X}.RBV") + 1000), abs=0.1)


def test_the_middle_of_an_edge_is_the_edge(scanned):
    scanned(across(start=2800, stop=3200, detectors=["it"], steps=41))
    assert there("cen").targets["x"] == pytest.approx(3000, abs=20)
    with pytest.raises(RunError, match=r"it rises at .*; an edge has no peak, but goto cen goes to it"):
        there("peak")


def test_by_another_detector(scanned):
    scanned(across(detectors=["i0", "if"]))
    with pytest.raises(RunError, match=r"run 1: i0 shows no peak: .*; --det chooses another of if, ratio"):
        there()
    assert there(detector="ratio").found.detector == "ratio"
    with pytest.raises(InputError, match="run 1 has no nix; it has i0, if, ratio"):
        there(detector="nix")


def test_the_newest_scan_of_a_motor_counts(scanned):
    with pytest.raises(RunNotFound, match="there is no scan of a motor"):
        newest_scan(data_root())
    first = scanned()
    scanned(TimeScanConfig(count=2, detectors=["i0"], dwell_time=0.001))
    assert newest_scan(data_root()) == first.directory


def test_a_target_beyond_the_limits_is_refused_before_anything_moves(scanned, station, hutch):
    scanned()
    x = station.motors["x"].model_copy(update={"limits": (-100.0, 100.0)})
    narrow = station.model_copy(update={"motors": {**station.motors, "x": x}})
    with pytest.raises(InputError, match=r"x would go to .* um; its limits are -100 to 100 um"):
        legs(there(), narrow)
    assert hutch.get(X) == 1400


def test_motors_that_are_not_those_of_the_run_are_refused(scanned, station):
    scanned()
    y = station.motors["x"].model_copy(update={"pv": "BL02:SAMPLE:Z"})
    other = station.model_copy(update={"motors": {**station.motors, "x": y}})
    with pytest.raises(InputError, match=r"in run 1 x was BL02:SAMPLE:X.RBV, and now it is BL02:SAMPLE:Z.RBV"):
        legs(there(), other)
    with pytest.raises(InputError, match="run 1 was taken on a simulated beamline; say with --sim or --url"):
        legs(there(), Station())
    elsewhere = station.model_copy(update={"beamline": station.beamline.model_copy(update={"url": "sim://other"})})
    with pytest.raises(InputError, match="run 1 was taken at sim://hutch, and not at sim://other"):
        legs(there(), elsewhere)
    assert legs(there(), elsewhere, chosen=True)[0].start == 0


def test_a_motor_that_a_run_moves_is_left_to_it(scanned, station):
    earlier = scanned()

    def while_running(run, point, row):
        with pytest.raises(RunStateError, match="is being taken and moves BL02:SAMPLE:X"):
            legs(there(directory=earlier.directory), station)
        with pytest.raises(RunStateError, match="is still being taken"):
            there(directory=run.directory)

    outcome = scanned(across(steps=2), manner=Manner(point=while_running))
    assert outcome.status == "success"


def test_a_motor_that_is_stopped_on_its_way_stops(scanned, station, monkeypatch):
    scanned()
    bench = Bench(BeamlineMachine(seed=4))
    monkeypatch.setitem(memory._BENCHES, "hutch", bench)
    goal = there()

    def interrupt(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr("scantrail.daq.going._sleep", interrupt)
    with travel(goal, station) as trip, pytest.raises(KeyboardInterrupt):
        trip.go()
    client = connect("sim://hutch")
    while client.moving({X}, 1.0):
        time.sleep(0.005)
    assert 0 < client.get(f"{X}.RBV") < goal.targets["x"] / 2
    client.close()


def test_the_journal_names_what_the_aim_goes_by(scanned):
    outcome = scanned()
    record = read(outcome.directory)
    assert there().sources == {"x": record.descriptors["primary"][0]["data_keys"]["x"]["source"]}
    assert len(chain(outcome.directory).records) == 1
