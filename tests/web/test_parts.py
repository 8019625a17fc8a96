"""Parts of the page by themselves: the map, the watch over runs, figures that grow, uploads' names, the command."""

import gc
import os
import shutil
import sqlite3
import time
import weakref

import pytest
from commands import scantrail, until
from hypothesis import given
from hypothesis import strategies as st
from lines import COLUMNS, line_header, row

from scantrail.cli.web import _need_extra
from scantrail.errors import InputError
from scantrail.runs import RunWriter, ask, read
from scantrail.tracker import load_profile
from scantrail.web.layout import detector_map
from scantrail.web.live import telling
from scantrail.web.live.follower import Follower
from scantrail.web.live.growth import MARKED, MOST, Growth, Look
from scantrail.web.live.telling import progress, rows, state
from scantrail.web.live.viewer import Viewer
from scantrail.web.live.watch import BATCH, Watch
from scantrail.web.sending import disposition
from scantrail.web.staging import TYPES, _safe, media_type


def sitting(name, component=None):
    return {"position": name, "component": component, "run_period": None, "installed": None, "removed": None}


def test_positions_of_a_pattern_stand_in_rows_and_others_apart():
    order = [name for name, _ in load_profile("hps-svt").positions()]
    found = detector_map([sitting(name) for name in sorted([*order, "FEB3", "a hook"])], order)
    first, second = found.sheets
    assert [name for name, _ in first.rows] == [f"Layer{n}" for n in range(4)]
    assert first.columns == ("top_axial", "top_stereo", "bottom_axial", "bottom_stereo")
    assert len(second.columns) == 8
    assert first.rows[2][1][3].position == "Layer2_bottom_stereo"
    assert [place.position for place in found.others] == ["FEB3", "a hook"]


def test_everybody_who_sat_in_a_position_is_named_and_nobody_is_lost():
    rows_ = [sitting("A_x", "M1"), sitting("A_x", "M2"), sitting("B", "M3")]
    found = detector_map(rows_, ["A_x", "B"])
    assert [row["component"] for row in found.sheets[0].rows[0][1][0].sitting] == ["M1", "M2"]
    assert [place.position for place in found.others] == ["B"]


def record(run, count, first=0):
    for i in range(first, first + count):
        run.event("primary", row(i), time.time())


def begun(root, points=2, expected=20):
    run = RunWriter.create(root, line_header(expected))
    run.__enter__()
    run.describe("primary", COLUMNS)
    record(run, points)
    return run


def left(run):
    """The process of a run is gone without a word: nobody holds its journal."""
    run._journal.close()


def test_a_run_is_watched_from_its_start_to_its_end(tmp_path):
    watch = Watch(tmp_path)
    watch.begin()
    rung = []
    with watch.listening(lambda: rung.append(1)):
        run = begun(tmp_path)
        until(lambda: watch.running == (run.directory,), "a run under way")
        assert rung
        assert watch.newest[0].status == "running"
        record(run, 18, 2)
        run.__exit__(None, None, None)
        until(lambda: watch.running == (), "its end")
        until(lambda: watch.newest[0].status == "success", "its success")
    watch.close()


def test_a_run_whose_process_is_gone_is_interrupted_until_it_goes_on(tmp_path):
    watch = Watch(tmp_path)
    watch.begin()
    run = begun(tmp_path)
    until(lambda: watch.running, "a run under way")
    left(run)
    until(lambda: watch.newest[0].status == "interrupted", "its interruption")
    again = RunWriter.reopen(run.directory)
    until(lambda: watch.running, "the same run")
    with again:
        record(again, 18, 2)
    until(lambda: watch.newest[0].status == "success", "its end")
    watch.close()


