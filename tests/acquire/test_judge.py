"""A run is judged on what it has, whatever became of it, and the answers stand beside its journal."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from known_detector import KnownDetector, edge, plan, run_of, scanned, steady
from sample_runs import COLUMNS, header

from scantrail.acquire import compare_runs, judge_records, judge_run
from scantrail.acquire.start import judged
from scantrail.acquire.thresholds import threshold_outcome
from scantrail.errors import InputError, LinkLost, RunError
from scantrail.plots import save
from scantrail.runs import Result, RunWriter, ask, chain, read, read_results
from scantrail.runs.results import journal_hash
from scantrail.station import data_root
from scantrail.threshold import FIT, curves_of

RATES = {1: edge(300.0), 2: edge(304.0), 3: steady(0.0)}


def points_of(directory: Path) -> list[int]:
    return [len(curve.threshold) for curve in curves_of(chain(directory).records)]


def pulled_at(window: int):
    def on_count(number: int) -> None:
        if number == window:
            raise LinkLost("the cable was pulled")

    return on_count


def test_answers_stand_beside_the_journal():
    directory = run_of(RATES)
    verdict = judge_run(directory)
    assert read_results(directory, FIT) == verdict.results
    document = json.loads((directory / "analysis" / "fit-1.json").read_text())
    assert document["journal_sha256"] == journal_hash(directory)
    assert document["family"] is None
    assert [sentence.partition(":")[0] for sentence in verdict.sentences] == ["ch1", "ch2", "ch3"]
    assert not verdict.answered
    assert sorted(verdict.advice) == [1, 2]
    assert verdict.advice[1] == pytest.approx(315, abs=3)
    assert verdict.figure.title == "run 1: threshold parallel"
    assert verdict.notes == ()


def test_judging_again_adds_and_the_newest_counts():
    directory = run_of(RATES)
    judge_run(directory)
    verdict = judge_run(directory, family="rice")
    assert [path.name for path in sorted((directory / "analysis").iterdir())] == ["fit-1.json", "fit-2.json"]
    assert read_results(directory, FIT) == verdict.results
    assert json.loads((directory / "analysis" / "fit-2.json").read_text())["family"] == "rice"


# --- runs that did not go to their end --------------------------------------------------------------------------------


def test_a_run_that_failed_is_judged_on_what_it_has():
    taken = scanned(plan(), KnownDetector(RATES, on_count=pulled_at(21)))
    assert taken.status == "fail"
    assert points_of(taken.run.directory) == [20, 20, 20]
    assert 1 in judge_run(taken.run.directory).advice


def test_a_run_that_was_stopped_early_says_where_to_go_on():
    taken = scanned(plan(), KnownDetector(RATES, on_count=pulled_at(12)))
    verdict = judge_run(taken.run.directory)
    assert verdict.advice == {}
    assert "extend the scan to 3" in verdict.sentences[0]


def test_a_resumed_run_is_judged_with_what_it_goes_on_with():
    first = scanned(plan(), KnownDetector(RATES, on_count=pulled_at(9))).run.directory
    again = scanned(plan(), KnownDetector(RATES, seed=2), earlier=(read(first),)).run.directory
    assert points_of(again) == [21, 21, 21]
    assert sorted(judge_run(again).advice) == [1, 2]
    assert points_of(first) == [8, 8, 8]


def test_a_run_whose_beginning_is_gone_says_so():
    first = scanned(plan(), KnownDetector(RATES, on_count=pulled_at(9))).run.directory
    again = scanned(plan(), KnownDetector(RATES), earlier=(read(first),)).run.directory
    shutil.rmtree(first)
    verdict = judge_run(again)
    [note] = verdict.notes
    assert note.endswith("is not here: the points taken there are missing")
    assert 1 not in verdict.advice


def test_a_run_is_judged_while_it_is_being_taken():
    seen = []

    def look(window: int) -> None:
        if window in (1, 5, 21):
            directory = next((data_root() / "runs").glob("*/1-*"))
            try:
                seen.append(judge_run(directory).sentences[0])
            except RunError as error:
                seen.append(str(error))

    scanned(plan(), KnownDetector(RATES, on_count=look))
    assert seen[0] == "run 1 holds no point, so there is nothing to judge"
    assert seen[1].startswith("ch1: 4 different thresholds (from 280 to 286) cannot show an edge")
    assert seen[2].startswith("ch1: Set the threshold to 31")


def test_a_run_without_points():
    taken = scanned(plan(), KnownDetector(RATES, on_count=pulled_at(1)))
    with pytest.raises(RunError, match=r"^run 1 holds no point, so there is nothing to judge$"):
        judge_run(taken.run.directory)


def test_a_run_that_does_not_tell_its_columns():
    with RunWriter.create(data_root(), header(1)) as run:
        run.describe("primary", COLUMNS)
        run.event("primary", {"x": 0.0, "i0": 1}, 1.0)
    with pytest.raises(RunError, match=r"run 1 \(linear\) tells of no axis and its setpoints"):
        judge_run(run.directory)
    assert not (run.directory / "analysis").exists()


# --- what cannot be kept ----------------------------------------------------------------------------------------------


def test_answers_that_cannot_be_kept_are_given_all_the_same():
    directory = run_of(RATES)
    (directory / "analysis").write_text("a file")
    verdict = judge_run(directory)
    assert sorted(verdict.advice) == [1, 2]
    [note] = verdict.notes
    assert note.startswith(f"the results are not kept: cannot write {directory}/analysis/fit-1.json: ")


def outcome_in(place: Path, *, broken: str):
    """The outcome of a scan beside whose journal something stands in the way."""
    taken = scanned(plan(), KnownDetector(RATES), workspace=place)
    if broken == "picture":
        (place / "threshold_scan.png").mkdir()
    if broken == "analysis":
        (taken.run.directory / "analysis").write_text("a file")
    return judged(threshold_outcome(taken), "threshold_parallel")


def test_the_end_of_a_scan_keeps_answers_and_picture(tmp_path):
    outcome = outcome_in(tmp_path / "w", broken="")
    assert outcome.notes == []
    assert outcome.files[-1] == str(tmp_path / "w" / "threshold_scan.png")
    assert Path(outcome.files[-1]).read_bytes()[:4] == b"\x89PNG"
    assert outcome.document()["results"] == [result._asdict() for result in read_results(outcome.directory, FIT)]


@pytest.mark.parametrize(
    ("broken", "words"), [("picture", "there is no picture"), ("analysis", "results are not kept")]
)
def test_what_cannot_be_written_at_the_end_is_a_note(tmp_path, broken, words):
    outcome = outcome_in(tmp_path / "w", broken=broken)
    assert (outcome.status, outcome.exit_code) == ("success", 0)
    [note] = outcome.notes
    assert words in note
    assert sorted(outcome.verdict.advice) == [1, 2]
    assert any(name.endswith("threshold_scan.png") for name in outcome.files) == (broken == "analysis")


def test_a_scan_in_which_nothing_was_measured_is_not_judged():
    taken = scanned(plan(), KnownDetector(RATES, on_count=pulled_at(1)))
    outcome = judged(threshold_outcome(taken), "threshold_parallel")
    assert outcome.verdict is None
    assert outcome.notes == []


def test_an_aborted_scan_is_judged():
    def stop(window: int) -> None:
        if window == 20:
            ask(next((data_root() / "runs").glob("*/1-*")), "abort")
            time.sleep(0.06)  # a run looks for such a request every 50 ms

    outcome = judged(threshold_outcome(scanned(plan(), KnownDetector(RATES, on_count=stop))), "threshold_parallel")
    assert outcome.status == "abort"
    assert 1 in outcome.verdict.advice


SAVES = """
import sys
import time
from pathlib import Path
from scantrail.errors import OutputError
from scantrail.plots import Axis, Figure, Panel, save
try:
    print(save(Figure((Panel(Axis("x", ""), Axis("y", ""), ()),), ""), Path(sys.argv[1])))
