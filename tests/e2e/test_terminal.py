"""What a person sees: the commands on a pseudo-terminal of 80 columns."""

import re
import signal
import time

import pytest
from beamlines import I0, IT, X
from commands import PATIENCE, newest, points, run_with_points, scantrail, started
from terminals import ESCAPE, Terminal, on_a_terminal

from scantrail.runs import ask, read

SCAN = ("threshold", "parallel", "--thresholds", "1:300;2:308;3:292", "--nsteps", 4, "--step", 5, "--mock")


def test_a_scan_from_its_plan_to_its_files():
    with on_a_terminal(*SCAN, "--duration", 5, "--speed", 20) as terminal:
        assert terminal.ended() == 0
    assert "run 1  ━" in terminal.plain
    assert "of 9 points" in terminal.plain
    assert "s left" in terminal.plain
    assert "live [s]" in terminal.plain
    assert "…" in terminal.plain  # the point that is being counted
    lines = terminal.left
    assert lines[0] == "parallel scan: 9 points of 5 s, about 2.3 s at 20 times the speed"
    assert sum(bool(re.match(r" *280 ", line)) for line in lines) == 1  # in the table: the view has gone
    assert {line for line in lines if len(line) > 80} <= {f"  directory   {newest()}"}
    [files] = [i for i, line in enumerate(lines) if line.startswith("  files")]
    assert lines[files].split(maxsplit=1)[1] == "scan_results_ch1.csv, scan_results_ch2.csv, scan_results_ch3.csv,"
    assert lines[files + 1].strip() == "threshold_scan.png"
    [restored] = [line for line in lines if line.startswith("  thresholds")]
    assert restored.split(maxsplit=1)[1].startswith("channels 1, 2 and 3 are back at 1023 (suppressed")


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (100, 30)])
def test_the_curves_are_drawn_while_they_grow(columns, lines):
    with on_a_terminal(*SCAN, "--duration", 5, "--speed", 20, "--plot", columns=columns, lines=lines) as terminal:
        assert terminal.ended() == 0
    assert "rate [events/s]" in terminal.growing
    assert "ch1 top" in terminal.growing
    assert terminal.tallest < lines  # it never scrolls
    assert {line for line in terminal.left if len(line) > columns} <= {f"  directory   {newest()}"}
    assert "run 1: threshold parallel" in terminal.left  # the title of the last picture
    assert terminal.left[terminal.left.index("run 1: threshold parallel") - 1] == ""


def test_the_keys_ctrl_c():
    with on_a_terminal(*SCAN, "--duration", 5, "--speed", 20) as terminal:
        terminal.shows("2 of 9 points")
        terminal.type("\x03")
        terminal.shows("stops after this point; Ctrl-C again stops at once")
        assert terminal.ended() == 130
    assert terminal.text.rindex("\x1b[?25h") > terminal.text.rindex("\x1b[?25l")  # the cursor is back
    assert f"{points(newest())} of 9 points are saved in run 1" in terminal.plain


def test_a_pause_is_shown():
    with on_a_terminal(*SCAN, "--duration", 5, "--speed", 20) as terminal:
        terminal.shows("1 of 9 points")
        ask(newest(), "pause")
        terminal.shows('paused after this point; "scantrail runs resume 1" goes on')
        ask(newest(), "resume")
        assert terminal.ended() == 0


def test_a_resumed_scan_counts_on_from_where_it_stood():
    with started(*SCAN, "--duration", 5, "--speed", 20) as running:
        run_with_points(3)
        running.process.kill()
    with on_a_terminal("runs", "resume", 1) as terminal:
        assert terminal.ended() == 0
    seen = [int(number) for number in re.findall(r"(\d+) of 9 points  ", terminal.plain)]
    assert seen[0] >= 3
    assert "run 1: threshold parallel, success, 9 of 9 points" in terminal.left


def test_nothing_moves_where_nobody_looks():
    done = scantrail(*SCAN, "--duration", 1, "--speed", 100)
    assert "\x1b" not in done.out + done.err
    assert "left" not in done.err


def test_warnings_break_between_words():
    with on_a_terminal(*SCAN, "--duration", 5, "--speed", 300) as terminal:
        assert terminal.ended() == 0
    said = [line for line in terminal.left if not line.startswith("  directory")]
    assert max(map(len, said)) <= 80


# --- position scans ---------------------------------------------------------------------------------------------------

POSITIONS = ("scan", "linear", X, -10, 10, 21, "--det", I0, "--det", IT, "--dwell", 0.05, "--sim")


