import hashlib
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scantrail import __version__
from scantrail.errors import JournalError, OutputError
from scantrail.runs import JOURNAL, Result, analyses, read_results, write_results
from scantrail.runs.results import journal_hash

ANSWER = Result("ch1 threshold", 312.4, 0.6, "DAC", "OK", "Set the threshold to 312.")
NONE = Result("ch2 threshold", None, None, "DAC", "NO_EDGE", "No count at any of 21 thresholds.")


def test_what_is_written_is_read(take):
    directory = take()
    path = write_results(directory, "fit", [ANSWER, NONE], family="erfc")
    assert path == directory / "analysis" / "fit-1.json"
    assert read_results(directory, "fit") == [ANSWER, NONE]
    assert [entry.name for entry in path.parent.iterdir()] == ["fit-1.json"]  # no draft is left
    document = json.loads(path.read_text())
    assert document["journal_sha256"] == hashlib.sha256((directory / JOURNAL).read_bytes()).hexdigest()
    assert (document["version"], document["family"]) == (__version__, "erfc")


@given(
    results=st.lists(
        st.builds(Result, st.text(), st.none() | st.floats(), st.none() | st.floats(), st.text(), st.text(), st.text())
    )
)
@settings(max_examples=50)
def test_any_answer_comes_back_and_what_is_not_finite_as_none(results, tmp_path_factory):
    directory = tmp_path_factory.mktemp("run")
    (directory / JOURNAL).write_bytes(b"")
    write_results(directory, "fit", results)

    def finite(number: float | None) -> float | None:
        return number if number is not None and math.isfinite(number) else None

    assert read_results(directory, "fit") == [
        result._replace(value=finite(result.value), error=finite(result.error)) for result in results
    ]


def test_older_answers_stay_and_the_newest_count(take):
    directory = take()
    for value in range(1, 12):
        write_results(directory, "fit", [ANSWER._replace(value=float(value))])
    assert [result.value for result in read_results(directory, "fit")] == [11.0]  # fit-11, not fit-9
    (directory / "analysis" / "fit-4.json").unlink()
    assert write_results(directory, "fit", [ANSWER]).name == "fit-12.json"
    assert len(list((directory / "analysis").iterdir())) == 11


def test_analyses_do_not_mix(take):
    directory = take()
    assert analyses(directory) == []
    assert read_results(directory, "fit") == []
    write_results(directory, "fit", [ANSWER])
    write_results(directory, "fit-coarse", [NONE])
    for stray in (".fit.12", "fit-x.json", "fit-².json", "notes.json", "fit-3.json.bak"):
        (directory / "analysis" / stray).write_text("{")
    assert analyses(directory) == ["fit", "fit-coarse"]
    assert read_results(directory, "fit") == [ANSWER]
    assert read_results(directory, "fit-coarse") == [NONE]
    assert write_results(directory, "fit", [ANSWER]).name == "fit-2.json"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"results": [1]}',
        b'{"results": [{"name": "x"}]}',
        b'{"results": [{"name":"a","value":"312","error":null,"unit":"","status":"OK","sentence":""}]}',
        b'{"results": [{"name":"a","value":true,"error":null,"unit":"","status":"OK","sentence":""}]}',
        b'{"results": [{"name":null,"value":1,"error":null,"unit":"","status":"OK","sentence":""}]}',
    ],
)
def test_a_broken_file_is_named(take, content):
    directory = take()
    path = write_results(directory, "fit", [ANSWER])
    path.write_bytes(content)
    with pytest.raises(JournalError) as caught:
        read_results(directory, "fit")
    assert str(caught.value).startswith(f"{path} does not hold results (")
    assert str(caught.value).endswith("; delete it and judge the run again")


def test_the_hash_tells_a_journal_that_has_grown(take):
    directory = take()
    before = journal_hash(directory)
    with (directory / JOURNAL).open("a") as file:
        file.write("\n")
    assert journal_hash(directory) != before


def test_a_place_that_cannot_be_written(take):
    directory = take()
    (directory / "analysis").write_text("a file")
    with pytest.raises(OutputError, match=r"cannot write .*fit-1\.json: "):
        write_results(directory, "fit", [ANSWER])


def test_a_write_that_fails_leaves_no_draft(take, monkeypatch):
    directory = take()
    write_results(directory, "fit", [ANSWER])
    (directory / "analysis" / "fit-2.json").mkdir()
    (directory / "analysis" / "fit-2.json" / "x").touch()
    monkeypatch.setattr("scantrail.runs.results._numbers", lambda place, name: [1])
    with pytest.raises(OutputError, match=r"fit-2\.json"):
        write_results(directory, "fit", [NONE])
    assert not [*(directory / "analysis").glob(".*")]
