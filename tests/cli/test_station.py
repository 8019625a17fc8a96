import json
from pathlib import Path

import pytest

from scantrail.cli.main import _root, run
from scantrail.station import EXAMPLE, Station, load_station


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def station(capsys):
    def command(*arguments):
        with pytest.raises(SystemExit) as ended:
            run(_root, ["station", *arguments])
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return command


OLD = """
[sampler]
mode = "count_based"
[sensors.ch1]
center = 5
[sensors.ch2]
start_threshold = 160
num_steps = 8
step_size = 5
[database]
url = "postgresql://me:secret@host/db"
"""


def test_check_shows_what_was_understood_and_the_notices(station):
    Path("bench.toml").write_text(OLD)
    code, out, err = station("check", "bench.toml")
    assert (code, err) == (0, "")
    assert out.startswith("bench.toml\n")
    for text in (
        'port = "auto"',
        "[sensors.ch1]  21 points, 1 to 15 DAC, 6 of them clamped",
        "[sensors.ch2]  9 points, 160 to 200 DAC",
        "start_threshold = 160",
        'url = "postgresql://me:***@host/db"',
        "Notice: [sampler] mode has no effect",
        "Notice: [sensors.ch2] start_threshold and num_steps are deprecated",
    ):
        assert text in out
    assert "secret" not in out


def test_check_prints_json(station):
    Path("bench.toml").write_text(OLD)
    code, out, _ = station("check", "bench.toml", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["file"] == "bench.toml"
    assert report["station"] == load_station("bench.toml").document()
    assert report["scans"]["ch1"] == {"points": 21, "first": 1, "last": 15, "clamped": 6}
    assert len(report["notices"]) == 2


def test_check_without_a_file_shows_the_station_in_force(station):
    assert station("check")[1].startswith("built-in defaults: there is no station file\n")
    assert json.loads(station("check", "--json")[1])["file"] is None
    Path("station.toml").touch()
    assert station("check")[1].startswith("station.toml\n")


def test_brackets_and_quotes_in_a_text_are_shown_as_they_are(station):
    Path("bench.toml").write_text("[device]\nlabel = '[bold]a \"b\"[/bold] é'\n")
    assert 'label = "[bold]a \\"b\\"[/bold] é"' in station("check", "bench.toml")[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[device]\nprot = 'a'\n", "2: [device] prot is no key of this section; the nearest is port"),
        ("[device\n", "1: this is not TOML: expected ']' at the end of a table declaration"),
    ],
)
def test_check_refuses_in_one_sentence(station, text, message):
    Path("bench.toml").write_text(text)
    assert station("check", "bench.toml") == (2, "", f"Error: bench.toml, line {message}\n")


def test_check_refuses_a_missing_file(station):
    code, out, err = station("check", "none.toml")
    assert (code, out) == (2, "")
    assert err.startswith("Error: Station file none.toml does not exist")


def test_init_writes_an_example_of_the_defaults(station):
    code, out, _ = station("init")
    assert code == 0
    assert out.startswith("Wrote station.toml.")
    assert Path("station.toml").read_text() == EXAMPLE
    assert load_station() == Station()
    assert station("check")[0] == 0


def test_init_never_touches_a_file_that_exists(station):
    Path("bench.toml").write_text("mine")
    assert station("init", "bench.toml") == (
        2,
        "",
        "Error: bench.toml exists and is left as it is; name another file\n",
    )
    assert Path("bench.toml").read_text() == "mine"


def test_init_says_where_it_cannot_write(station):
    code, _, err = station("init", "nowhere/bench.toml")
    assert (code, err) == (1, "Error: nowhere/bench.toml cannot be written: No such file or directory\n")