def test_runs_that_ended_long_ago_are_asked_once(tmp_path):
    for number in range(1, BATCH + 50):
        directory = tmp_path / "runs" / "2025" / f"{number}-linear-{number:08x}"
        directory.mkdir(parents=True)
        (directory / "journal.jsonl").write_text("broken\n" if number % 2 else "")
    watch = Watch(tmp_path)
    watch.begin()
    assert watch.running == ()
    run = begun(tmp_path)
    until(lambda: watch.running == (run.directory,), "the one run under way")
    run.__exit__(None, None, None)
    watch.close()


def followed(run):
    follower = Follower(run.directory, lambda: None)
    follower.start()
    return follower


def test_a_curve_is_added_to_and_drawn_anew_only_where_it_must(tmp_path):
    run = begun(tmp_path, 5, 5000)
    follower = followed(run)
    until(lambda: len(follower.rows) == 5, "five points")
    growth = Growth(Look())
    name, figure = growth.news(follower)
    assert name == "figure"
    assert figure["data"][0]["x"] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert growth.news(follower) is None
    record(run, 2, 5)
    until(lambda: len(follower.rows) == 7, "seven points")
    assert growth.news(follower) == ("extend", {"x": [[5.0, 6.0]] * 2, "y": [[5.0, 6.0]] * 2})
    record(run, MARKED, 7)
    until(lambda: len(follower.rows) == MARKED + 7, "more points")
    name, figure = growth.news(follower, last=True)
    assert name == "figure"
    assert [trace["mode"] for trace in figure["data"]] == ["lines"]
    record(run, 3 * MOST, MARKED + 7)
    until(lambda: len(follower.rows) == MARKED + 7 + 3 * MOST, "many points")
    name, figure = growth.news(follower, last=True)
    assert name == "figure"
    assert len(figure["data"][0]["x"]) <= 2 * MOST
    record(run, 1, 3 * MOST + MARKED + 7)
    until(lambda: len(follower.rows) == 3 * MOST + MARKED + 8, "one point")
    name, added = growth.news(follower)
    assert (name, added["x"]) == ("extend", [[3.0 * MOST + MARKED + 7]])
    run.__exit__(None, None, None)
    follower.join(5)
    assert follower.is_over


def test_what_is_told_of_a_run_under_way_and_after(tmp_path):
    run = begun(tmp_path, 4)
    follower = followed(run)
    until(lambda: len(follower.rows) == 4, "four points")
    told = progress(follower, running=True)
    assert (told["points"], told["percent"], told["words"]) == (4, 20.0, "4 of 20 points")
    assert told["left"].startswith("about")
    assert [row[0] for row in rows(follower, 2)] == ["4", "3"]
    assert state(run.directory, running=True)["word"] == "running"
    ask(run.directory, "pause")
    assert state(run.directory, running=True)["word"] == "paused"
    left(run)
    follower.join(5)
    told = state(run.directory, running=False)
    assert (told["word"], told["command"]) == ("interrupted", "scantrail runs resume 1")
    assert progress(follower, running=False)["left"] == ""
    assert read(run.directory).stop is None


def test_a_run_whose_directory_is_removed_is_told_and_the_others_go_on(tmp_path):
    gone, other = begun(tmp_path), begun(tmp_path)
    watch = Watch(tmp_path)
    watch.begin()
    viewer = Viewer(watch, Look())
    until(lambda: b"".join(viewer.news()).count(b"event: figure"), "a figure")
    shutil.rmtree(gone.directory)
    told = b""

    def is_lost():
        nonlocal told
        told += b"".join(viewer.news())
        return b'"lost"' in told

    until(is_lost, "a run that is lost")
    record(other, 1, 2)
    until(lambda: b"event: rows" in b"".join(viewer.news()), "the other run to go on")
    watch.close()
    left(other)
    left(gone)


def test_latest_runs_are_put_into_words_once_a_change(tmp_path, monkeypatch):
    """Each of them may ask for whole journals: not with every point of a run under way."""
    run, told = begun(tmp_path, expected=100), []
    monkeypatch.setattr(telling, "recent", lambda runs: told.append(runs) or "")
    watch = Watch(tmp_path)
    watch.begin()
    viewer = Viewer(watch, Look())
    for i in range(2, 22):
        record(run, 1, i)
        viewer.news()
    before = len(told)
    assert before <= 2
    run.__exit__(None, None, None)
    until(lambda: viewer.news() and len(told) > before, "the end of the run")
    watch.close()


