"""The commands of the tracker as a person types them: what they say, what they refuse, and JSON for programs."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Done

from scantrail.cli.main import PARTS

Svt = Callable[..., Done]

FURNISH = (
    "add --id M1 --type module --manufacturer HPK --status spare --location Lab",
    "add --id M2 --type module --status spare",
    "add --id S1 --type sensor --status spare",
    "add --id F1 --type feb --status spare",
    "add --id C1 --type cable --status spare",
)


@pytest.fixture
def bench(svt: Svt) -> Svt:
    """`svt` with two modules, a sensor, a front-end board and a cable."""
    for command in FURNISH:
        assert svt(*command.split()).code == 0
    return svt


# --- every command, for people and for programs -----------------------------------------------------------------------

EVERY = (
    ("init",),
    ("add", "--id", "H1", "--type", "hybrid"),
    ("update", "H1", "--notes", "new", "--attribute", "lot=7"),
    ("move", "H1", "Lab > Shelf 2"),
    ("assemble", "M1", "--sensor", "S1", "--part", "hybrid=H1"),
    ("connect", "M1:J1", "F1:2", "--cable", "C1"),
    ("connections",),
    ("disconnect", "C1"),
    ("limit", "module", "noise_test", "noise", "--max", "2000", "--source", "a report"),
    ("test", "M1", "--type", "noise_test", "--pass", "--noise", "1580", "--set", "bad_channels=[47, 128]"),
    ("test-types",),
    ("blocks", "M1"),
    ("install", "M1", "layer1_top_axial", "--run-period", "2025"),
    ("log", "M1", "bias unstable", "--type", "issue", "--severity", "major"),
    ("comment", "M1", "better"),
    ("show", "M1"),
    ("show", "S1"),
    ("list", "--type", "module"),
    ("locations",),
    ("positions",),
    ("positions", "--run-period", "2025"),
    ("history", "M1"),
    ("at", "2030-01-01"),
    ("summary",),
    ("remove", "M1", "--reason", "end", "--location", "Lab"),
    ("undo",),
    ("new-profile", "mine.toml"),
    ("update-profile", "hps-svt"),
    ("backup", "copy"),
    ("verify", "copy"),
    ("verify",),
)


@pytest.mark.parametrize("as_json", [False, True])
def test_every_command_speaks_to_people_and_to_programs(
    as_json: bool, bench: Svt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tried = {"disassemble", "restore", "adopt", "findings", "import", "export", "search", "label"}
    tried |= {"plot", "record", "sync"}
    for command in EVERY:
        done = bench(*command, *["--json"] * as_json)
        assert done.code == 0, (command, done)
        assert done.out.strip(), command
        tried.add(command[0])
        if as_json:
            assert json.loads(done.out) is not None
        elif command[0] not in {"show", "summary"}:
            assert "\n\n" not in done.out
    assert set(PARTS) <= tried | {"plot", "record", "sync"}, (
        "a new command belongs into this list, or into the list of those tried elsewhere"
    )
    monkeypatch.setenv("SVT_DB", str(tmp_path / "restored.db"))
    assert bench("restore", "copy", *["--json"] * as_json).code == 0
    assert bench("remove", "M1").code == 0
    assert bench("disassemble", "M1", *["--json"] * as_json).out.strip()
    assert bench("verify").out.endswith("is intact.\n")


def test_what_the_commands_say(bench: Svt) -> None:
    said = {
        "assemble M1 --sensor S1": "Attached S1 to M1 as sensor\n",
        "assemble M1 --sensor s1": "S1 is already attached to M1 as sensor\n",
        "move M1 Bench": "Moved M1 to Bench\n",
        "move M1 A>B": "Moved M1 to A>B\n",
        "install M1 layer1_top_axial": "Installed M1 in Layer1_top_axial\n",
        "install F1 feb7": "Installed F1 in FEB7\n",
        "connect M1:J1 F1 --cable C1": "Connected M1:J1 with F1 through C1\n",
        "disconnect M1": "Disconnected M1:J1 from F1, which C1 connected\n",
        "remove M1 --reason end --outcome degraded": "Removed M1 from Layer1_top_axial; it is degraded now (end)\n",
        "update M1 --notes x --location Lab": "M1: notes changed; M1: moved to Lab\n",
        "update M1 --notes x": "Nothing was to do.\n",
        "disassemble M1": "Detached S1 from M1\n",
    }
    for command, words in said.items():
        assert bench(*command.split()).out == words, command


def test_a_test_is_shown_with_its_units_files_and_both_verdicts(bench: Svt, tmp_path: Path) -> None:
    (tmp_path / "curve.png").write_bytes(b"x")
    bench("limit", "module", "iv_curve", "current", "--max", "1e-6")
    given = ("--pass", "--temp", "-9", "--current", "2.3e-6", "--voltage", "60", "--notes", "Normal operation")
    done = bench("test", "M1", "--type", "iv_curve", *given, "--images", tmp_path / "curve.png")
    assert "stated to pass, but current is 2.3e-06, at most 1e-06" in done.err
    shown = bench("show", "M1").out
    for words in ("voltage 60 V,", "2.3e-06 A", "-9 °C", "Normal operation", "(measured:", "_iv_curve_0.png"):
        assert words in shown
    assert max(map(len, shown.splitlines()[:-1])) <= 80
    directory = Path(re.findall(r"Files in (.*)\n", shown)[0])
    assert [path.read_bytes() for path in directory.iterdir()] == [b"x"]


# --- wrong usage (2) and what is against the rules (1) ----------------------------------------------------------------

REFUSED = {
    "test M1 --type visual --pass --fail": (2, "--pass and --fail exclude each other"),
    "test M1 --type visual --current nan": (2, "'current' is nan; it must be a finite number"),
    "test M1 --type visual --set a": (2, "'a' is no name=value"),
    "test M1 --type visual --set a=1 --set a=2": (2, "--set 'a' is given twice"),
    "test M1 --type iv_curve --voltage 3 --set voltage=4": (2, "--voltage and --set voltage are the same quantity"),
    "test M1 --type visual --set a=[1,2": (2, "is no JSON"),
    "test M1 --type visual --set a=1e999": (2, "it must be a finite number"),
    f"test M1 --type visual --set a={'[' * 400}{']' * 400}": (2, "is nested more than 32 deep"),
    f"test M1 --type visual --set a={'[' * 99999}": (2, "is nested too deep"),
    "test M1 --type visual --images none.png": (2, "there is no file none.png"),
    "assemble M1 --part sensor=1e5": (1, "there is no component '1e5'"),
    "test M1X --type visual": (1, "there is no component 'M1X'; nearest: M1"),
    "show OM1": (1, "there is no component 'OM1'; nearest: M1"),
    "list --type modul": (2, "there is no component type 'modul'; known are cable"),
    "list --status spar": (2, "there is no status 'spar'"),
    "list --location La": (2, "there is no location 'La'; nearest: Lab"),
    "list --page 0": (2, "0 is not in the range"),
    "positions --type x": (2, "there is no component type 'x'"),
    "positions --at tomorrow": (2, "'tomorrow' is no date"),
    "at 2025-13-01": (2, "is no date"),
    "at 2025-01-01 --type x": (2, "there is no component type 'x'"),
    "add --id X": (2, "a new one needs --type"),
    "add --id X/Y --type module": (2, "holds a slash"),
    "add --id X --type x": (2, "there is no component type 'x'"),
    "add --id X --type module --status x": (2, "there is no status 'x'"),
    "update M1": (2, "nothing to change is given"),
    "update M1 --attribute x": (2, "'x' is no name=value"),
    "install M1 Layer1_top_axal": (1, "nearest: Layer1_top_axial"),
    "install M1 Layer9_top_axial": (1, "there is no position 'Layer9_top_axial' for a module"),
    "install F1 Layer1_top_axial": (1, "Layer1_top_axial takes a module; F1 is a feb"),
    "install M1 Layer1_top_axial --date 2100-01-01": (2, "has not come yet"),
    "remove M1": (1, "M1 is not installed; it is spare, at Lab"),
    "remove M1 --outcome gone": (2, "the outcome 'gone' is none of"),
    "assemble M1": (2, "name a part, such as --sensor ID"),
    "assemble M1 --sensor F1": (1, "takes a sensor; F1 is a feb"),
    "assemble M1 --part nose=S1": (2, "M1 has no slot 'nose'; it has hybrid, sensor"),
    "disassemble M1": (1, "M1 has no parts"),
    "connect M1 M1": (1, "cannot be connected with itself"),
    "connect M1 F1 --cable M2": (1, "M2 is a module, not a cable"),
    "disconnect M1": (1, "there is no connection of M1"),
    "limit module noise --max 1": (2, "there is no test type 'noise'"),
    "limit module iv_curve current --min 2 --max 1": (2, "the minimum 2 is above the maximum 1"),
    "log M1": (2, "give the ID of a component and a text"),
    "log M1 x --type bug": (2, "'bug' is not one of"),
    "log --resolve 9 x": (1, "there is no log entry 9"),
    "move M1 Lab>": (0, ""),
    "verify none": (1, "is no whole backup"),
    "verify none --set-aside": (2, "--set-aside is for a database"),
    "restore none": (1, "is no whole backup"),
    "treshold": (2, "No such command 'treshold'"),
}


@pytest.mark.parametrize("command", REFUSED)
def test_refused_in_a_sentence(command: str, bench: Svt) -> None:
    code, words = REFUSED[command]
    before = bench("list", "--json").out
    done = bench(*command.split())
    assert done.code == code, done
    if command == "verify none":
        assert words in done.out
    else:
        assert words in done.err
        assert done.out == "" or not code
    if code:
        assert done.err.count("Error: ") == 1
        assert not done.err.rstrip().endswith(".") or code == 2
        assert bench("list", "--json").out == before


def test_a_location_lies_in_another(bench: Svt) -> None:
    bench("move", "M2", "Lab  >  Shelf 2 > Box")
    bench("add", "--id", "S2", "--type", "sensor", "--location", "Lab > Shelf 3")
    found = json.loads(bench("locations", "--json").out)
    assert [(row["name"], row["parent"], row["components"]) for row in found] == [
        ("Lab", None, 1),
        ("Lab > Shelf 2", "Lab", 0),
        ("Lab > Shelf 2 > Box", "Lab > Shelf 2", 1),
        ("Lab > Shelf 3", "Lab", 1),
    ]
    inside = {"Lab": ["M1", "M2", "S2"], "Lab > Shelf 2": ["M2"], "Lab > Shelf 3": ["S2"]}
    for location, ids in inside.items():
        assert [row["id"] for row in json.loads(bench("list", "--location", location, "--json").out)] == ids
    for wrong in ("Lab > > Box", "> > Lab"):
        done = bench("move", "M1", wrong)
        assert (done.code, "names nothing before or after a >" in done.err) == (2, True), done


def test_long_lists_come_a_page_at_a_time(bench: Svt) -> None:
    for number in range(6):
        bench("log", "M1", f"note {number}")
        bench("connect", f"M1:{number}", f"F1:{number}")
    pages = {
        "list": (5, "components"),
        "history M1": (13, "events"),
        "at 2100-01-01": (5, "components"),
        "connections": (6, "connections"),
        "positions": (48, "positions"),
    }
    for command, (total, what) in pages.items():
        first = bench(*command.split(), "--limit", "2")
        assert len(first.out.splitlines()) == 3
        assert first.err == f"{what.capitalize()} 1 to 2 of {total}; --page 2 shows the next.\n"
        last = -(-total // 2)
        end = bench(*command.split(), "--limit", "2", "--page", last)
        assert end.err == f"{what.capitalize()} {2 * last - 1} to {total} of {total}.\n"
        beyond = bench(*command.split(), "--limit", "2", "--page", last + 1)
        assert (beyond.out, beyond.code) == ("", 0)
        assert f"the last of {total} {what} is on page {last}" in beyond.err
        whole = bench(*command.split(), "--json")
        assert (len(json.loads(whole.out)), whole.err) == (total, "")
        assert len(json.loads(bench(*command.split(), "--json", "--limit", "2").out)) == 2
