"""`svt plot` and `svt new-profile` as a user types them."""

import json
import re
from pathlib import Path

import pytest

from scantrail.cli.main import _svt, run
from scantrail.tracker import Component, Database, TestResult, load_profile

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
SWEEP = "voltage_V,current_A,temperature_C\n" + "".join(f"{-v},{-1e-8 * v},-9\n" for v in range(0, 210, 10))


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("iv.csv").write_text(SWEEP)
    Path("bad.csv").write_text(SWEEP.replace("-50,-5e-07", "-50,over"))
    with Database("parts.db") as db:
        for name in ("S1", "S2", "S3"):
            Component(name, "sensor").save(db)
        TestResult("S1", "iv_curve", True, {"voltage": 60, "current": 6e-7}, data_files=["iv.csv"]).save(db)
        TestResult("S2", "iv_curve", True, {"current": 7e-7}, data_files=["bad.csv"]).save(db)


@pytest.fixture
def svt(capsys, monkeypatch):
    """`svt(arguments, size=(80, 24))`: exit code, output without colours, errors."""

    def command(*arguments: object, size: tuple[int, int] = (80, 24)) -> tuple[int, str, str]:
        monkeypatch.setenv("COLUMNS", str(size[0]))
        monkeypatch.setenv("LINES", str(size[1]))
        with pytest.raises(SystemExit) as ended:
            run(_svt, ["--db-path", "parts.db", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return ended.value.code, ESCAPE.sub("", out), err

    return command


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (60, 40), (200, 60)])
@pytest.mark.parametrize("what", [("S1", "iv_curve"), ("S1", "trend"), ("--type", "sensor", "current")])
def test_in_the_terminal_nothing_is_wider_than_it(svt, what, size):
    code, out, err = svt("plot", *what, size=size)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= size[0]
    assert len(out.splitlines()) > 15


def test_a_sweep_with_its_numbers(svt):
    _, out, _ = svt("plot", "s1", "iv_curve")
    text = " ".join(out.split())
    assert out.startswith("S1: iv_curve\nas measured ")
    assert "Bias and current were negative: their sizes are shown" in text
    assert "60 V, as noted with the test" in text
    assert "600 nA 10.2 µA – > 200 V" in text


@pytest.mark.parametrize(("name", "begins"), [("x.png", b"\x89PNG"), ("x.svg", b"<?xml"), ("x.PDF", b"%PDF")])
def test_a_figure_in_a_file_leaves_the_numbers_in_the_terminal(svt, tmp_path, name, begins):
    code, out, err = svt("plot", "S1", "iv_curve", "--output", name)
    assert (code, err) == (0, f"{name}\n")
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert "600 nA" in out
    assert "●" not in out


def test_what_could_not_be_read_is_told_and_ends_with_three(svt):
    code, out, err = svt("plot", "S2", "iv_curve")
    assert (code, err) == (3, "! bad.csv line 7, column current_A: 'over' is no number\n")
    assert "●" in out
    code, out, err = svt("plot", "S2", "iv_curve", "--json")
    assert code == 3
    assert json.loads(out)["problems"] == ["bad.csv line 7, column current_A: 'over' is no number"]


def test_json_has_the_numbers_and_the_figure(svt, tmp_path):
    code, out, _ = svt("plot", "S1", "iv_curve", "--json", "--output", "x.png")
    found = json.loads(out)
    assert code == 0
    assert (tmp_path / "x.png").exists()
    (sweep,) = found["sweeps"]
    assert (sweep["points"], sweep["temperature"], sweep["free_to"]) == (21, -9.0, 200.0)
    points = [each for each in found["figure"]["panels"][0]["elements"] if each["kind"] == "points"]
    assert len(points[0]["x"]) == 21


