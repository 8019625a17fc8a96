import math
import time
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scantrail.errors import InputError
from scantrail.station import DeviceConfig, MockerConfig
from scantrail.threshold import HaniwersConfig, RandomMocker, read_events

NOON = datetime(2024, 5, 20, 12, tzinfo=UTC).timestamp()
LINE = "2024-05-20T21:00:00.250000+09:00,3,0,10,1136,27.37,100594.35,41.43\n"


@pytest.fixture
def recorded(tmp_path):
    """`recorded(text, name)`: a file with this text or these bytes."""

    def write(text, name="events.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def many(number=1000, **changed):
    """Lines of a recording, one a second; `line=text` puts another text in place of a line (from 1)."""
    lines = [f"{1000 + i},1,0,0,1100,20.0,100000.0,50.0\n" for i in range(number)]
    for at, text in changed.items():
        lines[int(at.removeprefix("line")) - 1] = text
    return "".join(lines)


# --- CSV --------------------------------------------------------------------------------------------------------------


def test_a_line_of_haniwers_is_read_whole(recorded):
    events = read_events([recorded(LINE)])
    assert (len(events), events.clock, events.notices) == (1, "unix", ())
    assert events.time[0] == NOON + 0.25
    assert events.hits.tolist() == [[3, 0, 10]]
    assert events.patterns.tolist() == [0b101]
    air = (events.adc[0], events.temperature[0], events.pressure[0], events.humidity[0])
    assert air == (1136.0, 27.37, 100594.35, 41.43)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-05-20T12:00:00Z", NOON),
        ("2024-05-20 12:00:00+00:00", NOON),
        ("2024-05-20T21:00:00.5+09:00", NOON + 0.5),
        ('"2024-05-20T12:00:00.123456Z"', NOON + 0.123456),
        ("1716206400.75", 1716206400.75),
        ("0", 0.0),
        ("1.7e9", 1.7e9),
    ],
)
def test_timestamps(recorded, written, expected):
    events = read_events([recorded(f"{written},1,0,0,,,,\n")])
    assert events.time[0] == pytest.approx(expected, abs=1e-6)
    assert events.notices == ()


def test_timestamps_without_offset_are_utc_and_it_is_said(recorded):
    path = recorded("2024-05-20T12:00:00.5,1,0,0,1,2,3,4\n2024-05-20 12:00:01,1,0,0,1,2,3,4\n")
    events = read_events([path])
    assert events.time.tolist() == [NOON + 0.5, NOON + 1.0]
    assert events.notices == (f"{path}: timestamps without an offset are taken as UTC.",)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_header_may_stand_in_any_order_with_other_columns(recorded, mark, end):
    text = end.join([mark + "run,BTM, mid,top,timestamp,adc", "x,1,2,3,1000.5,77", "", "y,0,0,1,1001,", ""])
    events = read_events([recorded(text)])
    assert events.hits.tolist() == [[3, 2, 1], [1, 0, 0]]
    assert events.time.tolist() == [1000.5, 1001.0]
    assert events.adc[0] == 77.0
    assert np.isnan(events.adc[1])
    assert np.isnan([events.temperature, events.pressure, events.humidity]).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("timestamp,top,mid\n1,1,1\n", "line 1: the header lacks btm."),
        ("timestamp,top,mid,btm,top\n1,1,1,1,1\n", "line 1: the header names top more than once."),
        ("1000,1,0,0,1100,20\n" * 3, r"line 1: 6 columns where 8 are expected \(timestamp, top, .*3 of 3 lines"),
        ("2 0 0 1136 27.37\n", "line 1: 1 columns where 8"),
        ("noon,1,0,0,1,2,3,4\n", "timestamp is 'noon', ISO 8601 or unix seconds"),
        ("1716206400750,1,0,0,1,2,3,4\n", "timestamp is '1716206400750'"),
        ("nan,1,0,0,1,2,3,4\n", "timestamp is 'nan'"),
        ("1_0,1,0,0,1,2,3,4\n", "timestamp is '1_0'"),
        ("0001-01-01T00:00:00+09:00,1,0,0,1,2,3,4\n", "timestamp is '0001"),
        ("1000,1.5,0,0,1,2,3,4\n", "top is '1.5', a whole number from 0 to 10"),
        ("1000,1,11,0,1,2,3,4\n", "mid is '11'"),
        ("1000,1,0,-1,1,2,3,4\n", "btm is '-1'"),
        ("1000,1,0,,1,2,3,4\n", "btm is ''"),
        ("1000,1,0,inf,1,2,3,4\n", "btm is 'inf'"),
        ("1000,1,0,0,1,warm,3,4\n", "tmp is 'warm', a number is needed"),
        ("1000,1,0,0,1,2,inf,4\n", "atm is 'inf'"),
        (many(200, line77="x\n", line90="y\n"), r"line 77: 1 columns .* \(2 of 200 lines cannot be read\)"),
        ("", "no events in"),
        ("\n\n", "no events in"),
        ("timestamp,top,mid,btm\n", "no events in"),
    ],
)
def test_what_is_no_recording_is_refused_with_its_place(recorded, text, words):
    with pytest.raises(InputError, match=words) as caught:
        read_events([recorded(text)])
    assert "events.csv" in str(caught.value)


