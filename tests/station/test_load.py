import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scantrail.errors import ConfigError
from scantrail.station import Station, explain, load_station, read_station


def refused(text):
    with pytest.raises(ConfigError) as caught:
        read_station(text, "bench.toml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        # unknown names, with the nearest right one
        (
            "[sensors.ch1]\nid = 1\nnstep = 8",
            3,
            "[sensors.ch1] nstep is no key of this section; the nearest is nsteps",
        ),
        ("[Device]\nport = 'a'", 1, "[Device] is no section of a station file; the nearest is [device]"),
        ("port = 'a'", 1, "[port] is no section but a key; it belongs below [device]"),
        ("[mocker.ch1]\nmodle = 'rice'", 2, "[mocker.ch1] modle is no key of this section; the nearest is model"),
        # values
        (
            "[sampler]\nduration = -1",
            2,
            "[sampler] duration = -1 must be greater than 0 (counting time at each point [s])",
        ),
        (
            "[sampler]\nduration = nan",
            2,
            "[sampler] duration = nan must be a finite number (counting time at each point [s])",
        ),
        (
            "[sampler]\nduration = '5'",
            2,
            '[sampler] duration = "5" must be a number (counting time at each point [s])',
        ),
        (
            "[sensors.ch2]\ncenter = 1024",
            2,
            "[sensors.ch2] center = 1024 must be at most 1023 (middle of the scan [DAC], 1-1023)",
        ),
        (
            "[device]\ndialect = 'v3'",
            2,
            "[device] dialect = \"v3\" must be 'auto', 'v1', 'v2' or 'legacy' (what the firmware speaks)",
        ),
        ("[motors.x]\nunits = 'um'", 1, "[motors.x] pv is missing (PV of the setpoint)"),
        ("\ndevice = 3", 2, "[device] = 3 must be a section"),
        # sections against each other
        (
            "[sensors.ch1]\nid = 1\n[sensors.ch2]\nid = 1",
            4,
            "[sensors.ch2] id is the channel of [sensors.ch1] already",
        ),
        (
            "[motors.x]\npv = 'a'\n[detectors.x]\npv = 'b'",
            3,
            "[detectors] x is a name in [motors] already; each column of a scan needs its own",
        ),
    ],
)
def test_a_refusal_is_one_sentence_with_file_line_section_and_key(text, line, sentence):
    assert refused(text) == f"bench.toml, line {line}: {sentence}"