def test_nobody_keeps_a_run_that_is_over(tmp_path):
    """A page that is served for months follows many runs."""
    run = begun(tmp_path)
    watch = Watch(tmp_path)
    watch.begin()
    viewer = Viewer(watch, Look())
    until(lambda: b"".join(viewer.news()).count(b"event: figure"), "a figure")
    follower = weakref.ref(watch.follow(run.directory))
    run.__exit__(None, None, None)

    def is_forgotten():
        viewer.news()
        gc.collect()
        return follower() is None

    until(is_forgotten, "a follower that nobody holds")
    watch.close()


def test_a_journal_that_somebody_broke_is_a_fault_and_no_end_of_the_page(tmp_path):
    run = begun(tmp_path)
    with (run.directory / "journal.jsonl").open("a") as file:
        file.write('["event", {"descriptor": "nothing", "seq_num": 1}]\n')
    follower = followed(run)
    follower.join(5)
    assert follower.is_over
    assert follower.fault
    assert len(follower.rows) == 2
    left(run)


@given(st.text(max_size=400))
def test_a_name_of_a_file_is_one_and_plain(name):
    safe = _safe(name)
    assert safe
    assert "/" not in safe
    assert "\\" not in safe
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 120
    assert os.path.basename(safe) == safe  # noqa: PTH119 - what the operating system makes of it


@given(st.text(max_size=60))
def test_a_file_is_given_back_under_its_name_and_nothing_else(name):
    header_ = disposition(name)
    assert header_.startswith('attachment; filename="')
    assert header_.isascii()
    assert "\r" not in header_
    assert "\n" not in header_
    assert header_.count('"') == 2


def test_nothing_that_a_browser_runs_is_taken_or_given_back():
    taken = {suffix for suffixes in TYPES.values() for suffix in suffixes}
    assert not taken & {".html", ".htm", ".svg", ".js", ".xhtml", ".pkl", ".pickle", ".npy", ".npz"}
    assert media_type("x.html") == media_type("x.svg") == "application/octet-stream"


def test_tokens_are_made_listed_and_revoked_by_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("SCANTRAIL_DB", str(tmp_path / "base.db"))
    assert "There are no tokens yet" in scantrail("web", "token", "list").out
    made = scantrail("web", "token", "new", "daq", "--scope", "change", "--days", 2)
    assert len(made.out.strip()) >= 43
    again = scantrail("web", "token", "new", "daq")
    assert (again.code, again.out) == (1, "")
    assert "revoke it" in again.err
    listed = scantrail("web", "token", "list")
    assert "daq" in listed.out
    assert made.out.strip() not in listed.out
    assert scantrail("web", "token", "revoke", "daq").code == 0
    assert scantrail("web", "token", "revoke", "daq").code == 1


@pytest.mark.parametrize("options", [("--port", 70000), ("--port", "x"), ("nothing",)])
def test_wrong_usage_ends_with_2(options):
    assert scantrail("web", *options).code == 2


def test_a_database_of_another_program_leaves_the_runs_in_sight(tmp_path, entered):
    """The page of the components says what is wrong; Now and Runs go on."""
    foreign = tmp_path / "base" / "scantrail.db"
    foreign.parent.mkdir(exist_ok=True)
    with sqlite3.connect(foreign) as base:
        base.execute("CREATE TABLE components (id TEXT)")
    base.close()
    assert entered.ask("GET", "/").status == 200
    assert entered.ask("GET", "/runs").status == 200
    answer = entered.ask("GET", "/components")
    assert answer.status == 503
    assert "another program" in answer.text


def test_the_page_needs_its_extra(monkeypatch):
    _need_extra()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"scantrail\[web\]"):
        _need_extra()