except OutputError as error:
    print(f"OutputError: {error}")
"""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"MPLBACKEND": "odd"}, "OutputError: cannot write {path}: matplotlib cannot be loaded: "),
        ({"MPLBACKEND": "tkagg", "DISPLAY": ""}, "{path}\n"),
        ({"HOME": "/proc/none", "MPLCONFIGDIR": ""}, "{path}\n"),
    ],
    ids=["unknown back end", "no display", "no home"],
)
def test_a_picture_needs_neither_display_nor_home(tmp_path, changes, words):
    path = tmp_path / "x.png"
    env = {name: value for name, value in (os.environ | changes).items() if value}
    done = subprocess.run([sys.executable, "-c", SAVES, path], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(words.format(path=path))


# --- several runs -----------------------------------------------------------------------------------------------------


def test_runs_are_laid_over_each_other():
    figure = compare_runs([run_of(RATES), run_of({1: edge(310.0)}, thresholds={1: range(290, 332, 2)})])
    assert figure.title == "run 1 and run 2"
    assert [panel.title for panel in figure.panels] == ["ch1 top", "ch2 mid", "ch3 btm"]


def test_one_run_alone_is_not_compared():
    with pytest.raises(InputError, match=r"^two or more runs of one kind are needed to compare; got 1 \(threshold_par"):
        compare_runs([run_of(RATES)])


def test_pictures_can_be_made_of_every_verdict(tmp_path):
    verdict = judge_records([read(run_of(RATES))])
    assert save(verdict.figure, tmp_path / "x.svg").stat().st_size > 1000
    assert all(isinstance(result, Result) for result in verdict.results)
