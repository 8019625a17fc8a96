import json
from pathlib import Path

import pytest
from commands import detector, scantrail, write_station
from known_detector import KnownDetector, edge, plan, run_of, scanned, steady

from scantrail.cli.main import _root, run
from scantrail.runs import ask, read_results
from scantrail.sim import read_log
from scantrail.station import data_root
from scantrail.threshold import FIT

HEADER = "timestamp,channel,threshold,event_count\n"
ALL = {1: edge(300.0), 2: edge(302.0), 3: edge(298.0)}
TWO = {1: edge(300.0), 2: edge(302.0), 3: steady(0.0)}
NONE = dict.fromkeys((1, 2, 3), steady(0.0))


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def fit(capsys):
    """The command in this process: its exit code, standard output and standard error."""

    def command(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(_root, ["threshold", "fit", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return ended.value.code, out, err

    return command


def csv_of(directory: Path, channel: int) -> Path:
    return directory / f"scan_results_ch{channel}.csv"


# --- runs and files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rates", "code"), [(ALL, 0), (TWO, 3), (NONE, 3)], ids=["all", "some", "none"])
def test_a_run_and_its_exit_code(fit, rates, code):
    directory = run_of(rates)
    ended, out, err = fit(1)
    assert (ended, err) == (code, "")
    results = read_results(directory, FIT)
    for result in results:
        if result.name.endswith(" threshold"):
            assert f"{result.name.partition(' ')[0]}: {result.sentence}" in out
    assert ("set to" in out) == (rates is not NONE)


def test_a_run_by_its_directory(fit):
    directory = run_of(ALL)
    assert fit(directory)[0] == 0
    assert fit(f"{directory}/")[0] == 0


def test_files_give_what_the_run_gives(fit):
    directory = run_of(ALL)
    _, told, _ = fit(1)
    code, out, err = fit(*(csv_of(directory, n) for n in (1, 2, 3)), "--duration", 10)
    assert (code, err) == (0, "")
    assert out == told


def test_without_a_duration_the_stations_is_taken_and_said(fit, tmp_path):
    path = csv_of(run_of(ALL), 1)
    station = write_station(tmp_path / "station.toml", {"sampler": {"duration": 5.0}})
    assert fit(path)[2] == "Each point is taken to have counted for 5 s; give --duration if it was another time.\n"
    assert fit(path, "--config", station)[0] == 0


def test_tables_of_haniwers(fit, tmp_path):
    rows = (f"t,0,{v},{v},{v},{round(10 * edge()(v))},{round(10 * edge(302)(v))},0" for v in range(280, 322, 2))
    (tmp_path / "parallel.csv").write_text("\n".join(rows))
    code, out, _ = fit("parallel.csv", "--duration", 10)
    assert code == 3
    assert "ch1: Set the threshold to 31" in out
    assert "ch3: No count at any of 21 thresholds" in out


@pytest.mark.parametrize("family", ["erfc", "rice"])
def test_a_family_can_be_forced(fit, family):
    directory = run_of(ALL)
    code, out, _ = fit(1, "--family", family)
    assert code in (0, 3)
    assert f"{family} edge on a" in out or code == 3
    assert len(read_results(directory, FIT)) > 10


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["none.csv"], 2, "cannot read none.csv: No such file or directory"),
        (["none.csv", "other.csv"], 2, "cannot read none.csv: No such file or directory"),
        (["1", "2"], 2, "1 is no file; a RUN is fitted alone, only FILES are fitted together"),
        (["99"], 1, "there is no run '99'"),
        (["."], 1, "there is no run '.'"),
        (["1", "--duration", "3"], 2, "--duration is for CSV files; a run holds the live time of each of its points"),
        (["one.csv", "--duration", "0"], 2, "--duration 0 must be a number of seconds above 0"),
        (["one.csv", "--duration", "nan"], 2, "--duration nan must be"),
        (["head.csv", "--duration", "1"], 2, "head.csv holds no point of a scan"),
        (["bad.csv", "--duration", "1"], 2, "bad.csv, line 2: threshold is 'three hundred', a whole number is needed"),
    ],
)
def test_wrong_usage_is_one_sentence(fit, tmp_path, arguments, code, words):
    run_of(ALL)
    (tmp_path / "one.csv").write_text(f"{HEADER}t,1,300,5\n")
    (tmp_path / "head.csv").write_text(HEADER)
    (tmp_path / "bad.csv").write_text(f"{HEADER}t,1,three hundred,5\n")
    ended, out, err = fit(*arguments)
    assert (ended, out) == (code, "")
    assert err.startswith(f"Error: {words}")
    assert err.count("\n") == 1


def test_a_picture_that_cannot_be_made_is_refused_before_anything_is_done(fit):
    directory = run_of(ALL)
    code, out, err = fit(1, "--output", "x.gif", "--apply", "--mock")
    assert (code, out) == (2, "")
    assert "a figure is written as .png, .svg, .pdf; 'x.gif' ends in none of these" in err
    assert not (directory / "analysis").exists()