@pytest.mark.parametrize(
    ("text", "place", "right"),
    [
        ("[sampler]\nduration = inf", "line 2: [sampler] duration", "finite"),
        ("[sampler]\nduration = true", "line 2: [sampler] duration", "number"),
        ("[sampler]\nduration = 0.0", "line 2: [sampler] duration", "greater than 0"),
        ("[sampler]\nduration = 1979-05-27", "line 2: [sampler] duration", "number"),
        ("[sampler]\nduration = 1" + "0" * 400, "line 2: [sampler] duration", "number"),
        ("[sampler]\nmax_retry = 0", "line 2: [sampler] max_retry", "at least 1"),
        ("[sampler]\nworkspace = ''", "line 2: [sampler] workspace", "path"),
        ("[sampler]\nworkspace = 3", "line 2: [sampler] workspace", "path in quotes"),
        ('[sampler]\nworkspace = "a\\u0000"', "line 2: [sampler] workspace", "path"),
        ("[sampler]\nworkspace = '~nobody-of-this-name'", "line 2: [sampler] workspace", "home directory"),
        ("[sampler]\nsuppress_threshold = 0", "line 2: [sampler] suppress_threshold", "1-1023"),
        ("[sampler]\nstream_mode = 3", "line 2: [sampler] stream_mode", "true or false"),
        ("[device]\nport = ' '", "line 2: [device] port", "must not be empty"),
        ("[device]\nsettle = -0.1", "line 2: [device] settle", "at least 0 ("),
        ("[device]\nbaudrate = 115200.0", "line 2: [device] baudrate", "whole number"),
        ("[device]\nbaudrate = 1" + "0" * 400, "line 2: [device] baudrate", "at most"),
        ("[sensors.ch1]\nid = 2", "line 2: [sensors.ch1] id", "must be the channel of its section, 1"),
        ("[sensors.ch1]\nid = 4", "line 2: [sensors.ch1] id", "at most 3"),
        ("[sensors.ch1]\nid = '1'", "line 2: [sensors.ch1] id", "whole number"),
        ("[sensors.ch4]\nid = 4", "line 1: [sensors] ch4", "[sensors.ch1]"),
        ("[sensors]\nch1 = 3", "line 2: [sensors] ch1 = 3", "section"),
        ("sensors = 3", "line 1: [sensors] = 3", "section"),
        ("[sensors.ch1]\nnsteps = 0", "line 2: [sensors.ch1] nsteps", "at least 1"),
        ("[sensors.ch1]\nnsteps = true", "line 2: [sensors.ch1] nsteps", "whole number"),
        ("[sensors.ch1]\nstep_size = 1.5", "line 2: [sensors.ch1] step_size", "whole number"),
        ("[sensors.ch1]\nthreshold = 0", "line 2: [sensors.ch1] threshold", '"none" or a whole number 1-1023'),
        ("[sensors.ch1]\nthreshold = 'off'", "line 2: [sensors.ch1] threshold", '"none"'),
        ("[sensors.ch1]\nthreshold = true", "line 2: [sensors.ch1] threshold", '"none"'),
        ("[sensors.ch1]\nstart_threshold = 3", "line 2: [sensors.ch1] start_threshold", "needs num_steps"),
        ("[sensors.ch1]\nnum_steps = 3", "line 2: [sensors.ch1] num_steps", "needs start_threshold"),
        (
            "[sensors.ch1]\nstart_threshold = 3\nnum_steps = 3\ncenter = 9",
            "line 4: [sensors.ch1] center",
            "keep center",
        ),
        ("[mocker]\nspeed = 0", "line 2: [mocker] speed", "greater than 0"),
        ("[mocker]\nseed = -1", "line 2: [mocker] seed", "at least 0"),
        ("[mocker.ch1]\nefficiency = 1.1", "line 2: [mocker.ch1] efficiency", "at most 1 ("),
        ("[mocker]\nch1 = { mu = inf }", "line 2: [mocker.ch1] mu", "finite"),
        ("[mocker]\nch1 = 1", "line 2: [mocker] ch1", "section"),
        ("[beamline]\nurl = 'http://host'", "line 2: [beamline] url", "tcp://host:5064"),
        ("[beamline]\nurl = 'tcp://'", "line 2: [beamline] url", "tcp://host:5064"),
        ("[motors.x]\npv = 'a b'", "line 2: [motors.x] pv", "without spaces"),
        ("[motors.x]\npv = 'a'\nlimits = [1]", "line 3: [motors.x] limits", "too few"),
        ("[motors.x]\npv = 'a'\nlimits = [1, 2, 3]", "line 3: [motors.x] limits", "at most 2"),
        ("[motors.x]\npv = 'a'\nlimits = [2, 1]", "line 3: [motors.x] limits", "lower one first"),
        ("[motors.x]\npv = 'a'\nlimits = 5", "line 3: [motors.x] limits", "list"),
        ("[motors.'x.y']\npv = 'a'", "line 1: [motors] x.y", "letters, digits and _"),
        ("[[motors]]\npv = 'a'", "line 1: [motors]", "section"),
        ("[columns]\nmu = 3", "line 2: [columns] mu", "text in quotes"),
        ("[baseline]\npvs = ['a', 3]", "line 2: [baseline] pvs = 3", "text in quotes"),
        ("[baseline]\npvs = ['a', 'a']", "line 2: [baseline] pvs", "once"),
        ("[watch]\npv = 'a'", "line 1: [watch]", "min, max or both"),
        ("[watch]\npv = 'a'\nmin = 2\nmax = 1", "line 4: [watch] max", "above min"),
        ("[crystal]\nname = 'a'\nd_spacing = 3\nangle_limits = [-1, 5]", "line 4: [crystal] angle_limits", "0 and 90"),
        # TOML itself
        ("[device]\nport = auto", "line 2", "not TOML"),
        ("[device]\nport = 'a'\nport = 'b'", "line 3", "not TOML"),
        ("[device]\n\nport = '''a", "line 3", "not TOML"),
        ("x = " + "[" * 5000, "", "nested too deeply"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_would_be_right(text, place, right):
    message = refused(text)
    assert message.startswith("bench.toml")
    assert place in message
    assert right in message
    assert "\n" not in message
    assert len(message) < 300


def test_of_several_faults_the_first_in_the_file_is_told():
    assert "line 2: [sampler] duration" in refused("[sampler]\nduration = 0\n[device]\nport = ''")


def test_a_password_is_never_part_of_a_refusal():
    assert "secret" not in refused("[beamline]\nurl = 'http://me:secret@host'")


def test_a_file_is_loaded_and_named_in_its_refusal(tmp_path):
    file = tmp_path / "bench.toml"
    file.write_bytes(b"\xef\xbb\xbf[device]\r\nport = '/dev/ttyUSB0'\r\n")
    assert load_station(file).device.port == "/dev/ttyUSB0"
    file.write_text("[device]\nport = ''\n")
    with pytest.raises(ConfigError, match=rf"^{file}, line 2: "):
        load_station(file)


def test_a_file_that_cannot_be_read_is_refused(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match=r'none.toml does not exist.*"scantrail station init'):
        load_station(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_station(tmp_path)
    with pytest.raises(ConfigError, match="is no path of a file"):
        load_station("a\0b")
    (tmp_path / "latin.toml").write_bytes(b"[device]\nlabel = '\xe9'\n")
    with pytest.raises(ConfigError, match=r"latin.toml, line 2: .*UTF-8"):
        load_station(tmp_path / "latin.toml")
    monkeypatch.setenv("SCANTRAIL_STATION", str(tmp_path / "named.toml"))
    with pytest.raises(ConfigError, match=r"named.toml \(from SCANTRAIL_STATION\) does not exist"):
        load_station()


def test_a_config_error_is_wrong_usage():
    assert ConfigError.exit_code == 2


def test_without_a_file_the_defaults_stand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_station() == Station()


KEYS = st.sampled_from(["device", "sensors", "ch1", "motors", "x", "pv", "id", "center", "limits", "pvs", "ch9", "a b"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_whatever_a_document_holds_is_a_station_or_explained(document):
    try:
        Station.model_validate(document)
    except ValidationError as error:
        for refusal in explain(error, Station):
            assert not str(refusal).endswith(".")
            assert "\n" not in str(refusal)


@given(st.text())
def test_whatever_a_text_holds_is_a_station_or_a_config_error(text):
    try:
        read_station(text, "bench.toml")
    except ConfigError as error:
        assert str(error).startswith("bench.toml")
