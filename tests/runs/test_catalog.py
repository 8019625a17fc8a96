"""The catalogue: an index that may be missing, locked or wrong, and that the directories always make right again."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sample_databases import KINDS, fresh_database, locked, python
from sample_runs import COLUMNS, header
from sqlalchemy.exc import StatementError

from scantrail.db import database_url, open_database, sqlite_path
from scantrail.errors import RunError, RunNotFound
from scantrail.runs import RunSummary, RunWriter, directories, summarize
from scantrail.runs.catalog import Choice, find_run, list_runs, listing, note_run, register, reindex

Take = Callable[..., Path]


@pytest.fixture(params=KINDS)
def any_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with fresh_database(request.param, request) as url:
        yield url


@pytest.fixture
def url(tmp_path: Path) -> str:
    return database_url(str(tmp_path / "base" / "scantrail.db"), None)


def run(given: int = 1, **changes: object) -> RunSummary:
    made = RunSummary(
        number=given,
        uid=str(uuid4()),
        kind="serial",
        status="success",
        points=10,
        expected=10,
        started=1_700_000_000.0 + given,
        ended=1_700_000_100.5,
        operator="Ada Ω",
        host="bench",
        components=(),
        directory=Path(f"/elsewhere/runs/2025/{given}-serial-0badcafe"),
    )
    return replace(made, **changes)


def as_kept(directory: Path) -> RunSummary:
    """The summary of a run with its times as the table keeps them, to the microsecond."""
    read = summarize(directory)
    return replace(read, started=round(read.started, 6), ended=read.ended and round(read.ended, 6))


def cut_stop(directory: Path) -> None:
    """Leave the journal as `kill -9` would have."""
    journal = directory / "journal.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))


def numbers(found: tuple[list[RunSummary], str | None]) -> list[int]:
    runs, notice = found
    assert notice is None
    return [each.number for each in runs]


# --- the table --------------------------------------------------------------------------------------------------------


def test_a_run_comes_back_as_it_was(any_url: str) -> None:
    runs = [
        run(3, components=("SCINT-07", 'odd "id"'), reason="'; DROP TABLE run; --\n<b>"),
        run(2, ended=None, expected=None, status="interrupted"),
    ]
    with open_database(any_url) as database:
        register(database, *runs)
        assert list_runs(database) == runs
        register(database)
        assert list_runs(database) == runs


def test_a_known_run_is_written_anew(any_url: str) -> None:
    began = run(status="running", points=0, ended=None)
    with open_database(any_url) as database:
        register(database, began)
        register(database, replace(began, status="success", points=10, ended=1_700_000_200.0))
        (found,) = list_runs(database)
    assert (found.status, found.points, found.ended) == ("success", 10, 1_700_000_200.0)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(), [4, 3, 2, 1]),
        (Choice(kind="linear"), [3]),
        (Choice(status="fail"), [4, 2]),
        (Choice(component="B"), [4, 1]),
        (Choice(component="b' OR 1=1 --"), []),
        (Choice(kind="serial", status="fail", component="B"), [4]),
    ],
)
def test_runs_are_chosen_newest_first(any_url: str, choice: Choice, expected: list[int]) -> None:
    runs = [
        run(1, components=("A", "B")),
        run(2, status="fail"),
        run(3, kind="linear", components=("A",)),
        run(4, status="fail", components=("B",)),
    ]
    with open_database(any_url) as database:
        register(database, *runs)
        assert [each.number for each in list_runs(database, choice)] == expected
        assert [each.number for each in list_runs(database, choice, limit=1)] == expected[:1]
        assert [each.number for each in runs[::-1] if choice.takes(each)] == expected


def test_runs_are_found_by_number_and_uid(any_url: str) -> None:
    runs = [run(1), run(12, uid="abcdef00-0000-0000-0000-000000000000"), run(12)]
    with open_database(any_url) as database:
        register(database, *runs)
        assert find_run(database, "1") == runs[0]
        for ref in ("abcd", "ABCDEF00", runs[1].uid):
            assert find_run(database, ref) == runs[1]
        with pytest.raises(RunError, match="several runs match '12'"):
            find_run(database, "12")
        for ref in ("7", "9" * 30, "abc", "abcd%", "²", ""):
            with pytest.raises(RunNotFound):
                find_run(database, ref)


@pytest.mark.parametrize(
    "nonsense", [{"number": 0}, {"status": "perhaps"}, {"points": -1}, {"kind": ""}, {"uid": "not a uuid"}], ids=str
)
def test_the_table_refuses_nonsense(any_url: str, nonsense: dict[str, object]) -> None:
    with open_database(any_url) as database:
        with pytest.raises(StatementError):
            register(database, run(1), run(2, **nonsense))
        assert list_runs(database) == []


# --- from the directories ---------------------------------------------------------------------------------------------


def test_the_index_is_made_again_from_the_directories(any_url: str, root: Path, take: Take) -> None:
    made = [take(2), take(3), take(10, components=("SCINT-07",))]
    with open_database(any_url) as database:
        register(database, replace(summarize(made[0]), points=77), run(99))
        done = reindex(database, root)
        assert (done.runs, done.left_out) == (3, ())
        assert [each.number for each in list_runs(database)] == [3, 2, 1, 99]
        assert find_run(database, "1").points == 2
        assert find_run(database, "3").components == ("SCINT-07",)


def test_what_cannot_be_read_is_left_out_and_named(any_url: str, root: Path, take: Take) -> None:
    good, empty, torn, foreign, absurd = (take(1) for _ in range(5))
    (empty / "journal.jsonl").unlink()
    (torn / "journal.jsonl").write_text('["sta')
    (foreign / "journal.jsonl").write_text('["start", {"uid": "x", "time": 1}]\n')
    start = json.loads((absurd / "journal.jsonl").read_text().splitlines()[0])
    start[1]["uid"] = "not a uuid"
    (absurd / "journal.jsonl").write_text(json.dumps(start) + "\n")
    with open_database(any_url) as database:
        done = reindex(database, root)
        assert [each.number for each in list_runs(database)] == [summarize(good).number]
    assert done.runs == 1
    for directory in (empty, torn, foreign, absurd):
        assert any(str(directory) in sentence for sentence in done.left_out)
    assert all("\n" not in sentence for sentence in done.left_out)


# --- the list of runs -------------------------------------------------------------------------------------------------


def test_the_list_holds_what_the_table_does_not_know(root: Path, url: str, take: Take) -> None:
    known = take(1)
    assert note_run(url, known) is None
    take(2)
    take(3, components=("A",))
    runs, notice = listing(root, url)
    assert notice is None
    assert runs == [*(summarize(each) for each in directories(root)[:2]), as_kept(known)]
    assert numbers(listing(root, url, limit=2)) == [3, 2]
    assert numbers(listing(root, url, Choice(component="A"))) == [3]


def test_a_row_left_running_is_read_again(root: Path, url: str) -> None:
    with RunWriter.create(root, header()) as writer:
        writer.describe("primary", COLUMNS)
        assert note_run(url, writer.directory) is None
        writer.event("primary", {"x": 0.0, "i0": 0}, 1.0)
        assert [(each.status, each.points) for each in listing(root, url)[0]] == [("running", 1)]
        assert numbers(listing(root, url, Choice(status="running"))) == [1]
    # 1 of 10 points: how the writer calls that is its own affair, but it has ended
    ended = summarize(writer.directory)
    assert listing(root, url) == ([ended], None)
    assert numbers(listing(root, url, Choice(status="running"))) == []
    assert numbers(listing(root, url, Choice(status=ended.status))) == [1]


def test_an_interrupted_row_is_read_again(root: Path, url: str, take: Take) -> None:
    directory = take(10)
    whole = (directory / "journal.jsonl").read_bytes()
    cut_stop(directory)
    assert note_run(url, directory) is None
    assert listing(root, url)[0][0].status == "interrupted"
    (directory / "journal.jsonl").write_bytes(whole)
    assert listing(root, url)[0][0].status == "success"


def test_runs_that_moved_with_their_root_are_listed_once(root: Path, url: str, take: Take, tmp_path: Path) -> None:
    assert note_run(url, take(10)) is None
    moved = Path(shutil.move(root, tmp_path / "moved"))
    runs, notice = listing(moved, url)
    assert notice is None
    assert [each.directory for each in runs] == directories(moved)


def test_runs_of_another_host_stay_as_their_rows_say(root: Path, any_url: str, take: Take) -> None:
    take(10)
    with open_database(any_url) as database:
        register(database, run(41), run(42, status="running", ended=None))
    runs, notice = listing(root, any_url)
    assert notice is None
    assert [(each.number, each.status) for each in runs] == [(1, "success"), (42, "running"), (41, "success")]


def test_without_runs_and_database_there_is_nothing_to_say(root: Path, url: str) -> None:
    assert listing(root, url) == ([], None)
    path = sqlite_path(url)
    assert path is not None
    assert not path.exists()


def missing(path: Path) -> None:
    """No database yet."""


def directory(path: Path) -> None:
    path.mkdir(parents=True)


def broken(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x00not a database" * 1000)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [(missing, "there is no database"), (directory, "is a directory"), (broken, "is not an SQLite database")],
)
def test_with_an_unusable_database_the_directories_are_read(
    root: Path, url: str, take: Take, spoil: Callable[[Path], None], why: str
) -> None:
    path = sqlite_path(url)
    assert path is not None
    spoil(path)
    take(1), take(2)
    runs, notice = listing(root, url, limit=1)
    assert [each.number for each in runs] == [2]
    assert notice is not None
    assert why in notice
    assert str(path) in notice
    assert str(root / "runs") in notice


# --- what a scan says to it -------------------------------------------------------------------------------------------


def test_a_scan_notes_its_run(any_url: str, take: Take) -> None:
    made = take(10)
    assert note_run(any_url, made) is None
    with open_database(any_url) as database:
        assert list_runs(database) == [as_kept(made)]


def test_a_scan_goes_on_without_a_database(url: str, root: Path, take: Take) -> None:
    made = take(10)
    path = sqlite_path(url)
    assert path is not None
    open_database(url).close()
    with locked(path):
        sentence = note_run(url, made, patience=0.2)
    assert sentence is not None
    assert "is locked by another process (waited 0.2 s)" in sentence
    assert f"Run {made.name} is not in the catalogue" in sentence
    assert "scantrail runs reindex" in sentence
    with open_database(url) as database:
        assert reindex(database, root).runs == 1


@pytest.mark.parametrize("spoil", [directory, broken])
def test_a_scan_goes_on_with_a_spoilt_database(url: str, take: Take, spoil: Callable[[Path], None]) -> None:
    path = sqlite_path(url)
    assert path is not None
    spoil(path)
    assert str(path) in (note_run(url, take(1)) or "")


def test_a_scan_goes_on_without_its_server(take: Take) -> None:
    sentence = note_run("postgresql+psycopg://u:s3cret@127.0.0.1:1/x", take(1))
    assert sentence is not None
    assert "refused" in sentence
    assert "s3cret" not in sentence
    assert "\n" not in sentence


def test_a_directory_that_is_no_run_is_only_a_sentence(url: str, tmp_path: Path) -> None:
    assert "holds no journal.jsonl" in (note_run(url, tmp_path) or "")


MANY = """
import sys
from dataclasses import replace
from pathlib import Path
from uuid import uuid4
from scantrail.db import open_database
from scantrail.runs import RunSummary
from scantrail.runs.catalog import register
url, which = sys.argv[1], int(sys.argv[2])
sys.stdin.readline()
for step in range(15):
    with open_database(url) as database:
        register(database, RunSummary(
            number=100 * which + step + 1, uid=str(uuid4()), kind="serial", status="success", points=1, expected=1,
            started=1.0, ended=2.0, operator="", host="", components=(), directory=Path("/x"),
        ))
"""


def test_eight_processes_at_once_lose_nothing(any_url: str) -> None:
    writers = [python(MANY, any_url, which) for which in range(8)]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [writer.communicate(timeout=50)[1] for writer in writers] == [""] * 8
    with open_database(any_url) as database:
        found = {each.number for each in list_runs(database)}
    assert found == {100 * which + step + 1 for which in range(8) for step in range(15)}


def test_a_scan_that_needs_no_database_loads_none() -> None:
    with python("import sys, scantrail.runs; print('sqlalchemy' in sys.modules)") as other:
        assert other.communicate(timeout=30) == ("False\n", "")
