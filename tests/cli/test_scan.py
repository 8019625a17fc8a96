"""`scantrail scan` in this process, on a simulated beamline in memory."""

import json

import pytest

from scantrail.cli.main import _root
from scantrail.daq import ScanData
from scantrail.runs import directories, read, read_results
from scantrail.station import data_root

X, Y, I0, IT = "BL02:SAMPLE:X", "BL02:SAMPLE:Y", "BL02:DET:I0", "BL02:DET:IT"
QUICK = ("--det", I0, "--dwell", "0.001", "--sim")
TWO = ("--det", I0, "--det", IT)
STATION = f"""
[motors.x]
pv = "{X}"
units = "um"
limits = [-100, 100]
speed = 1000
[motors.y]
pv = "{Y}"
[detectors.i0]
pv = "{I0}"
units = "counts/s"
"""


@pytest.fixture
def scan(capsys):
    """`scan(*words)`: run the command; its exit code, its output and what it said on stderr."""
    from scantrail.cli.main import run

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            run(_root, ["scan", *map(str, words)])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return command


def newest():
    return read(directories(data_root())[0])


def positions(motor=X):
    return newest().stream("primary").columns[f"{motor}_setpoint"]


# --- each kind of scan ------------------------------------------------------------------------------------------------


def test_linear_downward_with_a_csv(scan, tmp_path):
    code, out, err = scan("linear", X, -10, -30, 3, *QUICK, "--det", IT, "--output", tmp_path / "a.csv")
    assert code == 0, err
    assert positions() == [-10, -20, -30]
    assert ScanData.read_csv(tmp_path / "a.csv").motor_positions[X].tolist() == [-10, -20, -30]
    assert (tmp_path / "a.csv").read_text().splitlines()[0] == f"timestamp,{X},{I0},{IT}"
    assert "run 1: linear, success, 3 of 3 points" in out
    assert str(tmp_path / "a.csv") in out
    assert "linear scan: 3 points of 0.001 s" in err
    assert f"  {X}: 3 positions, -10 to -30" in err


def test_options_may_stand_between_and_numbers_be_written_in_any_way(scan):
    code, _, err = scan("linear", *QUICK, X, "-1e1", "--relative", "+.5", "2")
    assert code == 0, err
    assert newest().start["scantrail"]["plan"]["relative"] is True
    assert positions() == [-10, 0.5]


def test_mesh_with_snake(scan):
    code, _, err = scan("mesh", Y, -1, 1, 2, X, 0, 2, 3, "--snake", *QUICK)
    assert code == 0, err
    assert positions() == [0, 1, 2, 2, 1, 0]
    assert positions(Y) == [-1, -1, -1, 1, 1, 1]


def test_grid_of_three(scan):
    code, _, err = scan("grid", "BL02:SAMPLE:Z", 0, 1, 2, Y, 0, 1, 2, X, 0, 1, 2, *QUICK)
    assert code == 0, err
    assert newest().start["shape"] == [2, 2, 2]
    assert positions() == [0, 1] * 4


def test_list_here_and_in_a_file(scan, tmp_path):
    assert scan("list", X, -5, 3, 3, *QUICK)[0] == 0
    assert positions() == [-5, 3, 3]
    (tmp_path / "places.txt").write_text("1, 2 # near\n\n-7.5\n")
    assert scan("list", X, f"@{tmp_path / 'places.txt'}", *QUICK)[0] == 0
    assert positions() == [1, 2, -7.5]


def test_time(scan):
    code, _, err = scan("time", 3, "--every", 0.05, *QUICK)
    assert code == 0, err
    elapsed = newest().stream("primary").columns["elapsed"]
    assert elapsed == pytest.approx([0, 0.05, 0.1], abs=0.04)


def test_xafs(scan):
    code, _, err = scan("xafs", "--edge", 7112, "--regions", "-150:-20:65 -20:30:25", *QUICK)
    assert code == 0, err
    assert positions("BL02:MONO:ENERGY") == [6962, 7027, 7092, 7117, 7142]


def test_xafs_says_where_the_edge_is(scan):
    regions = "-60:-20:10 -15:15:0.5 20:300:20"
    code, out, err = scan("xafs", "--edge", "Fe K", "--regions", regions, *TWO, "--dwell", 0.03, "--sim", "--plot")
    assert code == 0, err
    assert "run 1: xafs, success, 81 of 81 points" in out
    assert "the tabulated Fe K edge (7112 eV)" in out
    assert "the edge step is 1." in out
    assert "|chi(R)| is not available: points are more than 0.25 1/Å apart" in out
    assert "mu = ln(I0 / IT)" in out
    (e0, *_) = read_results(directories(data_root())[0], "spectrum")
    assert (e0.name, e0.unit) == ("E0", "eV")
    assert e0.value == pytest.approx(7110.8, abs=3.0)  # so short a dwell leaves that much open


