"""Orders whose runs become tests of components: each kind under its own names, and what may prevent the record."""

import json
from pathlib import Path

import pytest

from scantrail.acquire import Order, carry_out, order_again, record_run, simulated, sync, unreadable, waiting
from scantrail.acquire.outbox import Owed, owe
from scantrail.acquire.quantities import measurements_of
from scantrail.daq import plan_from
from scantrail.errors import ComponentNotFound, InputError, Refused, RunStateError
from scantrail.runs import Result, ask, find, read, summarize
from scantrail.station import Station, data_root
from scantrail.tracker import Component, Database, TestResult, detail, set_limit, undo

STATION = Station.model_validate(
    {
        "motors": {name: {"pv": f"BL02:SAMPLE:{name.upper()}", "units": "um"} for name in ("x", "y")},
        "detectors": {name: {"pv": f"BL02:DET:{name.upper()}", "units": "counts/s"} for name in ("i0", "it", "if")},
    }
)
ACROSS = {"type": "linear", "motor": "x", "start": -1200, "stop": 1600, "steps": 29, "detectors": ["i0", "if"]}
QUICK = {"type": "linear", "motor": "x", "start": 0, "stop": 1, "steps": 2, "detectors": ["i0"], "dwell_time": 0.001}


@pytest.fixture(autouse=True)
def same_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every simulated beamline draw the same random numbers."""
    monkeypatch.setattr("scantrail.sim.beamline.machine.secrets.randbits", lambda bits: 7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of a profile that says nothing of runs, with two samples in it."""
    profile = tmp_path / "line.toml"
    profile.write_text('name = "line"\n[types.sample]\n[tests.position_scan]\nquantities = { peak = "um" }\n')
    with Database(tmp_path / "line.db", profile=str(profile)) as database:
        for name in ("FOIL-1", "FOIL-2"):
            Component(name, "sample").save(database)
    return tmp_path / "line.db"


def scanned(path: Path, *components: str, **fields: object):
    plan = plan_from({"dwell_time": 0.01, **fields})
    return carry_out(Order(plan, simulated(STATION), database=str(path), components=components))


def kept_of(path: Path, component: str = "FOIL-1") -> list[dict]:
    with Database(path) as database:
        return detail(database, component)["tests"]


def runs_of(path: Path, component: str = "FOIL-1") -> list[tuple[int, str]]:
    with Database(path) as database:
        return [(run["number"], run["status"]) for run in detail(database, component)["runs"]]


# --- what each kind of run becomes ------------------------------------------------------------------------------------


def test_a_linear_scan_becomes_peak_and_width(path):
    with Database(path) as database:
        set_limit("sample", "position_scan", "fwhm", low=400, high=1600, db=database)
    outcome = scanned(path, "FOIL-1", **ACROSS)
    assert [(one.component, one.test, one.measured) for one in outcome.recorded] == [("FOIL-1", "position_scan", True)]
    (test,) = kept_of(path)
    found = test["measurements"]
    assert found.keys() == {"peak", "centroid", "centroid_error", "fwhm", "fwhm_error"}
    assert found["peak"] == pytest.approx(200, abs=150)
    assert found["fwhm"] == pytest.approx(1000, abs=400)
    assert test["units"]["peak"] == "um"
    assert {"journal.jsonl", "points.csv", "figure.png"} == {file["name"] for file in test["files"]}


def test_a_knife_edge_becomes_an_edge(path):
    fields = {**ACROSS, "start": 2800, "stop": 3200, "steps": 41, "detectors": ["it"]}
    scanned(path, "FOIL-1", **fields)
    (test,) = kept_of(path)
    assert test["measurements"]["edge"] == pytest.approx(3000, abs=10)
    assert test["measurements"]["edge_error"] > 0


def test_a_mesh_becomes_a_peak_along_each_motor(path):
    axes = {"motor1": ["y", -750, 750, 6], "motor2": ["x", -750, 750, 6], "snake": True}
    scanned(path, "FOIL-1", type="mesh", detectors=["if"], dwell_time=0.1, **axes)
    (test,) = kept_of(path)
    assert {"centroid @x", "centroid_error @x", "centroid @y", "fwhm @x", "fwhm @y"} <= test["measurements"].keys()
    assert test["units"]["peak @x"] == "um"