def test_a_few_broken_lines_are_left_out_and_told(recorded):
    path = recorded(many(1000, line500="garbage\n", line700="1699,1,x,0,1100,20.0,1e5,50.0\n"))
    events = read_events([path])
    assert len(events) == 998
    (notice,) = events.notices
    assert notice.startswith(f"{path}: 2 of 1000 lines were left out, the first is line 500: 1 columns")


def test_bytes_that_are_no_text_break_their_line_alone(recorded):
    data = many(300).encode().replace(b"1150,1,0,0,1100", b"1150,1,\0\0\xff\xfe")
    events = read_events([recorded(data)])
    assert len(events) == 299
    assert "line 151" in events.notices[0]


def test_a_torn_last_line_is_left_out_of_the_shortest_file(recorded):
    path = recorded(LINE + LINE[:40])
    events = read_events([path])
    assert len(events) == 1
    assert events.notices == (f"{path}: its last line is torn and was left out.",)


def test_a_last_line_without_its_end_is_taken_if_it_is_whole(recorded):
    assert len(read_events([recorded(LINE * 2 + LINE.rstrip())])) == 3


# --- several files ----------------------------------------------------------------------------------------------------


def test_several_files_are_one_recording_with_a_part_each(recorded):
    late, early = recorded(many(3), "late.csv"), recorded("10,1,0,0,,,,\n11,0,1,0,,,,\n", "early.csv")
    events = read_events([late, early])
    assert events.time.tolist() == [10.0, 11.0, 1000.0, 1001.0, 1002.0]
    assert [len(set(events.part[piece])) for piece in (slice(2), slice(2, 5))] == [1, 1]
    assert events.part[0] != events.part[-1]
    assert events.notices == ()


def test_times_out_of_order_are_sorted_and_told(recorded):
    path = recorded("12,1,0,0,,,,\n10,0,1,0,,,,\n11,0,0,1,,,,\n11.5,0,0,2,,,,\n")
    events = read_events([path])
    assert events.time.tolist() == [10.0, 11.0, 11.5, 12.0]
    assert events.patterns.tolist() == [2, 4, 4, 1]
    assert events.notices == (f"{path}: times go back 1 time; its events were sorted by time.",)


def test_files_that_overlap_are_told(recorded):
    first, second = recorded("10,1,0,0,,,,\n20,0,1,0,,,,\n", "a.csv"), recorded("15,1,0,0,,,,\n", "b.csv")
    events = read_events([first, second])
    assert events.time.tolist() == [10.0, 15.0, 20.0]
    assert "overlap in time" in events.notices[0]


def test_a_file_without_events_beside_others_is_told(recorded):
    empty = recorded("", "empty.csv")
    assert read_events([recorded(LINE), empty]).notices == (f"{empty} holds no events.",)


def test_wrong_files_are_refused(recorded, tmp_path):
    path = recorded(LINE)
    with pytest.raises(InputError, match="twice"):
        read_events([path, tmp_path / "." / "events.csv"])
    with pytest.raises(InputError, match=r"cannot read .*nowhere"):
        read_events([tmp_path / "nowhere"])
    with pytest.raises(InputError, match="cannot read"):
        read_events([tmp_path])
    with pytest.raises(InputError, match="no events in no files"):
        read_events([])


