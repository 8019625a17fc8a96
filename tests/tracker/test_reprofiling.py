"""A profile a year later: what comes, what changes, what goes, and what is in the way of it; on both databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sample_databases import KINDS, fresh_database

from scantrail.errors import InputError, ProfileError, Refused
from scantrail.tracker import (
    Component,
    Database,
    Profile,
    TestResult,
    assemble_module,
    history,
    install_component,
    list_positions,
    list_test_types,
    remove_component,
    set_limit,
    undo,
    update_profile,
    verify,
)
from scantrail.tracker.profile import from_document

LAB: dict[str, Any] = {
    "name": "lab",
    "types": {
        "plane": {"positions": ["Z{1-3}"], "slots": {"chip": "chip"}},
        "chip": {},
        "wafer": {},
    },
    "tests": {"iv": {"quantities": {"current": "A"}}, "visual": {}},
}


def lab(types: dict[str, Any] | None = None, tests: dict[str, Any] | None = None, **keys: Any) -> Profile:
    """The profile with some types and tests replaced; None takes one away."""
    document = {**LAB, **keys}
    for part, new in (("types", types or {}), ("tests", tests or {})):
        document[part] = {name: kind for name, kind in {**LAB[part], **new}.items() if kind is not None}
    return from_document(document, "lab.toml")


@pytest.fixture(params=KINDS)
def any_lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with (
        fresh_database(request.param, request) as url,
        Database(url, tmp_path / "test_data", profile=lab()) as database,
    ):
        for name, kind in (("P1", "plane"), ("P2", "plane"), ("C1", "chip"), ("C2", "chip")):
            Component(name, kind, installation_status="spare").save(database)
        yield database


def test_a_type_comes_a_year_later(any_lab: Database) -> None:
    newer = lab(
        {"cooler": {"positions": ["Cooler{1-2}"]}, "plane": {"positions": ["Z{1-4}"], "slots": {"chip": "chip"}}},
        {"iv": {"quantities": {"current": "A", "voltage": "V"}}, "leak": {}},
        policy="enforce",
    )
    with pytest.raises(InputError, match="no component type 'cooler'"):
        Component("K1", "cooler").save(any_lab)
    said = update_profile(newer, db=any_lab).said
    assert said == (
        "updated the profile lab: added type cooler, added test type leak, changed test type iv, "
        "added positions Z4, Cooler1, Cooler2"
    )
    Component("K1", "cooler", installation_status="spare").save(any_lab)
    assert install_component("K1", "cooler2", db=any_lab).said == "installed K1 in Cooler2"
    install_component("P1", "Z4", db=any_lab)
    assert any_lab.profile == newer
    assert any_lab.profile.policy == "enforce"
    assert [row["name"] for row in list_test_types(any_lab)] == ["iv", "leak", "visual"]
    assert verify(any_lab) == []
    assert update_profile(newer, db=any_lab).event is None


def test_what_goes_and_what_history_keeps(any_lab: Database) -> None:
    then = install_component("P1", "Z3", db=any_lab).time
    remove_component("P1", db=any_lab)
    TestResult("P1", "visual", True).save(any_lab)
    older = lab({"wafer": None, "plane": {"positions": ["Z{1-1}"]}}, {"visual": None})
    done = update_profile(older, db=any_lab)
    assert done.notices == ("the test type visual is kept, for there are tests or limits of it",)
    assert [row["position"] for row in list_positions(any_lab)] == ["Z1"]
    assert [row["position"] for row in list_positions(any_lab, at=then)] == ["Z1", "Z3"]
    with pytest.raises(InputError, match="no component type 'wafer'"):
        Component("W1", "wafer").save(any_lab)
    with pytest.raises(Refused, match="no position 'Z3' for a plane"):
        install_component("P1", "Z3", db=any_lab)
    assert len(history(any_lab, "P1")) == 4
    assert verify(any_lab) == []
    undo(any_lab)
    assert any_lab.profile == lab()
    install_component("P1", "Z3", db=any_lab)
    assert verify(any_lab) == []


REFUSED = {
    "it lacks the type chip, and of that there are 2 components (C1, C2)": lab(
        {"chip": None, "plane": {"positions": ["Z{1-3}"]}}
    ),
    "it lacks the type wafer, and of that there is 1 limit, old ones too": lab({"wafer": None}),
    "C1 is attached to P1 as chip, which would not take a chip": lab({"plane": {"positions": ["Z{1-3}"]}}),
    "P1 sits in Z2, which would not take a plane": lab({"plane": {"positions": ["Z{3-4}"], "slots": {"chip": "chip"}}}),
    "C2 sits in Bench1, which would not take a chip": lab(
        {"plane": {"positions": ["Z{1-3}", "Bench{n}"], "slots": {"chip": "chip"}}}
    ),
    "the database ": lab(name="other"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_in_use_is_in_the_way(why: str, any_lab: Database) -> None:
    assemble_module("P1", parts={"chip": "C1"}, db=any_lab)
    install_component("P1", "Z2", db=any_lab)
    install_component("C2", "Bench1", db=any_lab)
    set_limit("wafer", "iv", "current", high=1, db=any_lab)
    set_limit("wafer", "iv", "current", db=any_lab)
    with pytest.raises(Refused) as refused:
        update_profile(REFUSED[why], db=any_lab)
    assert why in str(refused.value)
    assert any_lab.profile == lab()
    assert verify(any_lab) == []


def test_a_name_in_use_becomes_one_of_a_pattern(any_lab: Database) -> None:
    install_component("C2", "bench1", db=any_lab)
    update_profile(lab({"chip": {"positions": ["Bench{1-2}"]}}), db=any_lab)
    assert [row["position"] for row in list_positions(any_lab, kind="chip")] == ["bench1", "Bench2"]
    with pytest.raises(Refused, match="bench1 is taken: C2"):
        install_component("C1", "Bench1", db=any_lab)
    assert verify(any_lab) == []


def test_positions_that_differ_in_case_alone_are_one(tmp_path: Path) -> None:
    profile = lab({"plane": {"positions": ["P{1-2}", "p1"]}, "chip": {"positions": ["p{2-3}"]}, "wafer": None})
    with Database(tmp_path / "lab.db", profile=profile) as database:
        assert [row["position"] for row in list_positions(database)] == ["P1", "P2", "p3"]
        assert [row["position"] for row in list_positions(database, kind="chip")] == ["P2", "p3"]
        Component("C1", "chip", installation_status="spare").save(database)
        assert install_component("C1", "p2", db=database).said == "installed C1 in P2"
        assert verify(database) == []


def test_only_the_newest_version_is_undone(any_lab: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    update_profile(lab(policy="enforce"), db=any_lab)
    monkeypatch.setenv("LOGNAME", "ann")
    update_profile(lab({"cooler": {}}), db=any_lab)
    monkeypatch.setenv("LOGNAME", "bob")
    Component("K1", "cooler").save(any_lab)
    monkeypatch.setenv("LOGNAME", "ann")
    with pytest.raises(Refused, match="it lacks the type cooler, and of that there is 1 component"):
        undo(any_lab)
    monkeypatch.undo()
    with pytest.raises(Refused, match="was updated again since"):
        undo(any_lab)


def test_a_process_that_has_it_open_sees_the_newer_one(any_lab: Database) -> None:
    with Database(any_lab.url, any_lab.data_dir) as other:
        assert "cooler" not in other.profile.types
        update_profile(lab({"cooler": {"attributes": {"power": "W"}}}), db=any_lab)
        Component("K1", "cooler", attributes={"power": 5}).save(other)
        assert "cooler" in other.profile.types
    with Database(any_lab.url, any_lab.data_dir, profile=lab()) as older:
        older.initialize_schema()
        assert older.outdated
    with pytest.raises(ProfileError, match="there is no profile 'nothing'"):
        update_profile("nothing", db=any_lab)