def test_a_spectrum_becomes_an_edge_and_a_step(path):
    fields = {"edge": "Fe K", "regions": [[-150, -20, 10], [-20, 60, 1], [60, 400, 5]], "detectors": ["i0", "it"]}
    outcome = scanned(path, "FOIL-1", type="xafs", dwell_time=0.01, **fields)
    assert outcome.status == "success"
    (test,) = kept_of(path)
    assert test["test_type"] == "xafs_scan"
    assert test["measurements"]["edge"] == pytest.approx(7112, abs=5)
    assert test["measurements"]["edge_error"] > 0
    assert test["measurements"]["step"] == pytest.approx(1.4, abs=0.4)


def test_what_shows_nothing_lacks_what_is_limited(path):
    with Database(path) as database:
        set_limit("sample", "position_scan", "peak", low=0, db=database)
    (one,) = scanned(path, "FOIL-1", **QUICK).recorded
    assert one.measured is None
    assert [limit["quantity"] for limit in one.limits] == ["peak"]
    assert one.notices == ("no verdict: peak has a limit and was not measured",)


@pytest.mark.parametrize("kind", ["time", "dark"])
def test_a_run_that_tests_nothing_is_linked_all_the_same(path, kind):
    outcome = scanned(path, "foil-1", type="time", count=2, detectors=["i0"])
    assert [(one.component, one.test, one.new) for one in outcome.recorded] == [("FOIL-1", None, True)]
    assert outcome.document()["recorded"][0]["test"] is None
    assert (kept_of(path), runs_of(path)) == ([], [(1, "success")])
    with Database(path) as database:
        (again,) = record_run(outcome.directory, database)
    assert not again.new


def test_readings_in_time_are_a_test_of_what_stays(tmp_path):
    profile = tmp_path / "line.toml"
    runs = '[runs.readings]\nkinds = ["time"]\ntest = "stability"\nresults = { mean = "mean" }\n'
    profile.write_text(f'name = "line"\n[types.sample]\n[tests.stability]\nquantities = {{}}\n{runs}')
    with Database(tmp_path / "line.db", profile=str(profile)) as database:
        Component("FOIL-1", "sample").save(database)
    scanned(tmp_path / "line.db", "FOIL-1", type="time", count=2, detectors=["i0"])
    (test,) = kept_of(tmp_path / "line.db")
    assert (test["test_type"], list(test["measurements"]), test["measured"]) == (
        "stability",
        ["mean", "mean_error"],
        None,
    )
    assert waiting() == []


def test_several_detectors_and_channels_stand_behind_the_quantity():
    def found(name: str) -> Result:
        return Result(name, 1.0, 0.1, "um", "OK", "")

    names = {"peak": "peak", "fwhm": "fwhm"}
    two = measurements_of([found("I0 peak"), found("BL02:DET:IT FWHM")], names, {"peak": "um"})
    assert two.values == {"peak @I0": 1, "peak_error @I0": 0.1, "fwhm @BL02:DET:IT": 1, "fwhm_error @BL02:DET:IT": 0.1}
    both = measurements_of([found("I0 peak x"), found("IT peak x")], names, {}, axes=("x", "y"))
    assert [*both.values][::2] == ["peak @I0 x", "peak @IT x"]
    assert measurements_of([], names, {}).missing == ("peak", "fwhm")


# --- who is measured --------------------------------------------------------------------------------------------------


def test_two_spellings_of_a_component_are_one_with_the_channels_of_both(ordered, known):
    channels = {known("L1"): (1,), "l1": (2,)}
    outcome = carry_out(ordered(components=("L1", "l1"), channels=channels))
    assert read(outcome.directory).start["scantrail"]["rig"]["channels"] == {"L1": [1, 2]}
    with pytest.raises(InputError, match="L1 is named twice, once with channels and once without"):
        carry_out(ordered(components=("L1", "l1"), channels={"l1": (2,)}))


