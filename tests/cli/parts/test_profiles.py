"""Experiments of other people: the shipped profile osechi, one of somebody's own, and a policy that is enforced."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Done

from scantrail.errors import ProfileError
from scantrail.tracker import Database, load_profile, verify

Svt = Callable[..., Done]

STRICT = """
name = "strict"
policy = "enforce"

[types.plane]
positions = ["Z{1-3}"]
slots = { chip = "chip" }
required = { qualified = ["source_scan"] }

[types.chip]

[tests.source_scan]
quantities = { hits = "" }
"""


@pytest.fixture
def strict(svt: Svt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Svt:
    """`svt` with a database of a profile that enforces its policy, and a plane in it."""
    (tmp_path / "strict.toml").write_text(STRICT)
    monkeypatch.setenv("SVT_DB", str(tmp_path / "strict.db"))
    assert "(profile strict)" in svt("--profile", tmp_path / "strict.toml", "init").out
    assert svt("add", "--id", "P1", "--type", "plane").code == 0
    return svt


def events(svt: Svt, component: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(svt("history", component, "--json").out)
    return found


HELD_BACK = {
    "install P1 Z1": "P1 goes from incoming to installed",
    "update P1 --status qualified": "P1 lacks a passed source_scan (none was made) to be qualified",
    "add --id P1 --status qualified": "P1 lacks a passed source_scan (none was made) to be qualified",
}


@pytest.mark.parametrize("command", HELD_BACK)
def test_an_enforced_policy_needs_force_and_a_reason(command: str, strict: Svt) -> None:
    why = HELD_BACK[command]
    for options in ((), ("--force",), ("--reason", "test beam tomorrow"), ("--force", "--reason", "")):
        done = strict(*command.split(), *options)
        assert done.code == 1
        assert (
            done.err == f"Error: {why}, which the profile strict refuses; --force --reason TEXT does it all the same\n"
        )
    assert len(events(strict, "P1")) == 1
    done = strict(*command.split(), "--force", "--reason", "test beam tomorrow")
    assert done.code == 0
    assert done.err == f"Note: {why}; this is recorded as a waiver\n"
    assert events(strict, "P1")[-1]["waiver"] == f"{why}: test beam tomorrow"
    assert "[waived:" in strict("history", "P1").out
    assert strict("verify").code == 0
    assert strict("undo").code == 0
    assert [event["waiver"] is None for event in events(strict, "P1")] == [True, False, True]


def test_what_the_policy_does_not_ask_for_needs_no_force(strict: Svt) -> None:
    assert strict("test", "P1", "--type", "source_scan", "--pass", "--set", "hits=1200").code == 0
    assert strict("update", "P1", "--status", "qualified").err == ""
    assert strict("install", "P1", "z1").out == "Installed P1 in Z1\n"
    assert strict("remove", "P1", "--outcome", "retired").err == ""
    assert "which the profile strict refuses" in strict("update", "P1", "--status", "testing").err
    never = strict("update", "P1", "--status", "qualified", "--force", "--reason", "please")
    assert (never.code, "cannot become qualified" in never.err) == (1, True)


def test_the_shipped_profile_osechi(svt: Svt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVT_DB", str(tmp_path / "osechi.db"))
    commands = (
        "--profile osechi add --id OSECHI-1 --type detector",
        *(f"add --id LAYER-{number} --type layer --status spare" for number in (1, 2, 3)),
        "add --id BOARD-7 --type board --serial 7",
        "assemble OSECHI-1 --part layer1=LAYER-1 --part layer2=LAYER-2 --part layer3=LAYER-3 --part board=BOARD-7",
        "test LAYER-1 --type threshold_scan --pass --set threshold=283 --set center=270.4 --set width=5.1",
        "install OSECHI-1 Roof",
        "--profile osechi positions",
    )
    for command in commands:
        done = svt(*command.split())
        assert done.code == 0, done
    shown = svt("show", "LAYER-1").out
    assert "threshold 283 DAC," in shown
    assert "5.1 DAC" in shown
    assert json.loads(svt("show", "BOARD-7", "--json").out)["via"] == "OSECHI-1"
    assert svt("remove", "OSECHI-1").code == 0
    refused = svt("assemble", "OSECHI-1", "--sensor", "LAYER-1").err
    assert "has no slot 'sensor'; it has board, layer1, layer2, layer3" in refused
    again = svt("--profile", "hps-svt", "list")
    assert (again.code, "keeps the profile osechi, not hps-svt; leave --profile out" in again.err) == (2, True)
    with Database(tmp_path / "osechi.db") as database:
        assert verify(database) == []


def test_a_profile_that_cannot_be_used_makes_no_database(svt: Svt, tmp_path: Path) -> None:
    for given in ("nope", str(tmp_path / "none.toml")):
        done = svt("--db-path", tmp_path / "new.db", "--profile", given, "list")
        assert (done.code, done.out) == (2, "")
        assert not (tmp_path / "new.db").exists()


BROKEN = {
    "": "types is missing or no table",
    "name = 'x'\ntypes = 3": "types is missing or no table",
    "[types.a]": "name is missing",
    "name = ''\n[types.a]": "name is empty",
    "name = 3\n[types.a]": "name is 3; it must be text",
    "name = 'x'\npolicy = 'strict'\n[types.a]": "policy is 'strict'; it is warn or enforce",
    "name = 'x'\ncolour = 1\n[types.a]": "'colour' is not known; known are name, policy, runs, tests, types",
    "name = 'x'\n[types.a]\nposition = 'P'": "types.a: 'position' is not known",
    "name = 'x'\n[types.a]\npositions = 'P{n}'": "positions is 'P{n}'; it must be a list of texts",
    "name = 'x'\n[types.a]\npositions = ['P{0-3']": "'P{0-3' has a brace without its other half",
    "name = 'x'\n[types.a]\npositions = ['P{3-0}']": "has {3-0}, which stands for nothing",
    "name = 'x'\n[types.a]\npositions = ['P{a,}']": "has {a,}, which stands for nothing",
    "name = 'x'\n[types.a]\npositions = ['P{}']": "has {}, which stands for nothing",
    "name = 'x'\n[types.a]\npositions = ['{0-99}{0-999}']": "stands for 100000 positions; 10000 are the most",
    "name = 'x'\n[types.a]\nslots = { s = 'b' }": "slot 's' of a takes 'b', which is no type",
    "name = 'x'\n[types.a]\nslots = ['b']": "types.a.slots is missing or no table",
    "name = 'x'\n[types.a]\nattributes = { n = 1 }": "types.a.attributes.n is 1; it must be text",
    "name = 'x'\n[types.a]\nrequired = { qualified = 'iv' }": "required.qualified is 'iv'; it must be a list of texts",
    "name = 'x'\n[types.a]\nrequired = { qualified = ['iv'] }": "names 'iv', which is no test type",
    "name = 'x'\n[types.a]\nrequired = { installed = [] }": "names 'installed', which is no status to reach",
    "name = 'x'\n[types.\"a\\nb\"]": "a name is one line",
    "name = 'x'\n[types.a]\n[tests.t]\nunits = {}": "tests.t: 'units' is not known",
    "name = 'x": "is not TOML",
    "name = '\x00'": "is not TOML",
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_wrong_with_a_profile_is_one_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(ProfileError) as refused:
        load_profile(str(tmp_path / "mine.toml"))
    assert BROKEN[text] in str(refused.value)
    assert "mine.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_database_follows_its_profile(strict: Svt, tmp_path: Path) -> None:
    newer = tmp_path / "strict.toml"
    newer.write_text(STRICT + '\n[types.cooler]\npositions = ["K{1-2}"]\n')
    stale = strict("--profile", newer, "list")
    assert stale.err == 'Note: the database keeps another version of this profile; "svt update-profile" takes it\n'
    tried = strict("update-profile", newer, "--dry-run")
    assert tried.out == "Updated the profile strict: added type cooler, added positions K1, K2\n"
    assert strict("add", "--id", "K1", "--type", "cooler").code == 2
    assert strict("update-profile", newer).out == tried.out
    assert strict("add", "--id", "K1", "--type", "cooler").code == 0
    assert strict("update-profile", newer).out == "The database keeps this profile strict already\n"
    newer.write_text(STRICT)
    refused = strict("update-profile", newer)
    assert (refused.code, refused.err) == (
        1,
        "Error: the profile strict cannot be taken: it lacks the type cooler, and of that there is 1 component (K1)\n",
    )
    newer.write_text("name = 3")
    assert strict("update-profile", newer).err == f"Error: {newer}: types is missing or no table\n"
    assert strict("update-profile", "hps-svt").err.endswith("that is hps-svt; make a database of its own for it\n")
    assert strict("verify").code == 0
