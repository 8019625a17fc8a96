import os

import pytest
import serial
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from scantrail.errors import LinkError, PortBusy, PortNotFound
from scantrail.threshold.osechi import candidates, resolve_port
from scantrail.threshold.osechi.ports import flush, open_serial


def info(port, description="n/a", manufacturer=None):
    one = ListPortInfo(port)
    one.description, one.manufacturer = description, manufacturer
    return one


@pytest.fixture
def machine(monkeypatch):
    def with_ports(*ports):
        monkeypatch.setattr(list_ports, "comports", lambda: list(ports))

    return with_ports


FTDI = info("/dev/ttyUSB1", "FT232R USB UART", "FTDI")
SILICON = info("/dev/ttyUSB0", "CP2104 USB to UART Bridge", "Silicon Labs")
PROLIFIC = info("/dev/ttyUSB2", "USB-Serial Controller", "Prolific Technology Inc.")
NAMELESS = info("/dev/ttyUSB3", "USB UART", None)
PLAIN = info("/dev/ttyS0")


@pytest.mark.parametrize(
    ("ports", "chosen"),
    [
        ([PLAIN, FTDI], "/dev/ttyUSB1"),
        ([SILICON], "/dev/ttyUSB0"),
        ([PROLIFIC, NAMELESS], "/dev/ttyUSB2"),
        ([PLAIN, NAMELESS], "/dev/ttyUSB3"),
    ],
)
def test_auto_takes_the_only_likely_port(machine, ports, chosen):
    machine(*ports)
    assert resolve_port("auto") == chosen


def test_auto_does_not_choose_between_several(machine):
    machine(FTDI, SILICON, PLAIN)
    with pytest.raises(PortNotFound, match=r"Several .*/dev/ttyUSB0 \(CP2104.*Silicon Labs\), /dev/ttyUSB1"):
        resolve_port("auto")


def test_auto_lists_what_there_is(machine):
    machine(PLAIN)
    with pytest.raises(PortNotFound, match=r"No serial port looks like .*/dev/ttyS0"):
        resolve_port("auto")
    machine()
    with pytest.raises(PortNotFound, match="no serial port"):
        resolve_port("auto")


def test_candidates_say_which_are_likely(machine):
    machine(SILICON, PLAIN)
    assert [(one.port, one.likely) for one in candidates()] == [("/dev/ttyS0", False), ("/dev/ttyUSB0", True)]


def test_a_missing_port_lists_the_others(machine):
    machine(PLAIN)
    with pytest.raises(PortNotFound, match=r"no port /dev/ttyUSB9.*/dev/ttyS0"):
        resolve_port("/dev/ttyUSB9")


def test_two_opens_of_one_port(board):
    port = board().port
    first = open_serial(port, 115200, 1.0)
    with pytest.raises(PortBusy, match=f"fuser {port}"):
        open_serial(port, 115200, 1.0)
    first.close()


def test_two_drivers_on_one_port(board, device):
    port = board().port
    with device(port) as first:
        first.claim("17")
        with pytest.raises(PortBusy, match=rf"{port} is in use by process {os.getpid()} .*run 17"):
            device(port).connect()
    with device(port):
        pass


def test_a_stranger_on_the_port(board, device):
    one = board()
    stranger = serial.Serial(one.port, exclusive=True)
    detector = device(one.port)
    with pytest.raises(PortBusy, match="does not say its name"):
        detector.connect()
    stranger.close()
    with detector:
        pass


@pytest.mark.parametrize(("target", "error"), [("/dev/null", LinkError), ("/", LinkError)])
def test_what_is_no_serial_port(target, error):
    with pytest.raises(error, match=target):
        open_serial(target, 115200, 1.0)


def test_a_port_that_goes_away_while_it_is_opened(board):
    one = board()
    port = open_serial(one.port, 115200, 1.0)
    one.close()
    with pytest.raises(LinkError, match=f"{one.port} went away"):
        flush(port, one.port)
    port.close()
