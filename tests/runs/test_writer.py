"""RunWriter: honest on every way out, deaf to nothing, obedient to nobody while hardware is made safe."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_runs import COLUMNS, header

from scantrail.errors import JournalError, OutputError, RunStateError, SafeStateError
from scantrail.runs import RunWriter, ask, read, summarize


def test_success_is_stopped_as_success(take: Callable[..., Path]) -> None:
    record = read(take(10))
    assert record.stop is not None
    assert (record.stop["exit_status"], record.stop["num_events"]) == ("success", {"primary": 10})


def test_an_error_is_stopped_as_fail_with_its_reason(root: Path) -> None:
    with pytest.raises(ValueError, match="no beam"), RunWriter.create(root, header()) as run:
        raise ValueError("no beam")
    summary = summarize(run.directory)
    assert (summary.status, summary.reason) == ("fail", "no beam")


def test_keyboard_interrupt_is_an_abort(root: Path) -> None:
    with pytest.raises(KeyboardInterrupt), RunWriter.create(root, header()) as run:
        raise KeyboardInterrupt
    assert summarize(run.directory).status == "abort"


def test_safe_actions_run_last_in_first_out_all_of_them_before_the_stop(root: Path) -> None:
    done = []

    def failing() -> None:
        done.append("shutter")
        raise OSError("shutter jammed")

    with pytest.raises(ValueError, match="first") as caught, RunWriter.create(root, header()) as run:
        run.safe("stop motors", lambda: done.append("motors"))
        run.safe("close the shutter", failing)
        run.safe("note", lambda: done.append(str(read(run.directory).stop)))
        raise ValueError("first")
    assert done == ["None", "shutter", "motors"]
    assert caught.value.__notes__ == ["could not close the shutter: shutter jammed"]
    assert summarize(run.directory).reason == "first; could not close the shutter: shutter jammed"


def test_a_scan_that_went_well_but_cannot_be_made_safe_fails(root: Path) -> None:
    def failing() -> None:
        raise OSError("no answer")

    refusal = pytest.raises(SafeStateError, match="could not restore thresholds: no answer")
    with refusal, RunWriter.create(root, header()) as run:
        run.safe("restore thresholds", failing)
    assert summarize(run.directory).status == "fail"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_the_dwell_end_then_says_abort(root: Path, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with RunWriter.create(root, header()) as run:
        threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
        began = time.monotonic()
        assert run.wait(0.3) == "abort"
        assert time.monotonic() - began >= 0.3
        assert run.wait(0.0) == "abort"
    assert summarize(run.directory).status == "abort"
    assert signal.getsignal(number) is before


def test_under_nohup_a_run_outlives_its_terminal(root: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with RunWriter.create(root, header()) as run:
            os.kill(os.getpid(), signal.SIGHUP)
            assert run.wait(0.0) == "go"
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_second_signal_halts_at_once(root: Path) -> None:
    with RunWriter.create(root, header()) as run:
        for delay in (0.05, 0.1):
            threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        assert run.dwell(20.0) == "halt"
        assert time.monotonic() - began < 5


def test_signals_while_hardware_is_made_safe_are_noted_only(root: Path) -> None:
    finished = []

    def slow() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.05)
        finished.append(True)

    with RunWriter.create(root, header(0)) as run:
        run.safe("take your time", slow)
    assert finished == [True]
    assert summarize(run.directory).status == "success"


def test_pause_blocks_a_wait_and_never_lengthens_a_dwell(root: Path) -> None:
    with RunWriter.create(root, header()) as run:
        ask(run.directory, "pause")
        time.sleep(0.05)
        began = time.monotonic()
        assert run.dwell(0.1) == "go"
        assert time.monotonic() - began < 5
        threading.Timer(0.2, ask, (run.directory, "resume")).start()
        assert run.wait(0.0) == "go"
        assert time.monotonic() - began >= 0.3


def test_abort_ends_a_pause(root: Path) -> None:
    with RunWriter.create(root, header()) as run:
        ask(run.directory, "pause")
        threading.Timer(0.1, ask, (run.directory, "abort")).start()
        assert run.wait(0.05) == "abort"


def test_nobody_is_asked_when_nobody_writes(take: Callable[..., Path]) -> None:
    with pytest.raises(RunStateError, match="is not running, so there is nothing to pause"):
        ask(take(), "pause")


def test_an_event_that_does_not_match_its_descriptor_is_refused(root: Path) -> None:
    with pytest.raises(JournalError, match="does not match"), RunWriter.create(root, header()) as run:
        run.describe("primary", COLUMNS)
        run.event("primary", {"x": 1.0}, 0.0)


def test_keys_that_readers_refuse_are_refused(root: Path) -> None:
    with pytest.raises(JournalError, match=r"'a\.b'"), RunWriter.create(root, header()) as run:
        run.describe("primary", {"a.b": COLUMNS["x"]})


def test_a_root_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="set SCANTRAIL_HOME"):
        RunWriter.create(tmp_path / "file", header())


KILLED = """
import os, signal, sys
sys.path.insert(0, {support!r})
from pathlib import Path
from sample_runs import COLUMNS, header
from scantrail.runs import RunWriter
with RunWriter.create(Path({root!r}), header()) as run:
    run.describe("primary", COLUMNS)
    for i in range(4):
        run.event("primary", {{"x": float(i), "i0": i}}, float(i))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_kill_9_leaves_an_interrupted_run_that_goes_on_in_its_own_journal(root: Path) -> None:
    support = str(Path(__file__).parents[1] / "support")
    script = KILLED.format(support=support, root=str(root))
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == -signal.SIGKILL
    directory = next((root / "runs").glob("2*/*"))
    before = summarize(directory)
    assert (before.status, before.points, before.expected) == ("interrupted", 4, 10)
    with (directory / "journal.jsonl").open("ab") as file:
        file.write(b'["event",{"uid":"torn')
    with RunWriter.reopen(directory) as run:
        run.describe("primary", COLUMNS)
        assert run.event("primary", {"x": 4.0, "i0": 4}, 4.0) == 5
    record = read(directory)
    assert record.stream("primary").seq == [1, 2, 3, 4, 5]
    assert len(record.descriptors["primary"]) == 1
    assert record.stop is not None
    assert (directory / "journal.torn").read_bytes() == b'["event",{"uid":"torn\n'
    with pytest.raises(RunStateError, match="has ended"):
        RunWriter.reopen(directory)


def test_other_columns_after_a_resume_get_a_descriptor_of_their_own(root: Path) -> None:
    with RunWriter.create(root, header()) as run:
        run.describe("primary", COLUMNS)
        run.event("primary", {"x": 0.0, "i0": 0}, 0.0)
        run.describe("primary", {**COLUMNS, "it": COLUMNS["i0"]})
        assert run.event("primary", {"x": 1.0, "i0": 1, "it": 2}, 1.0) == 2
    assert read(run.directory).stream("primary").columns == {"x": [0.0, 1.0], "i0": [0, 1], "it": [None, 2]}


def test_processes_never_share_a_number(root: Path) -> None:
    script = "import sys; from pathlib import Path; from scantrail.runs.numbers import allot\n"
    script += "print(*[allot(Path(sys.argv[1])) for _ in range(25)])"
    started = [
        subprocess.Popen([sys.executable, "-c", script, str(root)], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    numbers = [int(number) for process in started for number in process.communicate()[0].split()]
    assert sorted(numbers) == list(range(1, 101))