def test_points_by_hand(fit, tmp_path):
    (tmp_path / "zero.csv").write_text(HEADER + "".join(f"t,1,{v},0\n" for v in range(280, 322, 2)))
    (tmp_path / "one.csv").write_text(f"{HEADER}t,2,300,5\n")
    code, out, _ = fit("zero.csv", "one.csv", "--duration", 10)
    assert code == 3
    assert "ch1: No count at any of 21 thresholds from 280 to 320" in out
    assert "ch2: 1 threshold (300) cannot show an edge" in out


# --- what it leaves ---------------------------------------------------------------------------------------------------


def test_a_picture(fit, tmp_path):
    run_of(ALL)
    code, _, err = fit(1, "--output", "fit.svg")
    assert (code, err) == (0, "fit.svg\n")
    assert "<svg" in (tmp_path / "fit.svg").read_text()


def test_answers_that_cannot_be_kept_are_given_with_a_warning(fit):
    directory = run_of(ALL)
    (directory / "analysis").write_text("a file")
    code, out, err = fit(1)
    assert code == 0
    assert "ch1: Set the threshold to" in out
    assert err.startswith("! the results are not kept: cannot write ")


def test_json(fit):
    directory = run_of(TWO)
    code, out, _ = fit(1, "--json", "--plot")
    document = json.loads(out)
    assert code == 3
    assert document["results"] == [result._asdict() for result in read_results(directory, FIT)]
    assert (document["notes"], document["writes"]) == ([], [])


def test_a_run_that_is_being_taken(fit):
    told = []

    def look(window: int) -> None:
        if window == 12:
            told.append(fit(1))

    scanned(plan(), KnownDetector(ALL, on_count=look))
    [(code, out, _)] = told
    assert code == 3
    assert "extend the scan" in out


def test_a_stopped_run(fit):
    def stop(window: int) -> None:
        if window == 2:
            ask(next((data_root() / "runs").glob("*/1-*")), "abort")

    scanned(plan(), KnownDetector(ALL, on_count=stop))
    assert fit(1)[0] in (0, 3)


# --- writing what it found --------------------------------------------------------------------------------------------


def writes_in(log: Path) -> list[tuple[int, int]]:
    """Every write that the board applied, in order."""
    commands = (entry for entry in read_log(log) if entry["what"] == "command" and entry["effect"] == "applied")
    return [(entry["channel"], entry["threshold"]) for entry in commands]


def test_only_answered_channels_are_written_and_nothing_is_restored(tmp_path):
    directory = run_of(TWO)
    with detector(tmp_path) as bench:
        before = bench.thresholds
        done = scantrail("threshold", "fit", 1, "--apply", "--config", bench.station, "--json")
        assert done.code == 3
        advice = {
            int(result.name[2]): round(result.value)
            for result in read_results(directory, FIT)
            if result.name.endswith(" threshold") and result.value is not None
        }
        assert sorted(advice) == [1, 2]
        assert {row["channel"]: row["threshold"] for row in done.document["writes"]} == advice
        assert {row["status"] for row in done.document["writes"]} == {"success"}
        assert bench.thresholds == before | advice
        assert writes_in(bench.log) == sorted(advice.items())


def test_all_channels_are_written_and_confirmed(tmp_path):
    run_of(ALL)
    with detector(tmp_path) as bench:
        done = scantrail("threshold", "fit", 1, "--apply", "--config", bench.station)
        assert (done.code, done.err) == (0, "")
        lines = [line for line in done.out.splitlines() if line.endswith(" confirmed")]
        assert lines == [f"channel {n}: {value} confirmed" for n, value in sorted(bench.thresholds.items())]


def test_a_write_that_is_refused_ends_with_1(tmp_path):
    run_of(TWO)
    with detector(tmp_path, "--refuse", "2") as bench:
        before = bench.thresholds
        done = scantrail("threshold", "fit", 1, "--apply", "--config", bench.station)
        assert done.code == 1
        assert "channel 1: " in done.out
        assert "Error: " in done.err
        assert bench.thresholds[2] == before[2]
        assert bench.thresholds[1] != before[1]


def test_without_an_answer_no_port_is_opened(fit, tmp_path):
    run_of(NONE)
    station = write_station(tmp_path / "bench.toml", {"device": {"port": "/dev/ttyNONE"}})
    code, _, err = fit(1, "--apply", "--config", station)
    assert (code, err) == (3, "! No channel has an answer, so no threshold was written.\n")
    run_of(ALL)
    code, out, err = fit(2, "--apply", "--config", station)
    assert code == 1
    assert "ttyNONE" in err
    assert "ch1: Set the threshold to" in out


def test_on_the_simulated_detector(fit):
    run_of(ALL)
    code, out, _ = fit(1, "--apply", "--mock", "--speed", 100)
    assert code == 0
    assert out.count("confirmed") == 3
