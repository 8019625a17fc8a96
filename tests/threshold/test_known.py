import stat
import threading

from scantrail.station import data_root
from scantrail.threshold.detector import ThresholdWrite
from scantrail.threshold.known import Remembered, known_ports, recall, remember


def write(channel, value):
    return ThresholdWrite(channel, value, 1, 0.01, "")


def test_nothing_is_known_at_first():
    assert recall("/dev/ttyUSB0") == {}
    assert known_ports() == []


def test_the_last_confirmed_thresholds_of_each_port():
    remember("/dev/ttyUSB0", write(1, 300), 100.0)
    remember("/dev/ttyUSB0", write(3, 290), 101.0)
    remember("/dev/ttyUSB0", write(1, 310), 102.5)
    remember("/dev/ttyUSB1", write(2, 200), 103.0)
    assert recall("/dev/ttyUSB0") == {1: Remembered(310, 102.5), 3: Remembered(290, 101.0)}
    assert recall("/dev/ttyUSB1") == {2: Remembered(200, 103.0)}
    assert known_ports() == ["/dev/ttyUSB0", "/dev/ttyUSB1"]


def test_a_spoiled_file_is_unknown_and_replaced():
    place = data_root() / "detectors"
    place.mkdir(parents=True)
    for text in ("", "{", "[]", '{"thresholds": 3}', '{"thresholds": {"x": {}}}', '{"port": 7}'):
        (place / "dev-ttyUSB0.json").write_text(text)
        assert recall("/dev/ttyUSB0") == {}
        assert known_ports() == []
    remember("/dev/ttyUSB0", write(1, 300), 100.0)
    assert recall("/dev/ttyUSB0") == {1: Remembered(300, 100.0)}


def test_a_data_root_that_cannot_be_written_is_no_failure(isolated_home, caplog):
    data_root().write_text("a file in its place")
    remember("/dev/ttyUSB0", write(1, 300), 100.0)
    assert "not remembered" in caplog.text


def test_a_reader_never_sees_half_a_file():
    remember("p", write(1, 1), 0.0)
    done = threading.Event()
    seen = []

    def read():
        while not done.is_set():
            seen.append(recall("p"))

    reader = threading.Thread(target=read)
    reader.start()
    for value in range(2, 200):
        remember("p", write(1, value), 0.0)
    done.set()
    reader.join()
    assert all(found for found in seen)
    kept = list((data_root() / "detectors").iterdir())
    assert [path.name for path in kept] == ["p.json"]
    assert stat.S_ISREG(kept[0].stat().st_mode)
