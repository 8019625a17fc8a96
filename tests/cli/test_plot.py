"""Pictures in a file and in the terminal, also while a scan runs, and what they say of scans without an answer."""

import re

import pytest
from commands import scantrail, write_station
from known_detector import edge, plan, run_of, steady
from rich.console import Console
from sample_runs import COLUMNS, header

from scantrail.acquire import Order, RigOptions
from scantrail.cli.faces import face_of
from scantrail.cli.main import _root, run
from scantrail.cli.view import LiveView
from scantrail.runs import RunWriter, find, read
from scantrail.station import Station, data_root

RATES = {1: edge(300.0), 2: edge(304.0), 3: steady(0.0)}
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def runs(capsys, monkeypatch):
    """`runs(arguments, size=(80, 24))`: the command on a terminal of this size: exit code, output, errors."""

    def command(*arguments: object, size: tuple[int, int] = (80, 24)) -> tuple[int, str, str]:
        monkeypatch.setenv("COLUMNS", str(size[0]))
        monkeypatch.setenv("LINES", str(size[1]))
        with pytest.raises(SystemExit) as ended:
            run(_root, ["runs", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return ended.value.code, out, err

    return command


def without_points() -> None:
    with RunWriter.create(data_root(), header(1)) as writer:
        writer.describe("primary", COLUMNS)


# --- runs plot, runs compare ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (60, 40), (200, 60)])
def test_a_run_in_the_terminal(runs, size):
    run_of(RATES)
    code, out, err = runs("plot", 1, size=size)
    lines = ESCAPE.sub("", out).splitlines()
    assert (code, err) == (0, "")
    assert max(map(len, lines)) <= size[0]
    assert lines[0].startswith("run 1: threshold parallel")
    text = " ".join(lines)
    assert re.search(r"ch1 top: set 31\d \(", text)
    assert "ch3 btm: NO EDGE: No count at any of 21 thresholds" in text


def test_where_there_is_no_terminal_there_are_no_colours(runs):
    run_of(RATES)
    assert "\x1b" not in runs("plot", 1)[1]


@pytest.mark.parametrize(("name", "begins"), [("x.png", b"\x89PNG"), ("x.svg", b"<?xml"), ("x.PDF", b"%PDF")])
def test_a_run_in_a_file(runs, tmp_path, name, begins):
    run_of(RATES)
    code, out, err = runs("plot", 1, "--output", name)
    assert (code, out, err) == (0, "", f"{name}\n")
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_plotting_keeps_no_answers(runs):
    directory = run_of(RATES)
    runs("plot", 1)
    assert not (directory / "analysis").exists()


def test_runs_over_each_other(runs):
    run_of(RATES)
    run_of({1: edge(310.0)}, thresholds={1: range(290, 332, 2)})
    code, out, _ = runs("compare", 1, 2, size=(100, 40))
    assert code == 0
    assert "run 1" in out
    assert "run 2" in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["plot", 9], 1, "there is no run '9'"),
        (["plot", 2], 1, "run 2 holds no point, so there is nothing to draw"),
        (["compare", 1], 2, "two or more runs of one kind are needed to compare; got 1 (threshold_parallel)"),
        (
            ["compare", 1, 2],
            2,
            "two or more runs of one kind are needed to compare; got 1 (threshold_parallel), 2 (linear)",
        ),
        (["plot", 1, "--output", "none/x.png"], 1, "cannot write none/x.png: No such file or directory"),
    ],
)
def test_what_cannot_be_plotted_is_one_sentence(runs, arguments, code, words):
    run_of(RATES)
    without_points()
    ended, out, err = runs(*arguments)
    assert (ended, out) == (code, "")
    assert err.startswith(f"Error: {words}")
    assert err.count("\n") == 1


def test_an_extension_is_refused_as_wrong_usage(runs):
    run_of(RATES)
    code, _, err = runs("plot", 1, "--output", "x.jpg")
    assert code == 2
    assert "'x.jpg' ends in none of these" in err


