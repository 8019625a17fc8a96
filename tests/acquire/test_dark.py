"""Dark readings: a run behind the closed shutter, and what later scans do with it."""

import sys

import numpy as np
import pytest

from scantrail.acquire import Order, carry_out, order_again, start
from scantrail.daq import DarkScanConfig, LinearScanConfig, Manner, measured_of
from scantrail.errors import ControlError, InputError, SafeStateError
from scantrail.links import connect
from scantrail.runs import ask, chain, read, read_results
from scantrail.sim import BeamlineMachine, Bench
from scantrail.sim.beamline import memory
from scantrail.station import Station

X, I0, IT = "BL02:SAMPLE:X", "BL02:DET:I0", "BL02:DET:IT"
CMD, STATUS = "BL02:SHUTTER:CMD", "BL02:SHUTTER:STATUS"
SECTIONS = {
    "beamline": {"url": "sim://hutch"},
    "detectors": {"i0": {"pv": I0, "units": "counts/s"}, "it": {"pv": IT, "units": "counts/s", "dark": 100.0}},
    "columns": {"net": "i0", "trans": "it"},
}


@pytest.fixture(autouse=True)
def hutch(monkeypatch):
    """A simulated beamline as long as the test lasts, and a client of it."""
    monkeypatch.setattr(sys.modules["scantrail.daq.take"], "note_run", lambda url, directory: None)
    bench = Bench(BeamlineMachine(seed=4, instant=True))
    monkeypatch.setitem(memory._BENCHES, "hutch", bench)  # which holds it weakly
    client = connect("sim://hutch")
    yield client
    client.close()


def order(plan, **sections):
    return Order(plan, Station.model_validate({**SECTIONS, **sections}))


def dark(**fields):
    return DarkScanConfig(**{"count": 5, "detectors": ["i0"], "dwell_time": 0.02, **fields})


def scan(**fields):
    plan = {"motor": X, "start": 0, "stop": 4, "steps": 5, "detectors": ["i0", "it"], "dwell_time": 0.02}
    return LinearScanConfig(**{**plan, **fields})


def measured(outcome):
    return measured_of([read(outcome.directory)])


@pytest.mark.parametrize("opened", [1.0, 0.0])
def test_detectors_are_read_behind_the_shutter_which_is_left_as_it_was(hutch, opened):
    hutch.put(CMD, opened)
    hutch.get(I0)  # the detector has counted with beam until now
    outcome = start(order(dark()))
    assert (outcome.status, outcome.taken) == ("success", 5)
    assert np.all(outcome.data.detector_readings["i0"] < 1000)
    assert hutch.get(STATUS) == opened
    (result,) = read_results(outcome.directory, "dark")
    assert (result.name, result.unit, result.status) == ("i0 dark", "counts/s", "OK")
    assert result.value == pytest.approx(150, abs=120)
    assert outcome.verdict.sentences[0].startswith("i0 reads ")
    assert outcome.verdict.sentences[0].endswith(" counts/s without beam")


def test_later_scans_subtract_the_newest_of_their_detectors():
    start(order(dark(count=2)))
    newest = start(order(dark()))
    reading = read_results(newest.directory, "dark")[0].value
    outcome = start(order(scan()))
    found = measured(outcome)
    i0, it = found.detectors
    np.testing.assert_array_equal(i0.values, outcome.data.detector_readings["i0"])
    np.testing.assert_allclose(found.derived[0].values, i0.values - reading)
    np.testing.assert_allclose(found.derived[1].values, it.values - 100.0)  # what the station file says
    kept = read(outcome.directory).start["scantrail"]["rig"]["dark"]
    assert (kept["i0"]["run"], kept["i0"]["reading"]) == (2, reading)
    assert [*kept] == ["i0"]


def test_a_detector_is_the_same_whether_it_was_called_by_its_name_or_by_its_pv():
    start(order(dark(detectors=[I0]), detectors={}, columns={}))
    by_name = read(start(order(scan())).directory).start["scantrail"]["rig"]["dark"]
    assert ([*by_name], by_name["i0"]["unit"]) == (["i0"], "counts/s")  # the dark run knew no unit
    start(order(dark()))
    by_pv = read(start(order(scan(detectors=[I0]), detectors={}, columns={})).directory).start["scantrail"]["rig"]
    assert (by_pv["dark"][I0]["run"], by_pv["dark"][I0]["unit"]) == (3, "counts/s")


def test_those_of_another_pv_or_of_a_run_that_was_stopped_do_not_count():
    start(order(dark(), detectors={"i0": {"pv": "BL02:DET:IF"}}, columns={}))
    stopped = carry_out(order(dark()), lambda run: ask(run.directory, "abort"))
    assert stopped.status == "abort"
    assert "dark" not in read(start(order(scan())).directory).start["scantrail"]["rig"]


def test_a_dark_reading_in_counts_grows_with_the_time():
    counts = {"i0": {"pv": I0, "units": "counts"}}
    start(order(dark(), detectors=counts, columns={}))
    found = measured(start(order(scan(detectors=["i0"], dwell_time=0.04), detectors=counts, columns={"net": "i0"})))
    reading = read(found_directory(1)).stream("primary").columns["i0"]
    np.testing.assert_allclose(found.detectors[0].dark, 2 * np.mean(reading))


def found_directory(number):
    from scantrail.runs import find
    from scantrail.station import data_root

    return find(data_root(), str(number))


def test_a_shutter_that_does_not_close_lets_nothing_be_read(hutch, monkeypatch):
    stuck = {"status_pv": "BL02:RING:CURRENT", "cmd_pv": CMD, "policy": "scan"}  # always above 0.5
    station = {"shutter": stuck, "beamline": {"url": "sim://hutch", "timeout": 0.05}}
    outcome = carry_out(order(dark(), **station))
    assert (outcome.status, outcome.taken) == ("fail", 0)
    assert isinstance(outcome.failure, ControlError)
    assert "did not close within" in outcome.reasons[0]


def test_a_shutter_that_is_opened_meanwhile_spoils_the_readings(hutch):
    manner = Manner(point=lambda run, point, row: hutch.put(CMD, 1.0) if point.index == 2 else None)
    outcome = carry_out(Order(dark(), Station.model_validate(SECTIONS), manner=manner))
    assert outcome.status == "fail"
    assert isinstance(outcome.failure, SafeStateError)
    assert "the shutter was opened during the readings, so they are not dark" in str(outcome.failure)


def test_a_dark_run_that_was_stopped_is_finished_in_the_dark(hutch):
    first = carry_out(order(dark()), lambda run: ask(run.directory, "abort"))
    second = start(order_again(first.directory))
    assert (second.status, second.taken) == ("success", 5)
    assert np.all(second.data.detector_readings["i0"] < 1000)
    assert len(chain(second.directory).records) == 2
    assert hutch.get(STATUS) == 1.0


def test_a_family_is_no_matter_of_dark_readings():
    from scantrail.acquire import judge_run

    with pytest.raises(InputError, match="dark readings have none"):
        judge_run(start(order(dark())).directory, family="rice")
