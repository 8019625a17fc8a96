from scantrail.links import Column, devices_of, nearest
from scantrail.links.devices import column
from scantrail.station import Station

STATION = Station.from_document(
    {
        "beamline": {"url": "tcp://one:5064"},
        "motors": {
            "x": {"pv": "BL02:SAMPLE:X", "units": "um", "limits": [-100.0, 100.0]},
            "far": {"pv": "FAR:X", "url": "tcp://two:1"},
        },
        "detectors": {"i0": {"pv": "BL02:DET:I0", "units": "counts/s"}},
    }
)


def test_a_station_tells_what_the_protocol_does_not():
    known = devices_of(STATION)
    assert known == {
        "BL02:SAMPLE:X": Column("tcp://one:5064/BL02:SAMPLE:X", "um", "number", "axis", (-100.0, 100.0)),
        "BL02:DET:I0": Column("tcp://one:5064/BL02:DET:I0", "counts/s", "number", "counts"),
    }
    assert list(devices_of(STATION, "tcp://two:1")) == ["FAR:X"]


def test_a_readback_has_the_units_of_its_setpoint():
    known = devices_of(STATION)
    found = column("BL02:SAMPLE:X.RBV", "tcp://one:5064", known, ())
    assert found == Column("tcp://one:5064/BL02:SAMPLE:X.RBV", "um", "number", "axis", (-100.0, 100.0))


def test_a_pv_with_a_readback_is_an_axis():
    assert column("A", "u", {}, ("A", "A.RBV")).role == "axis"
    assert column("A", "u", {}, ("A",)).role == "value"


def test_nearest_names():
    names = ["BL02:SAMPLE:X", "BL02:SAMPLE:Y", "BL02:DET:I0"]
    assert nearest("bl02:sampel:x", names)[0] == "BL02:SAMPLE:X"
    assert nearest("nothing like it", names) == ()