def test_xafs_in_k_twice_from_the_top(scan):
    words = ("--edge", "Fe K", "--regions", "-20:30:25 30:4k:0.6k", "--k-weight", 1, "--repeats", 2, "--descending")
    code, _, err = scan("xafs", *words, *QUICK)
    assert code == 0, err
    assert newest().start["xafs"] == {"element": "Fe", "edge": "K", "e0": 7112.0}
    offsets = [position - 7112.0 for position in positions("BL02:MONO:ENERGY")]
    assert offsets == pytest.approx([60.96, 44.12, 30, 5, -20] * 2, abs=0.01)
    assert "xafs scan: 10 points (2 passes) of 0.001 to 0.00143 s" in err


def test_names_of_the_station_file(scan, tmp_path):
    (tmp_path / "station.toml").write_text(STATION)
    words = ("linear", "x", 0, 1, 2, "--det", "i0", "--dwell", 0.001, "--config", tmp_path / "station.toml")
    code, out, err = scan(*words, "--sim", "--baseline", "BL02:RING:CURRENT", "--on-error", "abort", "--json")
    assert code == 0, err
    assert json.loads(out)["points"] == 2
    record = newest()
    assert list(record.stream("primary").columns) == ["point", "x", "x_setpoint", "i0"]
    assert len(record.stream("baseline")) == 2
    assert record.start["scantrail"]["rig"]["on_error"] == "abort"
    code, _, err = scan("linear", "x", 0, 202, 3, *words[5:], "--sim")
    assert code == 2
    assert "point 2 of 3 would send x to 101 um; its limits are -100 to 100 um" in err


def test_plot_draws_readings(scan):
    code, out, _ = scan("linear", X, 0, 4, 5, *QUICK, "--plot")
    assert code == 0
    assert "run 1: linear\n" in out
    assert X in out.rpartition("run 1: linear\n")[2]
    assert out.count(f"{I0} shows no peak") == 2


# --- files and previews -----------------------------------------------------------------------------------------------


def scan_file(tmp_path, text):
    path = tmp_path / "scan.toml"
    path.write_text(text)
    return path


LINEAR = f'[scan]\ntype = "linear"\nmotor = "{X}"\nstart = 3\nstop = 1\nsteps = 3\ndetectors = ["{I0}"]\n'


def test_a_scan_in_a_file(scan, tmp_path):
    path = scan_file(tmp_path, LINEAR + "dwell_time = 0.001\n")
    code, _, err = scan("run", path, "--sim")
    assert code == 0, err
    assert positions() == [3, 2, 1]


def test_previews_move_nothing(scan, tmp_path):
    path = scan_file(tmp_path, LINEAR)
    code, out, _ = scan("preview", path)
    assert code == 0
    assert out.splitlines() == [
        f"linear scan: 3 points of 0.1 s, about 0.3 s and the moves of {X}",
        f"  {X}: 3 positions, 3 to 1",
        f"  first point: {X} 3",
        f"  last point: {X} 1",
    ]
    code, out, _ = scan("run", path, "--url", "tcp://nowhere.invalid", "--preview", "--json")
    told = json.loads(out)
    assert (code, told["first"], told["last"], told["shape"]) == (0, {X: 3}, {X: 1}, [3])
    assert told["untimed"] == [X]
    code, out, _ = scan("mesh", Y, 0, 1, 2, X, 0, 1, 50, "--det", I0, "--preview", "--snake")
    assert out.startswith(f"mesh scan: 100 points (2 x 50) of 0.1 s, about 10 s and the moves of {Y} and {X}\n")
    assert f"last point: {Y} 1, {X} 0" in out
    code, out, _ = scan("xafs", "--edge", 7112, "--regions", "-150:-20:5 0:10:3", "--det", I0, "--preview")
    assert "there is a gap from -20 to 0 eV between the regions 1 and 2" in out
    (tmp_path / "station.toml").write_text(STATION)
    words = ("linear", "x", 0, 202, 3, "--det", "i0", "--preview", "--config", tmp_path / "station.toml")
    code, _, err = scan(*words)
    assert (code, err) == (2, "Error: point 2 of 3 would send x to 101 um; its limits are -100 to 100 um\n")
    assert scan(*words, "--relative")[0] == 0  # from where, only the motor knows
    assert directories(data_root()) == []


XAFS = """
[scan]
type = "xafs"
edge = "Fe K"
detectors = ["BL02:DET:I0"]
regions = [[-150, -20, 5], "-20:30:0.5"]
"""
CRYSTAL = """
[crystal]
name = "Si 111"
d_spacing = 3.13560
angle_limits = [15, 75]
"""