# --- the answers in `runs show` ---------------------------------------------------------------------------------------


def test_a_run_is_shown_with_its_answers(runs):
    from scantrail.acquire import judge_run

    verdict = judge_run(run_of(RATES))
    code, out, err = runs("show", 1, size=(200, 60))
    assert (code, err) == (0, "")
    for sentence in verdict.sentences:
        assert sentence.removesuffix(".") in out


def test_answers_that_are_broken_do_not_hide_the_run(runs):
    directory = run_of(RATES)
    (directory / "analysis").mkdir()
    (directory / "analysis" / "fit-1.json").write_text("{")
    code, out, err = runs("show", 1)
    assert code == 0
    assert "21 of 21" in out
    assert err.startswith(f"! {directory}/analysis/fit-1.json does not hold results (")
    assert err.endswith("; delete it and judge the run again\n")


# --- while a scan runs ------------------------------------------------------------------------------------------------


def live_view(scan):
    order = Order(scan, Station(), RigOptions(mock=True))
    return LiveView(order, face_of(order).sheet(order), 1.0, plot=True)


@pytest.mark.parametrize("kind", ["serial", "parallel"])
@pytest.mark.parametrize("size", [(80, 24), (100, 30), (80, 15), (40, 10)])
def test_the_live_view_fits_into_the_terminal(monkeypatch, kind, size):
    monkeypatch.setenv("COLUMNS", str(size[0]))
    monkeypatch.setenv("LINES", str(size[1]))
    directory = run_of(RATES, kind=kind)
    record = read(directory)
    view = live_view(plan(kind))
    console = Console(width=size[0], height=size[1], color_system=None)
    for i, row in enumerate(record.stream("primary").rows()):
        view._note("thresholds", {"purpose": "scan", "channel": 1, "new_threshold": 300}, new=True)
        with console.capture() as captured:
            console.print(view)
        lines = captured.get().splitlines()
        assert len(lines) < size[1]
        assert ("rate [events/s]" in captured.get()) == (i > 0 and size[1] >= 24)
        view._note("primary", row, new=True)


def test_the_curves_are_drawn_once_a_point(monkeypatch):
    drawn = []
    monkeypatch.setattr("scantrail.plots.terminal", lambda *given, **more: drawn.append(given) or "curves")
    record = read(run_of(RATES))
    view = live_view(plan())
    for row in list(record.stream("primary").rows())[:3]:
        view._note("primary", row, new=True)
        for _ in range(4):
            with Console().capture():
                Console().print(view)
    assert len(drawn) == 3


# --- the whole way: the simulator's physics, its link, the scan, the fit ----------------------------------------------

SCAN = ("threshold", "serial", "--mock", "--speed", 20, "--nsteps", 6, "--step", 5, "--duration", 2)


def test_a_saturated_link_and_a_hot_channel_are_flagged_everywhere(tmp_path):
    physics = {"mocker": {"seed": 3}, "mocker.ch1": {"rate": 30.0, "mu": 800.0}, "mocker.ch2": {"rate": 400.0}}
    station = write_station(tmp_path / "bench.toml", physics)
    done = scantrail(*SCAN, "--config", station, "--thresholds", "1:300;2:308", "--plot")
    assert done.code == 0
    hot, full = "If this is noise (a hot channel), extend the scan to 390", "The link was full from 278 to 30"
    assert hot in done.out
    assert full in done.out
    assert "OUT_OF_RANGE" in done.out
    assert any(read(find(data_root(), "1")).stream("primary").columns["link_full"])
    shown = scantrail("runs", "show", 1)
    assert hot in shown.out
    assert full in shown.out
    assert scantrail("threshold", "fit", 1).code == 3
    picture = scantrail("runs", "plot", 1)
    assert "link full near 3" in picture.out
    assert "NO EDGE" in picture.out
