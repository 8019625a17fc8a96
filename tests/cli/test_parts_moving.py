"""`svt adopt`, `findings`, `import`, `export`, `search` and `label` as a person and a program meet them."""

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import BIN, Done
from reference_databases import a_laboratory, component, reference_database, stay

from scantrail.cli import main
from scantrail.tracker import Database, verify

Svt = Callable[..., Done]


@pytest.fixture
def svt(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Svt:
    """Run `svt` in this process, in an empty directory, and see what a person sees."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run(main._svt, list(map(str, arguments)))
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Done(int(ended.value.code or 0), out, err)

    return run


def old_database(path: Path) -> Path:
    """A laboratory, and in it two modules in one position and a file that is lost."""
    rows = dict(a_laboratory("newest", path.parent / "test_data"))
    double = component("M2", status="installed", installed_position="Layer1_top_axial")
    rows["components"] = [*rows["components"], double]
    rows["installation_history"] = [*rows["installation_history"], stay("M2", "Layer1_top_axial", "2024-01-01")]
    rows["test_files"] = [*rows["test_files"], {"test_id": 1, "file_path": "lost.png"}]
    return reference_database(path, rows)


def test_adopting_says_what_was_and_what_is_to_be_done(svt: Svt, tmp_path: Path) -> None:
    old = old_database(tmp_path / "old" / "svt.db")
    done = svt("adopt", old, "--timezone", "America/New_York")
    assert done.code == 3
    assert "installation_history            3     2        1" in done.out
    assert 'Event 1, 2 findings: "svt findings" lists them.' in done.out
    assert "2 rows are kept as findings alone" in done.err
    listed = svt("findings").out
    assert "1. svt.db: installation_history 3 (waits): M1 sits in Layer1_top_axial, and by this row M2, too" in listed
    assert "svt remove M1 && svt install M2 Layer1_top_axial" in listed
    again = svt("adopt", old, "--json")
    assert (again.code, again.document["event"], again.document["waiting"]) == (3, None, 2)
    assert svt("findings", "--settle", "1", "--answer", "M2 was never there").out.startswith("Settled finding 1")
    (old.parent / "test_data" / "lost.png").write_bytes(b"found")
    assert svt("adopt", old, "--timezone", "America/New_York").code == 0
    assert svt("findings").out == "There are no open findings.\n"
    every = svt("findings", "--all").out
    assert "settled" in every
    assert "adopted since" in every
    assert [row["settled"] is not None for row in svt("findings", "--all", "--json").document] == [True, True]


def test_adopting_in_place_by_the_name_of_the_default_database(svt: Svt, isolated_home: Path) -> None:
    path = old_database(isolated_home / ".hps_svt_tracker" / "svt_components.db")
    refused = svt("list")
    assert (refused.code, f'"svt adopt {path}"' in refused.err) == (1, True)
    done = svt("adopt", path)
    assert f"The old database is {path.with_name('svt_components-reference.db')} now." in done.out
    assert "times were read as those of this computer's zone" in done.err
    assert "M2" in svt("list").out
    assert svt("verify").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("adopt", "nowhere.db"), 2, "there is no file"),
        (("adopt", "old/svt.db", "--timezone", "Nowhere"), 2, "there is no time zone 'Nowhere'"),
        (("adopt", "old/svt.db", "--data", "nowhere"), 2, "there is no directory"),
        (("findings", "--settle", "1"), 2, "belong together"),
        (("findings", "--settle", "7", "--answer", "x"), 1, "there is no finding 7"),
        (("import", "nowhere.csv"), 2, "cannot be read"),
        (("import", "old"), 2, "holds no export"),
        (("import", "bad.csv"), 1, "nothing of bad.csv was imported: 2 of 3 rows cannot be"),
        (("export", "old"), 1, "never overwrites"),
        (("export", "a.csv"), 2, "one table"),
        (("search", " "), 2, "is empty"),
        (("label",), 2, "Missing argument"),
        (("label", "M9"), 1, "there is no component 'M9'"),
    ],
)
def test_what_is_refused_and_how(arguments: tuple[str, ...], code: int, said: str, svt: Svt, tmp_path: Path) -> None:
    old_database(tmp_path / "old" / "svt.db")
    (tmp_path / "bad.csv").write_text("id,type\nM1,module\nA/B,modul\nM2,?\n")
    done = svt(*arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


def test_a_table_is_rehearsed_imported_and_left_alone(svt: Svt, tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_text("id,type,notes\nM1,module,\nM2,module,\x1b[31mred\n")
    rehearsed = svt("import", "parts.csv", "--dry-run")
    assert (
        rehearsed.out
        == "Components: 2 would be added\n  line 2: M1, added\n  line 3: M2, added\nNothing was written.\n"
    )
    assert svt("list").out.startswith("There are no components yet")
    assert svt("import", "parts.csv", "--imported-by", "Jane").out == "Components: 2 added\n"
    assert svt("import", "parts.csv").out == "Components: 2 unchanged\n"
    assert svt("history", "M1", "--json").document[0]["person"] == "Jane"
    (tmp_path / "parts.csv").write_text("id,type,status\nM1,,testing\nM3,modul,\nM4,module,installed\n")
    refused = svt("import", "parts.csv", "--json")
    assert (refused.code, [row["line"] for row in refused.document["problems"]]) == (1, [3, 4])
    said = svt("import", "parts.csv").err
    assert "line 3, type: there is no component type 'modul'; nearest: module" in said
    assert svt("show", "M1", "--json").document["status"] == "incoming"


def test_out_and_in_again(svt: Svt, tmp_path: Path) -> None:
    svt("--profile", "osechi", "add", "--id", "D1", "--type", "detector")
    assert svt("export", "all").out == f"Export: {tmp_path / 'all'} (1 component; 0 attached files)\n"
    assert svt("export", "all.json", "--json").document["rows"]["components"] == 1
    for source in ("all", "all.json"):
        new = ("--db-path", tmp_path / f"new-{source}" / "parts.db")
        assert "Nothing was written" in svt(*new, "import", source, "--dry-run").out
        assert svt(*new, "import", source).out.startswith("Imported the export ")
        assert svt(*new, "import", source).out.startswith("This export was imported by event 1")
        assert svt(*new, "show", "D1", "--json").document["type"] == "detector"
    svt("--db-path", "other.db", "init")
    assert "keeps the profile hps-svt, not osechi" in svt("--db-path", "other.db", "import", "all").err


def test_search_and_labels(svt: Svt, tmp_path: Path) -> None:
    for number in range(3):
        svt("add", "--id", f"M{number}", "--type", "module", "--notes", "glued \x1b[2J twice")
    found = svt("search", "GLUED", "--limit", "2")
    assert found.out.count("glued ␛[2J twice") == 2
    assert "Components 1 to 2 of 3; --page 2 shows the next." in found.err
    assert [row["id"] for row in svt("search", "m1", "--json").document] == ["M1"]
    assert svt("search", "nothing").out == "Nothing holds 'nothing'.\n"
    assert svt("label", "m1", "M2", "--output", "labels").out == "Label: labels/M1.png\nLabel: labels/M2.png\n"
    assert svt("label", "M1", "--json").document == {"labels": ["M1.png"]}
    assert "overwrites" in svt("label", "M1").err


WAITING = """
import sys
from scantrail.cli import main
import scantrail.tracker.adopting.run as run
def wait(adoption):
    print("ready", flush=True)
    sys.stdin.read()
run.tell_changes = wait
main.svt()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_adoption_that_is_stopped_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    old = old_database(tmp_path / "home" / "svt.db")
    before = {path.name: path.read_bytes() for path in old.parent.iterdir() if path.is_file()}
    command = [sys.executable, "-c", WAITING, "--db-path", str(old), "adopt", str(old)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(number)
        running.communicate(timeout=30)
    assert running.returncode == (130 if number == signal.SIGINT else -number)
    after = {path.name: path.read_bytes() for path in old.parent.iterdir() if path.is_file()}
    assert {name: after[name] for name in before} == before
    left = set(after) - set(before)
    assert number == signal.SIGKILL or not left
    with Database(old) as database:
        subprocess.run([BIN / "svt", "--db-path", old, "adopt", old], check=False, capture_output=True, timeout=30)
        assert verify(database) == []
    assert not [path for path in old.parent.iterdir() if ".part" in path.name]


PLACEHOLDERS = {"DATE", "NUMBER", "POSITION", "TEXT", "NAME=VALUE"}


def test_the_command_of_a_finding_settles_it(svt: Svt, tmp_path: Path) -> None:
    installed = {"status": "installed", "installed_position": "Layer1_top_axial"}
    plug = {"component_a_id": "M5", "component_b_id": "F1", "cable_id": "C1", "installation_date": "2024-01-01"}
    rows = {
        "components": [
            component("M1", **installed, assembled_sensor_id="S1"),
            component("M2", **installed),
            component("M3", "module", "broken", assembled_sensor_id="S1", assembled_hybrid_id="H9"),
            component("M4", serial_number="7"),
            component("M5", serial_number="7"),
            component("M6", "module", "installed", installed_position="Layer2_top_axial", updated_at="2024-01-01"),
            component("R1", "module", "retired"),
            component("M7", **installed, assembled_sensor_id="S1"),
            component("M8", "module", "installed", installed_position="Layer3_top_axial", assembled_sensor_id="S8"),
            component("S1", "sensor"),
            component("S2", "sensor", "installed", installed_position="Layer3_top_axial"),
            component("F1", "feb"),
            component("C1", "cable"),
        ],
        "installation_history": [
            stay("M1", "Layer1_top_axial", "2024-03-01"),
            stay("M2", "Layer1_top_axial", "2024-02-01"),
            stay("M4", "Layer0_top_axial", "2024-02-01"),
            stay("R1", "Layer3_top_axial", "2024-02-01"),
            stay("M7", "Layer1_top_axial", "2024-01-01"),
            stay("M8", "Layer3_top_axial", "2024-01-01"),
            stay("S1", "Box 1", "2024-02-01", None, notes="a part"),
        ],
        "connections": [
            plug,
            {**plug, "component_a_id": "M4"},
            {**plug, "component_a_id": "M4", "cable_id": "C9"},
            {**plug, "component_a_id": "M5", "cable_id": "C8"},
            {**plug, "component_a_id": "M5", "cable_id": "C7"},
            {**plug, "component_a_id": "M5", "cable_id": None, "installation_date": None},
            {**plug, "component_a_id": "M6", "cable_id": "-c", "installation_date": None},
        ],
        "maintenance_log": [{"component_id": "M5", "log_date": "?", "description": "it's --loose"}],
    }
    reference_database(tmp_path / "old" / "svt.db", rows)
    assert svt("--db-path", "parts/p.db", "adopt", "old/svt.db").code == 3
    found = svt("--db-path", "parts/p.db", "findings", "--json").document
    tried = set()
    for row in found:
        if PLACEHOLDERS & set(row["command"].split()):
            continue
        shutil.copytree(tmp_path / "parts", tmp_path / f"copy-{row['id']}")
        for command in row["command"].split(" && "):
            words = shlex.split(command)
            assert words[:3] == ["svt", "--db-path", "parts/p.db"]
            done = svt("--db-path", f"copy-{row['id']}/p.db", *words[3:])
            assert done.code == 0, (row["said"], command, done.err)
        still = svt("--db-path", f"copy-{row['id']}/p.db", "findings", "--json").document
        assert row["id"] not in {each["id"] for each in still}, row["command"]
        tried.add(row["rule"])
    assert len(tried) >= 7, tried