def test_the_preview_of_an_energy_scan_tells_regions_and_angles(scan, tmp_path):
    in_k = '{ start = 2.8060742328, stop = 12, step = 0.05, unit = "k" }]'
    path = scan_file(tmp_path, XAFS.replace('0.5"]', f'0.5", {in_k}'))
    (tmp_path / "station.toml").write_text(CRYSTAL)
    code, out, err = scan("preview", path, "--config", tmp_path / "station.toml")
    assert code == 0, err
    assert out.splitlines() == [
        "xafs scan: 311 points of 0.1 s, about 31 s and the moves of BL02:MONO:ENERGY",
        "  edge: Fe K, 7112 eV",
        "  region 1: -150 to -20 eV, 27 points in steps of 5 eV, 2.7 s",
        "  region 2: -20 to 30 eV, 100 points in steps of 0.5 eV, 10 s",
        "  region 3: 2.80607 to 12 1/Å, 184 points in steps of 0.049967 1/Å, 18.4 s",
        "  Bragg angles with Si 111: 16.4977 to 14.9560 deg",
        "  BL02:MONO:ENERGY: 311 positions, 6962 to 7660.64",
        "  first point: BL02:MONO:ENERGY 6962",
        "  last point: BL02:MONO:ENERGY 7660.64",
        "region 3 has a step of 0.049967 1/Å instead of 0.05, so that both its ends are measured",
        "7660.64 eV needs a Bragg angle of 14.956 deg with Si 111, whose range is 15 to 75 deg",
    ]
    told = json.loads(scan("preview", path, "--json")[1])
    assert [region["points"] for region in told["regions"]] == [27, 100, 184]
    assert told["angles"] is None
    beyond = CRYSTAL.replace("3.13560", "0.5").replace("angle_limits = [15, 75]", "")
    (tmp_path / "station.toml").write_text(beyond)
    assert "6962 eV cannot be reached at all" in scan("preview", path, "--config", tmp_path / "station.toml")[1]


@pytest.mark.parametrize(
    ("regions", "said"),
    [
        ('["0:1"]', '"0:1": a region is START:STOP:STEP'),
        ("[[0, 1]]", "regions has too few values"),
        ("[{ start = 0, stop = 1 }]", "region 1 needs either a step or npts"),
        ("[{ start = 0, stop = 1, step = 1, stop = 2 }]", "is no TOML"),
        ('[{ start = 0, stop = 1, step = 1, unit = "ev" }]', "regions = \"ev\" must be 'eV' or 'k'"),
        ("[{ start = 0, stop = 1, steps = 1 }]", "steps is no field of a region; did you mean step?"),
    ],
)
def test_regions_in_files_are_refused_in_one_sentence(scan, tmp_path, regions, said):
    path = scan_file(tmp_path, XAFS.replace('[[-150, -20, 5], "-20:30:0.5"]', regions))
    code, _, err = scan("preview", path)
    assert (code, len(err.splitlines())) == (2, 1)
    assert said in err


def test_what_a_user_should_know_is_said_once(scan):
    code, _, err = scan("xafs", "--edge", 7112, "--regions", "-20:-10:5 0:10:10", *QUICK)
    assert code == 0
    assert err.count("there is a gap from -10 to 0 eV") == 1


def test_a_formula_that_is_none_is_refused_before_anything_moves(scan, tmp_path):
    (tmp_path / "station.toml").write_text('[columns]\nmu = "ln(i0 / "\n')
    station = ("--config", tmp_path / "station.toml")
    for more in ((), ("--preview",)):
        code, out, err = scan("linear", X, 0, 1, 2, *QUICK, *station, *more)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert '[columns] mu = "ln(i0 / " is no formula' in err
    assert directories(data_root()) == []


def test_a_column_that_a_scan_will_not_have_is_told_with_the_plan_and_once(scan, tmp_path):
    (tmp_path / "station.toml").write_text('[columns]\nodd = "i0 / i1"\n')
    station = ("--config", tmp_path / "station.toml")
    told = 'there is no column odd: "i0 / i1" names i1; this scan has I0, X'
    code, _out, err = scan("linear", X, 0, 1, 2, *QUICK, *station)
    assert code == 0
    assert err.count(told) == 1
    assert scan("linear", X, 0, 1, 2, *QUICK, *station, "--preview")[1].count(told) == 1


