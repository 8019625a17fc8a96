"""Following a run as it is written, finding runs, and what event-model says of our documents."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import event_model
import pytest
from sample_runs import COLUMNS, header

from scantrail.errors import JournalError, RunNotFound
from scantrail.runs import RunWriter, directories, documents, find, follow, read, summarize


def test_follow_sees_every_document_as_it_comes(root: Path) -> None:
    with RunWriter.create(root, header()) as run:
        seen: list[str] = []
        follower = threading.Thread(target=lambda: seen.extend(name for name, _ in follow(run.directory)))
        follower.start()
        run.describe("primary", COLUMNS)
        for i in range(5):
            run.event("primary", {"x": float(i), "i0": i}, float(i))
            time.sleep(0.01)
    follower.join(5)
    assert seen == ["start", "descriptor", *["event"] * 5, "stop"]


def test_follow_leaves_out_what_is_known(take: Callable[..., Path]) -> None:
    assert [name for name, _ in follow(take(3), after=4)] == ["event", "stop"]


def test_follow_ends_when_the_writer_is_gone_without_a_stop(take: Callable[..., Path]) -> None:
    directory = take(3)
    path = directory / "journal.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]) + b'["sto')
    assert [name for name, _ in follow(directory)] == ["start", "descriptor", "event", "event", "event"]


def test_documents_pass_event_models_schemas(take: Callable[..., Path]) -> None:
    for name, document in documents(take(3, components=("SCINT-07",), rig={"mock": True})):
        event_model.schema_validators[event_model.DocumentNames[name]].validate(document)


def test_the_beginning_of_a_run_is_read_alone(take: Callable[..., Path]) -> None:
    record = read(take(5), most=2)
    assert record.stream("primary").seq == [1, 2]
    assert record.stop is None
    assert read(take(2), most=5).stop is not None


def test_runs_are_found_by_number_uid_and_path(root: Path, take: Callable[..., Path]) -> None:
    made = [take(1), take(2), take(3)]
    assert directories(root) == made[::-1]
    uid = summarize(made[1]).uid
    assert find(root, "2") == find(root, uid) == find(root, uid[:6]) == find(root, str(made[1])) == made[1]
    with pytest.raises(RunNotFound, match=r"there is no run '7'.*the newest runs: 3, 2, 1"):
        find(root, "7")
    with pytest.raises(RunNotFound):
        find(root, "zzzz")


def test_a_directory_without_journal_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(RunNotFound, match=r"holds no journal\.jsonl"):
        read(tmp_path)


def test_a_run_being_taken_is_running(root: Path) -> None:
    with RunWriter.create(root, header()) as run:
        run.describe("primary", COLUMNS)
        run.event("primary", {"x": 0.0, "i0": 0}, 0.0)
        summary = summarize(run.directory)
    assert (summary.status, summary.points, summary.expected, summary.ended) == ("running", 1, 10, None)


def test_an_event_without_its_descriptor_is_named(take: Callable[..., Path]) -> None:
    directory = take(2)
    path = directory / "journal.jsonl"
    start, _, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(start + b"".join(rest))
    with pytest.raises(JournalError, match="event 1 names a descriptor that never came"):
        read(directory)
