"""The file: whole lines, flushed, locked; a torn tail cut; a full disk survived."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_runs import COLUMNS, header

from scantrail.errors import JournalError, JournalWriteError, RunStateError
from scantrail.runs import RunWriter, documents, held, read, summarize
from scantrail.runs.documents import encode
from scantrail.runs.journal import Journal


def test_every_line_is_on_the_file_when_event_returns(root: Path) -> None:
    with RunWriter.create(root, header()) as run:
        run.describe("primary", COLUMNS)
        for i in range(3):
            run.event("primary", {"x": float(i), "i0": i}, float(i))
            lines = (run.directory / "journal.jsonl").read_text().splitlines()
            assert json.loads(lines[-1])[1]["data"] == {"x": float(i), "i0": i}
            assert len(lines) == 3 + i
    assert summarize(run.directory).points == 3


def test_a_path_that_is_not_text_comes_back_as_it_was() -> None:
    path = os.fsdecode(b"/data/caf\xe9 \xc2\xb5")
    line = encode("start", {"workspace": path})
    assert json.loads(line.decode())[1]["workspace"] == path


def test_the_lock_lives_as_long_as_the_writer_and_survives_readers(root: Path) -> None:
    with RunWriter.create(root, header()) as run:
        assert held(run.directory)
        read(run.directory)  # opens and closes the file: an lockf lock would be gone now
        assert held(run.directory)
        with pytest.raises(RunStateError, match="being written by another process"):
            RunWriter.reopen(run.directory)
    assert not held(run.directory)


@given(st.binary(max_size=60).filter(lambda tail: b"\n" not in tail))
def test_a_torn_tail_is_ignored_then_cut_and_kept(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    directory = tmp_path_factory.mktemp("run")
    lines = [encode("start", {"uid": "a"}), encode("event", {"n": 1})]
    (directory / "journal.jsonl").write_bytes(b"".join(lines) + tail)
    assert [name for name, _ in documents(directory)] == ["start", "event"]
    journal = Journal.reopen(directory)
    journal.append(encode("event", {"n": 2}))
    journal.close()
    assert [document.get("n") for _, document in documents(directory)] == [None, 1, 2]
    if tail:
        assert (directory / "journal.torn").read_bytes() == tail + b"\n"


@given(st.data())
def test_a_journal_cut_at_any_byte_reads_to_its_last_whole_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    directory = tmp_path_factory.mktemp("run")
    lines = [encode("event", {"n": n, "text": "µ" * n}) for n in range(5)]
    content = b"".join(lines)
    cut = data.draw(st.integers(0, len(content)))
    (directory / "journal.jsonl").write_bytes(content[:cut])
    whole = content[:cut].count(b"\n")
    assert [document["n"] for _, document in documents(directory)] == list(range(whole))


def test_a_broken_line_before_the_last_is_named(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(encode("start", {}) + b"\0\0\0\n" + encode("stop", {}))
    with pytest.raises(JournalError, match=r"journal\.jsonl, line 2: not JSON"):
        list(documents(tmp_path))


def test_numbers_that_json_lacks_become_null_and_numpy_is_taken(root: Path) -> None:
    import numpy as np

    with RunWriter.create(root, header()) as run:
        run.describe("primary", COLUMNS)
        run.event("primary", {"x": float("nan"), "i0": float("inf")}, 0.0)
        run.event("primary", {"x": np.float64(1.5), "i0": np.int64(7)}, 1.0)
    table = read(run.directory).stream("primary")
    assert table.columns == {"x": [None, 1.5], "i0": [None, 7]}


FULL_DISK = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from sample_runs import COLUMNS, header
from scantrail.errors import JournalWriteError
from scantrail.runs import RunWriter
resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))
safe = []
try:
    with RunWriter.create(Path({root!r}), header(1000)) as run:
        run.describe("primary", COLUMNS)
        run.safe("note it", lambda: safe.append(1))
        for i in range(1000):
            run.event("primary", {{"x": float(i), "i0": i}}, float(i))
except JournalWriteError as error:
    print(error)
    print(safe, run.taken(), getattr(error, "__notes__", "said once"))
"""


def test_a_file_size_limit_keeps_what_was_taken(root: Path) -> None:
    script = FULL_DISK.format(tests=str(Path(__file__).parents[1] / "support"), root=str(root))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    sentence, outcome = done.stdout.splitlines()
    assert "the file-size limit of this process is reached" in sentence
    directory = next((root / "runs").glob("2*/*"))
    record = read(directory)
    assert outcome == f"[1] {len(record.stream('primary'))} said once"
    assert len(record.stream("primary")) > 50
    assert record.stop is None
    assert summarize(directory).status == "interrupted"


def test_a_full_disk_is_closed_as_fail_from_the_reserve(small_disk: Path) -> None:
    with pytest.raises(JournalWriteError, match="the disk is full"), RunWriter.create(small_disk, header(9999)) as run:
        run.describe("primary", COLUMNS)
        for i in range(9999):
            run.event("primary", {"x": float(i), "i0": i}, float(i))
    record = read(run.directory)
    assert record.stop is not None
    assert record.stop["exit_status"] == "fail"
    assert "the disk is full" in record.stop["reason"]
    assert record.stop["num_events"]["primary"] == len(record.stream("primary")) > 100


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", "size=128k", "tmpfs", str(place)]
    if subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
        pytest.skip("this process may not mount a tmpfs; the file-size limit above tries the same path")
    yield place
    subprocess.run(["umount", str(place)], check=True)
