import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scantrail.station import (
    ChannelPhysics,
    DeviceConfig,
    MockerConfig,
    MotorConfig,
    SamplerConfig,
    Station,
    read_station,
)
from scantrail.station.base import Section

SEED = """
[sensors.ch1]
id = 1
center = 200
nsteps = 8        # All channels MUST have same nsteps
step_size = 5

[sensors.ch2]
id = 2
center = 300
nsteps = 8        # ← MUST match ch1
step_size = 5

[sensors.ch3]
id = 3
center = 250
nsteps = 8        # ← MUST match ch1, ch2
step_size = 5
"""

OLD = """
[device]
label = "OSECHI"
port = "auto"
baudrate = 115200
timeout = 1.0

[sampler]
label = "cosmic rays"
workspace = "data"
filename_prefix = "run"
filename_suffix = ".csv"
mode = "count_based"
events_per_file = 10_000
number_of_files = 10
stream_mode = true
duration = 5

[sensors.ch1]
id = 1
name = "ch1"
label = "top"
threshold = "none"
start_threshold = 160
num_steps = 8
step_size = 5

[mocker]
csv_path = "events.csv"
shuffle = true
speed = 2.0
jitter = 0.0
loop = true
"""


def sections(kind=Section):
    for found in kind.__subclasses__():
        if found.__module__.startswith("scantrail.station."):
            yield found


def test_the_example_of_the_decision_record_loads_as_it_stands():
    station = read_station(SEED)
    assert [(s.id, s.center, s.nsteps, s.step_size) for s in station.sensors.values()] == [
        (1, 200, 8, 5),
        (2, 300, 8, 5),
        (3, 250, 8, 5),
    ]
    assert [(s.name, s.label) for s in station.sensors.values()] == [("ch1", "top"), ("ch2", "mid"), ("ch3", "btm")]
    assert station.notices() == ()


def test_the_defaults_are_those_of_the_table():
    station = Station()
    assert station.device == DeviceConfig(
        label="OSECHI",
        port="auto",
        baudrate=115200,
        timeout=1.0,
        dialect="auto",
        settle=0.1,
        open_wait=0.5,
        dead_time=0.0,
    )
    assert (station.sampler.duration, station.sampler.suppress_threshold, station.sampler.max_retry) == (10.0, 1023, 3)
    assert station.sampler.workspace is None
    assert [*station.sensors] == ["ch1", "ch2", "ch3"]
    assert {(s.center, s.nsteps, s.step_size, s.threshold) for s in station.sensors.values()} == {(300, 10, 1, None)}
    assert {channel: physics.mu for channel, physics in station.mocker.physics.items()} == {1: 300, 2: 308, 3: 292}
    assert (station.beamline.url, station.beamline.timeout) == ("tcp://localhost:5064", 5.0)
    assert (station.shutter, station.watch, station.crystal, station.database.url) == (None, None, None, None)


@pytest.mark.parametrize("text", ["", "[sensors]", "[device]\nport = 'auto'"])
def test_without_a_sensor_all_three_channels_stand(text):
    assert read_station(text) == Station()


def test_only_the_sensors_of_the_file_stand():
    assert [*read_station("[sensors.ch2]\n").sensors] == ["ch2"]


def test_a_channel_of_the_simulator_keeps_its_own_edge():
    station = read_station("[mocker.ch3]\nrate = 20\n")
    assert station.mocker.ch3 == ChannelPhysics(mu=292.0, rate=20.0)
    assert station.mocker.ch2.mu == 308.0
    assert MockerConfig(ch2=ChannelPhysics(mu=280)).ch2.mu == 280


def test_an_old_file_loads_and_says_what_has_no_effect():
    station = read_station(OLD)
    assert station.sampler.workspace == Path("data")
    assert station.notices() == (
        "[sampler] mode, events_per_file, number_of_files and stream_mode have no effect: "
        "a threshold scan counts for a time (duration) and always streams.",
        "[sampler] filename_prefix and filename_suffix have no effect: the files of a scan have fixed names.",
        "[sensors.ch1] start_threshold and num_steps are deprecated; they give 9 points, 160 to 200, "
        "as center = 180, nsteps = 4 would.",
    )


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("start_threshold = 160\nnum_steps = 3", "4 points, 160 to 163; write center and nsteps instead"),
        (
            "start_threshold = 1000\nnum_steps = 4\nstep_size = 10",
            "5 points, 1000 to 1040, clamped to 1023, as center = 1020",
        ),
        (
            "start_threshold = 1000\nnum_steps = 4\nstep_size = 20",
            "5 points, 1000 to 1080, clamped to 1023; write center",
        ),
    ],
)
def test_the_notice_on_the_deprecated_form_tells_its_points(keys, said):
    (notice,) = read_station(f"[sensors.ch1]\n{keys}").notices()
    assert said in notice


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("loop = true", "[mocker] loop has no effect without csv_path, the recording to replay."),
        ("csv_path = 'a'\nch2 = {}", "[mocker] ch2 has no effect: the recording csv_path is replayed instead."),
    ],
)
def test_the_simulator_says_what_its_two_kinds_ignore(text, notice):
    assert read_station(f"[mocker]\n{text}").notices() == (notice,)


def test_a_document_is_json_and_gives_the_station_back():
    text = OLD + "[motors.x]\npv = 'X'\nlimits = [-1, 1]\n[baseline]\npvs = ['a', 'b']\n[columns]\nmu = 'ln(i0/it)'\n"
    station = read_station(text)
    document = json.loads(json.dumps(station.document(), allow_nan=False))
    assert document == station.document()
    assert Station.from_document(document) == station


def test_a_document_of_the_deprecated_form_holds_no_centre_that_nobody_gave():
    assert "center" not in read_station(OLD).document()["sensors"]["ch1"]


def test_passwords_stay_out_of_documents_and_repr():
    station = read_station("[database]\nurl = 'postgresql://me:secret@host/db'\n")
    assert station.database.url == "postgresql://me:secret@host/db"
    assert station.document()["database"]["url"] == "postgresql://me:***@host/db"
    assert "secret" not in repr(station)


def test_paths_of_the_home_are_written_out(isolated_home):
    assert read_station("[sampler]\nworkspace = '~/scans'").sampler.workspace == isolated_home / "scans"


def test_sections_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        Station().device.port = "x"


def test_python_values_are_as_strict_as_the_file():
    with pytest.raises(ValueError, match="duration"):
        SamplerConfig(duration=float("nan"))
    with pytest.raises(ValueError, match="limits"):
        MotorConfig(pv="X", limits=(1.0, 0.0))


def test_every_key_is_described_with_the_unit_of_its_number():
    unitless = {"baudrate", "max_retry", "events_per_file", "number_of_files", "id", "nsteps", "num_steps"}
    unitless |= {"speed", "seed", "efficiency"}
    found = [*sections()]
    assert len(found) >= 14
    for section in found:
        for name, field in section.model_fields.items():
            if section is Station:
                continue
            assert field.description, f"{section.__name__}.{name}"
            if re.search(r"\b(int|float)\b", str(field.annotation)) and name not in unitless:
                assert "[" in field.description, f"{section.__name__}.{name}"


def test_places_and_masking_load_no_pydantic():
    code = (
        "import sys; from scantrail.station import data_root, find_station, mask, CHANNELS, THRESHOLDS;"
        "sys.exit('pydantic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_public_face_knows_its_names_only():
    import scantrail.station as face

    assert {name: getattr(face, name) is not None for name in face.__all__} == dict.fromkeys(face.__all__, True)
    with pytest.raises(AttributeError, match="nothing"):
        _ = face.nothing