# --- refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("linear", X, 0, 1, "--det", I0), "each motor needs MOTOR START STOP STEPS; got BL02:SAMPLE:X 0 1"),
        (("linear", X, 0, 1, 2.5, "--det", I0), 'the number of steps must be a whole number, not "2.5"'),
        (("linear", X, 0, "one", 2, "--det", I0), 'BL02:SAMPLE:X: "one" is no number'),
        (("linear", X, 0, "nan", 2, "--det", I0), "stop = nan must be a finite number"),
        (("linear", X, 0, 1, 0, "--det", I0), "steps = 0 must be greater than 0"),
        (("linear", X, 1, 1, 3, "--det", I0), "stop must differ from start"),
        (("linear", X, 0, 1, 2, Y, 0, 1, 2, "--det", I0), "scan mesh and scan grid take more"),
        (("linear", X, 0, 1, 2, "--det", I0, "--det", I0), "detector BL02:DET:I0 is given twice"),
        (("linear", X, 0, 1, 2), "Missing option '--det'"),
        (("linear", X, 0, 1, 2, "--det", I0, "--dwel", 3), "No such option '--dwel'"),
        (("linear", X, 0, 1, 2, "--det", I0, "--dwell", 0), "dwell_time = 0.0 must be greater than 0"),
        (("linear", X, 0, 1, 2, "--det", I0, "--sim", "--url", "tcp://a"), "--sim and --url are two beamlines"),
        (("linear", X, 0, 1, 2, "--det", I0, "--url", "http://a"), 'an address like "tcp://host:5064"'),
        (("mesh", X, 0, 1, 2, X, 0, 1, 2, "--det", I0), "motor BL02:SAMPLE:X is given twice"),
        (("mesh", X, 0, 1, 2, "--det", I0), "a mesh has two motors"),
        (("list", X, 1, "two", "--det", I0), 'position 2: "two" is no number'),
        (("list", X, "@/dev/null", "--det", I0), "positions = [] must have at least one value"),
        (("time", 0, "--det", I0), "count = 0 must be greater than 0"),
        (("time", 3, "--every", 0.01, "--det", I0), "must not be shorter than dwell_time"),
        (("xafs", "--edge", "Fe L9", "--regions", "0:1:1", "--det", I0), "Fe has K, L1, L2, L3"),
        (("xafs", "--edge", 7112, "--regions", "-30:12k:0.05k", "--det", I0), "below the edge there is no k"),
        (("xafs", "--edge", 7112, "--regions", "0:9:1", "--k-weight", 1, "--det", I0), "--k-weight 1 is for regions"),
        (
            ("xafs", "--edge", 7112, "--regions", "0k:9k:1k", "--k-weight", 1, "--det", I0),
            "needs a start above the edge",
        ),
        (("xafs", "--edge", 7112, "--regions", "0:9:1", "--repeats", 0, "--det", I0), "repeats = 0 must be greater"),
        (("xafs", "--edge", 7112, "--regions", "0:1", "--det", I0), "a region is START:STOP:STEP in eV from the edge"),
        (("xafs", "--edge", 7112, "--regions", "nan:1:1", "--det", I0), "must be a finite number"),
        (("xafs", "--edge", 7112, "--regions", "0:9:1 5:20:1", "--det", I0), "before region 1 stops"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(scan, words, said):
    code, out, err = scan(*words)
    assert (code, out) == (2, "")
    sentences = [line for line in err.splitlines() if line.startswith("Error: ")]
    assert len(sentences) == 1
    assert said in sentences[0]
    assert directories(data_root()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LINEAR.replace("steps", "step"), "[scan]: step is no field of this scan; did you mean steps?"),
        (LINEAR.replace('"linear"', '"spiral"'), "there is no scan of the type 'spiral'; there are linear, mesh"),
        (LINEAR.replace("steps = 3\n", ""), "[scan]: steps is missing"),
        ("[scan]\nsteps = 3\n", "[scan]: type is missing; there are linear, mesh"),
        ("[scan\n", "is no TOML"),
        ('motor = "x"\n', "needs a section [scan]"),
        (LINEAR + "[scam]\n", "scam does not belong into a scan file"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(scan, tmp_path, text, said):
    code, _, err = scan("preview", scan_file(tmp_path, text))
    assert code == 2
    assert said in err
    assert str(tmp_path / "scan.toml") in err
    assert len(err.splitlines()) == 1


def test_what_is_refused_by_the_beamline_is_refused_before_the_plan_is_told(scan):
    code, out, err = scan("linear", "BL02:SAMPLE:XX", 0, 1, 2, *QUICK)
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert "Did you mean BL02:SAMPLE:X" in err


def test_files_that_are_not_there(scan, tmp_path):
    assert scan("run", tmp_path / "no.toml")[0] == 1
    code, _, err = scan("list", X, f"@{tmp_path}/none", *QUICK)
    assert code == 1
    assert "cannot read" in err
    (tmp_path / "a.csv").write_text("kept")
    code, _, err = scan("linear", X, 0, 1, 2, *QUICK, "--output", tmp_path / "a.csv")
    assert code == 2
    assert "a.csv exists and is never overwritten" in err
    assert (tmp_path / "a.csv").read_text() == "kept"