def counted(terminal: Terminal, of: int) -> list[int]:
    """The points that the live view counted, frame after frame."""
    return [int(number) for number in re.findall(rf"(\d+) of {of} points  ", terminal.plain)]


def test_a_position_scan_from_its_plan_to_its_points():
    with on_a_terminal(*POSITIONS) as terminal:
        assert terminal.ended() == 0
    assert "run 1  ━" in terminal.plain
    seen = counted(terminal, of=21)
    assert (seen[0], seen[-1]) == (0, 21)
    assert seen == sorted(seen)
    assert len(set(seen)) > 5
    assert "s left" in terminal.plain
    assert re.search(rf"{X}  {I0}  {IT} ", ESCAPE.sub("", terminal.growing))
    lines = terminal.left
    assert lines[0].startswith("linear scan: 21 points of 0.05 s, about ")
    assert sum(line.startswith("run 1: linear, success, 21 of 21 points") for line in lines) == 1
    assert sum(line.rstrip().endswith("10     20") for line in lines) == 1  # the view has gone, the last point stands
    assert {line for line in lines if len(line) > 80} <= {f"  directory   {newest()}"}


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (100, 30)])
def test_the_readings_are_drawn_while_they_come(columns, lines):
    with on_a_terminal(*POSITIONS, "--plot", columns=columns, lines=lines) as terminal:
        assert terminal.ended() == 0
    drawn = ESCAPE.sub("", terminal.growing)
    assert "┤" in drawn
    assert "●" in drawn
    assert I0 in drawn
    assert terminal.tallest < lines  # it never scrolls
    assert {line for line in terminal.left if len(line) > columns} <= {f"  directory   {newest()}"}
    assert "run 1: linear" in terminal.left  # the title of the last picture


SLOW = ("scan", "linear", X, -4, 4, 9, "--det", I0, "--dwell", 0.5, "--sim")


def test_ctrl_c_in_a_position_scan_and_on_from_there():
    with on_a_terminal(*SLOW) as terminal:
        run_with_points(2)
        terminal.type("\x03")
        terminal.shows("stops after this point; Ctrl-C again stops at once")
        assert terminal.ended() == 130
    kept = points(newest())
    assert f'{kept} of 9 points are saved in run 1; "scantrail runs resume 1" goes on.' in terminal.plain
    with on_a_terminal("runs", "resume", 1) as terminal:
        assert terminal.ended() == 0
    goes_on_visibly(terminal, kept)
    assert f"run 2: linear, success, {9 - kept} of {9 - kept} points" in terminal.left


def test_a_killed_position_scan_counts_on_in_its_run():
    with started(*SLOW) as running:
        run_with_points(2)
        running.process.kill()
    kept = points(newest())
    with on_a_terminal("runs", "resume", 1) as terminal:
        assert terminal.ended() == 0
    goes_on_visibly(terminal, kept)
    assert "run 1: linear, success, 9 of 9 points" in terminal.left


def goes_on_visibly(terminal: Terminal, kept: int) -> None:
    """The plan, the bar and the table say that so many points are there."""
    assert f"goes on with run 1: {kept} of 9 points are there, about " in terminal.plain
    seen = counted(terminal, of=9)
    assert (seen[0], seen[-1]) == (kept, 9)
    assert seen == sorted(seen)
    assert re.search(rf"\n\s+{kept - 5} .* {kept - 1}\s", ESCAPE.sub("", terminal.growing))  # the last one kept


@pytest.mark.alone
def test_whoever_keeps_pressing_ctrl_c_still_sees_what_is_saved():
    with on_a_terminal(*SLOW, "--dwell", 50) as terminal:
        terminal.shows("run 1  ")
        for _ in range(30):
            terminal.type("\x03")
            time.sleep(0.01)
        assert terminal.ended() in (130, -signal.SIGINT)  # the last one may come when all is said
    assert '0 of 9 points are saved in run 1; "scantrail runs resume 1" goes on.' in terminal.plain
    assert read(newest()).stop["exit_status"] == "abort"


def test_a_closed_terminal_ends_a_scan_as_ctrl_c_does():
    with on_a_terminal(*SLOW) as terminal:
        run_with_points(2)
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 130
    record = read(newest())
    assert record.stop["exit_status"] == "abort"
    assert 2 <= len(record.stream("primary")) < 9


def test_a_paused_position_scan_says_so():
    with on_a_terminal(*SLOW) as terminal:
        ask(run_with_points(1), "pause")
        terminal.shows('paused after this point; "scantrail runs resume 1" goes on')
        ask(newest(), "resume")
        assert terminal.ended() == 0