# --- the detector's own lines -----------------------------------------------------------------------------------------

STREAM = b'{"type":"response","status":"ok","stream":%d}\r\n'
AIR = b"27.37 100594.35 41.43"


def test_lines_of_v1_hold_no_times(recorded):
    path = recorded(b"2 0 0 1136 " + AIR + b"\r\n0\t1 0,1100 " + AIR + b"\n", "events.raw")
    events = read_events([path])
    assert events.clock == "none"
    assert np.isnan(events.time).all()
    assert events.hits.tolist() == [[2, 0, 0], [0, 1, 0]]
    assert events.pressure.tolist() == [100594.35] * 2
    assert events.notices == (f"{path} holds no times: the detector sent none with its events.",)
    with pytest.raises(InputError, match="no times, which a picture needs"):
        events.check_times("a picture")


@pytest.mark.parametrize("air", [b"", b" " + AIR])
@pytest.mark.parametrize(
    ("stamps", "clock", "time"),
    [
        (b" 1500 250000", "uptime", 1.5),
        (b" 1500 250000 1716206400500000", "unix", 1716206400.5),
        (b" 1716206400500000", "unix", 1716206400.5),
        (b"", "none", math.nan),
        (b" nan nan nan", "none", math.nan),
    ],
)
def test_times_of_v1(recorded, air, stamps, clock, time):
    events = read_events([recorded(b"2 0 0 1136" + air + stamps + b"\r\n", "events.raw")])
    assert events.clock == clock
    assert events.time[0] == pytest.approx(time, nan_ok=True)
    assert bool(air) == (events.temperature[0] == 27.37)


def test_lines_of_v2(recorded):
    line = (
        b'{"type":"event","hit1":0,"hit2":4,"hit3":1,"hit_type":6,"adc_raw":1136,"tmp_c":21.5,"atm_pa":1e5,"hmd_pct":40,'
        b'"uptime_ms":1500,"detected_us":1716206400500000}\r\n'
    )
    bare = b'{"type":"event","hit_type":5,"detected_us":1716206401000000}\r\n'
    events = read_events([recorded(line + bare, "events.raw")])
    assert events.time.tolist() == [1716206400.5, 1716206401.0]
    assert events.hits.tolist() == [[0, 4, 1], [1, 0, 1]]
    assert (events.adc[0], events.temperature[0], events.pressure[0], events.humidity[0]) == (1136, 21.5, 1e5, 40)
    assert np.isnan(events.adc[1])


def test_what_stands_between_the_events_is_known(recorded):
    data = b"2 0 0 1136 1000 0\r\n" * 3
    noise = b'DEBUG loop\r\n\r\n{"type":"response","status":"ok","channel":1,"threshold":280}\r\n'
    events = read_events([recorded(STREAM % 1 + data + noise + data + STREAM % 0 + STREAM % 1 + data, "events.raw")])
    parts = events.part.tolist()
    assert parts == [parts[0]] * 6 + [parts[-1]] * 3
    assert parts[0] != parts[-1]
    assert [notice for notice in events.notices if "left out" in notice] == []


def test_lines_that_are_no_whole_event_are_counted(recorded):
    good, short = b"2 0 0 1136 1000 0\r\n", b"2 0 0 1136\r\n"
    torn = b'{"type":"ev' + STREAM % 0
    path = recorded(good * 20 + short + b"99 0 0 1 2 3\r\n\xff\xfe\r\n" + torn + b"2 0", "events.raw")
    events = read_events([path])
    assert len(events) == 20
    assert events.notices[0] == f"{path}: 5 of 25 lines are no whole event and were left out."


def test_an_uptime_that_begins_anew_goes_on_in_a_part_of_its_own(recorded):
    data = b"".join(b"1 0 0 1136 %d 0\n" % ms for ms in (1000, 2000, 500, 900))
    events = read_events([recorded(data, "events.raw")])
    assert events.time.tolist() == [1.0, 2.0, 2.0, 2.4]
    assert events.part[1] != events.part[2]
    assert "started anew 1 x" in events.notices[-1]