def test_a_record_afterwards_takes_channels_too(ordered, known):
    outcome = carry_out(ordered(components=(known("L1"), known("L2")), channels={"L1": (1,), "L2": (3,)}))
    known("L3")
    from scantrail.tracker import get_default_db

    with get_default_db() as database:
        (one,) = record_run(outcome.directory, database, components=["L3"], channels={"L3": (2,)})
        with pytest.raises(InputError, match="L3 is given channel 7, which is not scanned; scanned are 1, 2, 3"):
            record_run(outcome.directory, database, components=["L3"], channels={"L3": (7,)})
        undo(db=database)
        # named again, it has still the channel that the run was started with, not all three
        (again,) = record_run(outcome.directory, database, components=["l2"])
    assert (one.component, one.new) == ("L3", True)
    assert (again.component, again.new) == ("L2", False)


def test_what_was_undone_is_recorded_again_when_it_is_asked_for(path):
    outcome = scanned(path, "FOIL-1", **QUICK)
    with Database(path) as database:
        undo(db=database)
        assert record_run(outcome.directory, database)[0].new is False
        assert detail(database, "FOIL-1")["tests"] == []
        for new in (True, False):
            assert record_run(outcome.directory, database, anew=True)[0].new is new
    assert len(kept_of(path)) == 1


def test_a_run_that_was_aborted_is_on_the_card_but_no_test(path):
    plan = plan_from({**QUICK, "steps": 50, "dwell_time": 0.05})
    order = Order(plan, simulated(STATION), database=str(path), components=("FOIL-1",))
    outcome = carry_out(order, lambda run: ask(run.directory, "abort"))
    assert outcome.notes == ["nothing is recorded on FOIL-1: run 1 was aborted, so it says nothing of its components"]
    assert (kept_of(path), runs_of(path), waiting()) == ([], [(1, "abort")], [])
    again = carry_out(order_again(outcome.directory))  # the database is the one that was named then
    assert [one.component for one in again.recorded] == ["FOIL-1"]
    assert [test["run"] for test in kept_of(path)] == [2]
    assert runs_of(path) == [(2, "success"), (1, "abort")]


def test_resuming_asks_for_the_password_that_no_journal_keeps(path):
    outcome = scanned(path, **{**QUICK, "steps": 3})
    journal = outcome.directory / "journal.jsonl"
    text = journal.read_text().replace(json.dumps(str(path)), '"postgresql+psycopg://me:***@host/lab"')
    journal.write_text(text[: text.index('["stop"')])
    with pytest.raises(InputError, match=r"run 1 stands in postgresql.*, whose password is kept nowhere; give it with"):
        order_again(outcome.directory)
    assert order_again(outcome.directory, "postgresql://me:secret@host/lab").database.endswith("secret@host/lab")


# --- the outbox -------------------------------------------------------------------------------------------------------


def away(path: Path) -> Path:
    """Put something else where the database is; return where it is now."""
    kept = path.with_suffix(".kept")
    path.rename(kept)
    path.write_text("no database" * 1000)
    return kept


def back(path: Path, kept: Path) -> None:
    for beside in path.parent.glob(f"{path.name}-*"):
        beside.unlink()
    kept.replace(path)


def test_one_that_is_broken_holds_back_no_other(path):
    kept = away(path)
    for component in ("FOIL-1", "FOIL-2", "FOIL-1", "FOIL-1"):
        assert scanned(path, component, **QUICK).recorded == []
    back(path, kept)
    broken = find(data_root(), "1") / "journal.jsonl"
    broken.write_text(broken.read_text().replace('"scantrail":', '"other":', 1))
    for entry in find(data_root(), "3").iterdir():
        entry.unlink() if entry.is_file() else [file.unlink() for file in entry.iterdir()]
    (data_root() / "outbox" / "strange.json").write_text('{"number": "four"}')
    (data_root() / "outbox" / "worse.json").mkdir()
    settled, failed = sync(str(path))
    assert [(owed.number, [one.component for one in done]) for owed, done in settled] == [
        (2, ["FOIL-2"]),
        (4, ["FOIL-1"]),
    ]
    assert [sentence.partition(" is still owed")[0] for sentence in failed] == ["run 1", "run 3"]
    assert "KeyError: 'scantrail'" in failed[0]
    assert [owed.number for owed in waiting()] == [1, 3]
    assert [place.name for place in unreadable()] == ["strange.json", "worse.json"]


