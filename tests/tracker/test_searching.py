"""Searching: whatever was written is found, whatever the case, and no character means anything but itself."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scantrail.errors import InputError
from scantrail.tracker import (
    Component,
    Database,
    TestResult,
    add_maintenance_log,
    assemble_module,
    install_component,
    resolve_log,
    search,
    undo,
)


@pytest.fixture
def written(any_db: Database) -> Database:
    """A text of its own in every place where one is looked for."""
    attributes = {"wafer": "Nitride", "gain": 1.25, "list": ["alpha", 'quo"te'], "ÜBER": True}
    Component("X-7", "module", serial_number="SER%42", notes="Glued_twice", attributes=attributes).save(any_db)
    add_maintenance_log("M1", "broken BOND", "issue", db=any_db)
    resolve_log(1, "bonded anew", db=any_db)
    TestResult("M2", "visual", notes="scratch \\ on top").save(any_db)
    install_component("C1", "Tray", notes="behind the rack", db=any_db)
    assemble_module("M2", "S2", notes="Äthanol and épée", db=any_db)
    return any_db


FOUND: dict[str, dict[str, list[str]]] = {
    "x-7": {"X-7": ["id"]},
    "ser%42": {"X-7": ["serial"]},
    "glued_TWICE": {"X-7": ["notes"]},
    "NITRIDE": {"X-7": ["attribute wafer"]},
    "1.25": {"X-7": ["attribute gain"]},
    "alpha": {"X-7": ["attribute list"]},
    "über": {"X-7": ["attribute ÜBER"]},
    "Bond": {"M1": ["log", "resolution"]},
    "\\ on": {"M2": ["test notes"]},
    "RACK": {"C1": ["installation notes"]},
    "äthanol": {"M2": ["log", "assembly notes"], "S2": ["log"]},
    "ÉPÉE": {"M2": ["log", "assembly notes"], "S2": ["log"]},
    "gluedxtwice": {},
    "ser_42": {},
    '"wafer"': {},
    "%": {"X-7": ["serial"]},
}


def test_every_text_is_found_where_it_stands(written: Database) -> None:
    found = {
        text: {each.component: [where for where, _ in each.places] for each in search(written, text)} for text in FOUND
    }
    assert found == FOUND


def test_ids_come_first_and_texts_with_what_is_around(written: Database) -> None:
    Component("MX", "module", notes=f"{'before ' * 20}M1{' after' * 20}").save(written)
    Component("M11", "module").save(written)
    found = search(written, "m1")
    assert [each.component for each in found] == ["M1", "M11", "MX"]
    ((where, text),) = found[-1].places
    assert (where, text[0], text[-1]) == ("notes", "…", "…")
    assert "M1" in text


def test_what_was_undone_is_not_found(written: Database) -> None:
    Component("GONE", "module", notes="gone").save(written)
    undo(written)
    assert search(written, "gone") == []


@pytest.mark.parametrize("text", ["", "  ", "a\0"])
def test_there_must_be_something_to_look_for(db: Database, text: str) -> None:
    with pytest.raises(InputError):
        search(db, text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8).filter(str.strip))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_finds_itself(db: Database, text: str) -> None:
    module = Component.get("M1", db)
    assert module is not None
    module.notes, module.attributes = f"x{text}y", {"z": f"x{text}y"}
    module.save(db)
    places = [where for each in search(db, text) if each.component == "M1" for where, _ in each.places]
    assert {"notes", "attribute z"} <= set(places)