def test_a_distribution_and_a_trend(svt):
    code, out, _ = svt("plot", "--type", "sensor", "current", "--json")
    found = json.loads(out)
    assert (code, found["count"], found["without"], found["median"]) == (0, 2, 1, pytest.approx(6.5e-7))
    code, out, _ = svt("plot", "S1", "trend", "current", "--test", "iv_curve")
    assert code == 0
    assert "pass     600 nA" in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "give a component and what to plot of it"),
        (("S1",), 2, "give a component and what to plot of it"),
        (("S1", "a", "b", "c"), 2, "give a component and what to plot of it"),
        (("--type", "sensor"), 2, "--type TYPE takes one QUANTITY and no component"),
        (("--type", "sensor", "S1", "current"), 2, "--type TYPE takes one QUANTITY and no component"),
        (("S1", "noise_test"), 1, "S1 has no test of the type 'noise_test'; it has iv_curve"),
        (("S3", "trend"), 1, "S3 has no tests yet"),
        (("S9", "trend"), 1, "there is no component 'S9'"),
        (("S1", "iv_curve", "--output", "x.jpg"), 2, "'x.jpg' ends in none of these"),
        (("S1", "iv_curve", "--output", "none/x.png"), 1, "cannot write none/x.png: No such file or directory"),
    ],
)
def test_what_cannot_be_plotted_is_one_sentence(svt, arguments, code, words):
    ended, out, err = svt("plot", *arguments)
    assert (ended, out) == (code, "")
    assert words in err


def test_hostile_names_reach_no_terminal_as_they_are(svt, tmp_path):
    (tmp_path / "\x1b[31mred.csv").write_text(SWEEP.replace("-50,-5e-07", "-50,\x1b[2J"))
    with Database("parts.db") as db:
        Component("[bold]\x07S"[:6], "sensor").save(db)
        TestResult("[bold]", "iv_curve", data_files=["\x1b[31mred.csv"]).save(db)
    code, out, err = svt("plot", "[bold]", "iv_curve")
    assert code == 3
    assert "\x1b" not in out + err
    assert "␛[31mred.csv line 7, column current_A: '\\x1b[2J' is no number" in err


# --- svt new-profile --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["telescope.toml", "two words.toml", "d\"q's.toml", "日本.toml"])
def test_a_new_profile_loads_as_it_is(svt, name):
    code, out, err = svt("new-profile", name)
    assert (code, err) == (0, "")
    profile = load_profile(f"./{name}")
    assert profile.name == name.removesuffix(".toml")
    assert profile.types["plane"].operating_voltage == 90.0
    assert next(iter(profile.positions())) == ("Telescope_0", "plane")
    assert "--profile" in out


def test_the_profile_explains_every_key_that_there_is(svt):
    from dataclasses import fields

    from scantrail.tracker.profile import Kind, Profile, TestKind
    from scantrail.tracker.run_tests import RunTest

    svt("new-profile", "own.toml")
    text = Path("own.toml").read_text()
    keys = {field.name for each in (Kind, TestKind, RunTest) for field in fields(each)} | {"name", "policy"}
    assert {field.name for field in fields(Profile)} == {"name", "policy", "types", "tests", "runs"}
    for key in keys:
        assert re.search(rf"^{key} = ", text, re.MULTILINE), key


def test_a_database_of_the_new_profile_takes_what_its_comments_say(svt, capsys):
    svt("new-profile", "own.toml")
    for line in (
        "init",
        "add --id PLANE-1 --type plane --attribute thickness=150",
        "add --id S-1 --type sensor",
        "add --id C-1 --type chip",
        "assemble PLANE-1 --part sensor=S-1 --part chip=C-1",
        "test PLANE-1 --type iv_curve --pass --set temperature=20.1",
        "test PLANE-1 --type threshold_scan --pass --set bad_pixels=[17,4093]",
        "limit plane iv_curve current --max 2e-6 --source specification",
        "update PLANE-1 --status qualified",
        "install PLANE-1 Telescope_3",
    ):
        with pytest.raises(SystemExit) as ended:
            run(_svt, ["--db-path", "own.db", "--profile", "own.toml", *line.split()])
        assert (line, ended.value.code, capsys.readouterr().err) == (line, 0, "")


def test_a_file_that_exists_is_never_touched(svt):
    Path("mine.toml").write_text("mine")
    code, out, err = svt("new-profile", "mine.toml")
    assert (code, out) == (2, "")
    assert err == "Error: mine.toml exists and is left as it is; name another file\n"
    assert Path("mine.toml").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("mine", 2, "a profile is a TOML file; name it such as mine.toml"),
        ("none/mine.toml", 1, "none/mine.toml cannot be written: No such file or directory"),
        ("x" * 300 + ".toml", 1, "File name too long"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(svt, name, code, words):
    ended, out, err = svt("new-profile", name)
    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert words in err


def test_a_full_disk_leaves_no_half_profile(svt, tmp_path, without_coverage):
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        code, _, err = svt("new-profile", "own.toml")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (code, err) == (1, "Error: own.toml cannot be written: File too large\n")
    assert not Path("own.toml").exists()