def test_a_component_that_came_to_be_unknown_waits_and_is_named(path):
    kept = away(path)
    scanned(path, "FOIL-9", **QUICK)
    back(path, kept)
    _, (failed,) = sync()
    assert "run 1 is still owed to" in failed
    assert "there is no component 'FOIL-9'; nearest: FOIL-2, FOIL-1" in failed
    with Database(path) as database:
        Component("FOIL-9", "sample").save(database)
    assert sync()[1] == []
    assert len(kept_of(path, "FOIL-9")) == 1


def test_an_outbox_that_cannot_be_written_stops_no_scan(path):
    data_root().mkdir(parents=True)
    (data_root() / "outbox").write_text("in the way")
    assert [one.component for one in scanned(path, "FOIL-1", **QUICK).recorded] == ["FOIL-1"]
    kept = away(path)
    outcome = scanned(path, "FOIL-1", **QUICK)
    assert (outcome.status, outcome.recorded) == ("success", [])
    assert outcome.notes[-1].endswith(f'"scantrail parts --db-path {path} record 2" makes it')
    back(path, kept)


def test_ctrl_c_during_the_record_leaves_it_to_the_outbox(path, monkeypatch):
    def interrupted(*given: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("scantrail.acquire.record.record_run", interrupted)
        outcome = scanned(path, "FOIL-1", **QUICK)
    assert (outcome.status, outcome.exit_code, outcome.recorded) == ("success", 0, [])
    assert "the record of run 1 waits: it was interrupted" in outcome.notes[-1]
    assert [owed.number for owed, _ in sync()[0]] == [1]


def test_an_unforeseen_error_of_the_record_is_told_and_the_scan_has_ended_well(path, monkeypatch):
    def failing(*given: object, **more: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("scantrail.acquire.record.record_run", failing)
    outcome = scanned(path, "FOIL-1", **QUICK)
    assert outcome.exit_code == 0
    assert "the record of run 1 waits: ZeroDivisionError: oh" in outcome.notes[-1]


def test_a_full_disk_leaves_no_draft(monkeypatch):
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        owe(Owed("a" * 8, 1, "/nowhere", "/lab.db"))
    assert [*(data_root() / "outbox").iterdir()] == []


def test_a_run_that_goes_on_or_may_be_resumed_waits_in_silence(path):
    outcome = scanned(path, "FOIL-1", **{**QUICK, "steps": 3})
    journal = outcome.directory / "journal.jsonl"
    text = journal.read_text()
    journal.write_text(text[: text.index('["stop"')])
    owe(Owed(outcome.uid, 1, str(outcome.directory), str(path)))
    assert sync() == ([], [])
    assert [owed.number for owed in waiting()] == [1]
    assert summarize(outcome.directory).status == "interrupted"
    with Database(path) as database, pytest.raises(RunStateError, match="run 1 has not ended"):
        record_run(outcome.directory, database)


def test_what_cannot_be_measured_is_refused_before_anything_moves(path):
    with Database(path) as database:
        Component("GONE", "sample", "lost").save(database)
    for component, error in {"GONE": Refused, "FOIL": ComponentNotFound}.items():
        with pytest.raises(error):
            scanned(path, component, **QUICK)
    assert waiting() == []


def test_runs_and_hand_share_a_trend(path):
    scanned(path, "FOIL-1", **ACROSS)
    with Database(path) as database:
        TestResult("FOIL-1", "position_scan", True, {"peak": 0.1, "dark peak": 3.0}).save(database)
        from scantrail.tracker import plot_component

        (trend,) = plot_component(database, "FOIL-1", "trend", "peak").facts["trends"]
    assert [value["channel"] for value in trend["values"]] == [None, None]
