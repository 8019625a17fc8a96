import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.acquire import RigOptions, counting_detector
from scantrail.errors import PortNotFound
from scantrail.threshold import RandomMocker, known_ports, recall


@given(
    st.builds(RigOptions, st.booleans(), st.none() | st.floats(0.1, 100), st.none() | st.integers(0)),
    st.dictionaries(st.sampled_from(["detector", "workspace", "raw_events"]), st.text()),
)
def test_options_come_back_from_a_start_document(options, more):
    document = json.loads(json.dumps({**more, **options.document()}))
    assert RigOptions.from_document(document) == options


def test_a_start_document_without_options_is_of_the_real_detector():
    assert RigOptions.from_document({"detector": "OSECHI"}) == RigOptions()


def test_the_mock_detector(station):
    at = station(more="[mocker]\nspeed = 30.0\nseed = 4\n")
    with counting_detector(at, RigOptions(mock=True)) as device:
        assert isinstance(device, RandomMocker)
        assert (device.speed, device.seed) == (30.0, 4)
    with counting_detector(at, RigOptions(mock=True, speed=60.0, seed=5)) as device:
        assert (device.speed, device.seed) == (60.0, 5)
        device.set_threshold(1, 300)
    assert known_ports() == []


def test_the_detector_on_a_port_is_remembered(station, board):
    _, server = board()
    with counting_detector(station(server.name, "[mocker]\nspeed = 100.0\n"), RigOptions()) as device:
        assert (device.port, device.speed) == (server.name, 100.0)
        device.set_threshold(2, 321)
    assert {channel: kept.value for channel, kept in recall(server.name).items()} == {2: 321}
    with counting_detector(station(server.name), RigOptions()) as device:
        assert device.speed == 1.0


def test_it_is_disconnected_whatever_happens(station):
    with (
        pytest.raises(ZeroDivisionError),
        counting_detector(station(), RigOptions(mock=True)) as device,
    ):
        raise ZeroDivisionError
    device.connect()  # a fresh board, not the old connection
    assert device.confirmed(1) is None
    device.disconnect()
    with pytest.raises(PortNotFound), counting_detector(station("/dev/ttyNONE"), RigOptions()):
        pytest.fail("there is no such port")