def test_clocks_that_cannot_be_compared_are_not_joined(recorded):
    up, again = (recorded(b"1 0 0 1136 1000 0\n", name) for name in ("a.raw", "b.raw"))
    for other in (again, recorded(LINE)):
        with pytest.raises(InputError, match="cannot be joined"):
            read_events([up, other])
    assert read_events([recorded(b"1 0 0 1136\n", "c.raw"), recorded(LINE)]).clock == "none"


def test_a_missing_raw_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read_events([tmp_path / "events.raw"])


@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_the_raw_file_of_windows_gives_what_was_counted(tmp_path, dialect):
    config = HaniwersConfig(
        device=DeviceConfig(dialect=dialect, timeout=5.0),
        mocker=MockerConfig.model_validate({"seed": 3, "speed": 50.0}),
    )
    with RandomMocker(config) as mocker:
        mocker.record(tmp_path / "events.raw")
        counted = [mocker.count(10.0, lambda seconds: time.sleep(seconds) or "go") for _ in range(3)]
        mocker.record(None)
    events = read_events([tmp_path / "events.raw"])
    assert events.clock == ("unix" if dialect == "v2" else "none")
    parts = [events.patterns[events.part == part] for part in np.unique(events.part)]
    found = [dict(zip(*map(np.ndarray.tolist, np.unique(part, return_counts=True)), strict=True)) for part in parts]
    assert [patterns for patterns in found if patterns] == [
        dict(window.patterns) for window in counted if window.events
    ]


# --- anything ---------------------------------------------------------------------------------------------------------

HITS = st.integers(0, 10)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ROWS = st.lists(
    st.tuples(MOMENTS, OFFSETS, HITS, HITS, HITS, st.integers(0, 4095), st.none() | st.floats(-50, 100)), min_size=1
)


@given(ROWS, st.permutations(["timestamp", "top", "mid", "btm", "adc", "tmp", "note"]))
@settings(max_examples=50)
def test_what_was_written_is_read_whatever_the_order_of_columns(tmp_path_factory, rows, order):
    path = tmp_path_factory.mktemp("events") / "events.csv"
    lines = [",".join(order)]
    for moment, offset, *hits, adc, tmp in rows:
        cells = {"timestamp": moment.astimezone(offset).isoformat(), "adc": str(adc), "note": "?"}
        cells |= dict(zip(("top", "mid", "btm"), map(str, hits), strict=True)) | {
            "tmp": "" if tmp is None else repr(tmp)
        }
        lines.append(",".join(cells[name] for name in order))
    path.write_text("\n".join(lines))
    events = read_events([path])
    expected = sorted(rows, key=lambda row: row[0])
    assert events.time.tolist() == pytest.approx([row[0].timestamp() for row in expected], abs=1e-5)
    assert events.hits.tolist() == [list(row[2:5]) for row in expected]
    assert events.adc.tolist() == [row[5] for row in expected]
    temperatures = [math.nan if row[6] is None else row[6] for row in expected]
    assert events.temperature.tolist() == pytest.approx(temperatures, nan_ok=True)


SCRAPS = st.sampled_from(
    [
        LINE.encode(),
        b"timestamp,top,mid,btm\n",
        b"1000,1,0,0,1,2,3,4\n",
        b"2 0 0 1136 1000 0\n",
        b'{"type":"event","hit_type":1,"adc":1e999,"uptime_ms":7}\n',
        b'{"type":"event","hit_type":1,"tmp_c":%s,"uptime_ms":7}\n' % (b"9" * 400),
        STREAM % 1,
        b"nan",
        b",",
        b"\n",
    ]
)


@given(st.lists(SCRAPS | st.binary(max_size=30), max_size=12).map(b"".join), st.sampled_from(["csv", "raw"]))
@settings(max_examples=300)
def test_no_bytes_are_more_than_refused(tmp_path_factory, data, suffix):
    path = tmp_path_factory.getbasetemp() / f"anything.{suffix}"
    path.write_bytes(data)
    try:
        events = read_events([path])
    except InputError as error:
        assert "anything" in str(error)
        return
    assert len(events) == len(events.hits) == len(events.part) > 0
    assert events.hits.min() >= 0
    assert events.hits.max() <= 10
    assert events.clock == "none" or (np.diff(events.time) >= 0).all()
