"""What the page does when its database is locked, replaced or gone, and what it shows of runs as they lie on disk."""

import os
import sqlite3
import time
from dataclasses import replace

import pytest
from lines import COLUMNS, line_header, row

from scantrail.runs import RunWriter, note_run, summarize
from scantrail.station import data_root
from scantrail.tracker import Database, TestResult, add_component, history, link_run, set_limit
from scantrail.web import site as site_module

LOG = {"id": "M1", "text": "bond wire lifted", "sure": "yes"}


@pytest.fixture
def base(entered, parts, tmp_path):
    """The database's file, opened by the page."""
    add_component("M1", "module", {}, db=parts)
    parts.close()
    assert entered.ask("GET", "/components/M1").status == 200
    return tmp_path / "base" / "scantrail.db"


def taken(points=2, components=()):
    with RunWriter.create(data_root(), replace(line_header(points), components=list(components))) as run:
        run.describe("primary", COLUMNS)
        for i in range(points):
            run.event("primary", row(i), time.time())
    return run.directory


def test_nothing_is_written_to_a_database_that_is_gone(entered, base):
    """A file without a name is still open: what is written to it would be lost without a word."""
    base.rename(base.with_name("moved.db"))
    answer = entered.post("/change/log", LOG)
    assert answer.status == 503
    assert "is gone since the page was opened" in answer.text
    assert not base.exists()
    for path in ("/", "/runs"):
        assert entered.ask("GET", path).status == 200
    base.with_name("moved.db").rename(base)
    assert entered.post("/change/log", LOG).status == 303
    with Database(base) as database:
        assert [event["command"] for event in history(database, "M1")] == ["add", "log"]


def test_a_database_that_was_replaced_is_the_one_that_is_written(entered, base):
    other = base.with_name("restored.db")
    with Database(base) as database:
        database.backup_database(other)
    other.replace(base)
    assert entered.post("/change/log", LOG).status == 303
    with Database(base) as database:
        assert [event["command"] for event in history(database, "M1")] == ["add", "log"]


def test_a_locked_database_is_read_and_a_change_is_told_to_wait(entered, base, monkeypatch):
    monkeypatch.setattr(site_module, "PATIENCE", 0.2)
    other = base.with_name("again.db")
    with Database(base) as database:
        database.backup_database(other)
    other.replace(base)  # so that it is opened again, with less patience
    assert entered.ask("GET", "/components/M1").status == 200
    holder = sqlite3.connect(base, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert entered.ask("GET", "/components/M1").status == 200
    answer = entered.post("/change/log", LOG)
    assert answer.status == 503
    assert "is locked by another process" in answer.text
    holder.execute("ROLLBACK")
    holder.close()
    assert entered.post("/change/log", LOG).status == 303


def test_a_run_is_shown_with_what_it_was_to_its_components(entered, parts):
    for name in ("M1", "M2"):
        add_component(name, "module", {}, db=parts)
    set_limit("module", "noise_test", "noise", high=2000.0, db=parts)
    directory = taken(components=("M1", "M2"))
    note_run(parts.url, directory)
    TestResult("M1", "noise_test", None, {"noise": 2500.0}, run_uid=summarize(directory).uid).save(parts)
    text = entered.ask("GET", "/runs/1").text
    assert "nothing recorded" in text
    assert "outside limits" in text
    assert "noise at most 2000" in text
    assert '<a href="/runs/1">run 1</a>' in entered.ask("GET", "/components/M1").text


def test_a_run_that_was_linked_later_is_found_by_its_component(entered, parts):
    add_component("M1", "module", {}, db=parts)
    directory = taken()
    note_run(parts.url, directory)
    assert ">1</a>" not in entered.ask("GET", "/runs?component=M1").text
    link_run(parts, summarize(directory).uid, ["M1"])
    assert ">1</a>" in entered.ask("GET", "/runs?component=m1").text
    assert "/runs/1" in entered.ask("GET", "/components/M1").text


def test_a_run_is_shown_though_its_database_is_another_program_s(entered, tmp_path):
    taken(components=("M1",))
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "scantrail.db").write_text("no database" * 1000)
    answer = entered.ask("GET", "/runs/1")
    assert answer.status == 200
    assert "the verdicts on the components are not shown" in answer.text


def test_a_file_whose_name_is_no_text_is_listed_and_sent(entered):
    directory = taken()
    (directory / os.fsdecode(b"bad\xff<b>.txt")).write_text("content")
    answer = entered.ask("GET", "/runs/1")
    assert answer.status == 200
    assert "bad?&lt;b&gt;.txt" in answer.text
    assert entered.ask("GET", "/runs/1/files/bad%3F%3Cb%3E.txt").text == "content"


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/compare", 422, "choose two to 12 runs to compare, not 0"),
        ("/compare?run=1", 422, "not 1"),
        ("/compare?run=1&run=1", 422, "not 1"),
        ("/api/v1/compare?run=1", 422, "not 1"),
        ("/compare?run=1&run=9", 404, "there is no run"),
        ("/runs/zz", 404, "there is no run"),
        ("/api/v1/runs/zz/figure", 404, "there is no run"),
        ("/runs?status=done", 422, "a run is running, success, abort, fail, interrupted"),
        ("/positions/nowhere", 404, "there is no position"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(entered, path, status, told):
    taken()
    answer = entered.ask("GET", path)
    assert answer.status == status
    assert told in answer.text.lower()
