"""A board behind a pseudo-terminal that answers as each test tells it to."""

import os
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator

import pytest

from scantrail.station import DeviceConfig
from scantrail.threshold.osechi import Device

EVENT = b"2 0 0 1136 27.37 100594.35 41.43\r\n"
OK = b'{"type":"response","status":"ok"%s}\r\n'

Respond = Callable[[bytes], bytes | None]


class ScriptedBoard:
    """A raw pty; every line received goes through `respond`, whose bytes are sent (None: nothing)."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.received: list[bytes] = []
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.port = os.ttyname(self.slave)
        self._awake, self._alarm = os.pipe()
        self._gone = False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self.master, data) :]

    def unplug(self) -> None:
        """Pull the cable; harmless when done twice, also from `respond`."""
        if not self._gone:
            self._gone = True
            os.write(self._alarm, b"x")
            if threading.current_thread() is not self._thread:
                self._thread.join()

    def _serve(self) -> None:
        rest = b""
        while not self._gone:
            ready, _, _ = select.select([self.master, self._awake], [], [])
            if self.master in ready and not self._gone:
                *lines, rest = (rest + os.read(self.master, 4096)).split(b"\n")
                for line in lines:
                    self.received.append(line)
                    if (answer := self.respond(line)) and not self._gone:
                        self.send(answer)
        for descriptor in (self.master, self.slave, self._awake, self._alarm):
            os.close(descriptor)

    def close(self) -> None:
        self.unplug()
        self._thread.join()


def obedient(line: bytes) -> bytes | None:
    """A good board of v1 without events."""
    words = line.split()
    if words[:1] == [b"SET_STREAM"]:
        return OK % (b',"stream":' + words[1])
    if words[:1] == [b"SET_THRESHOLD"]:
        return OK % (b',"channel":%s,"threshold":%s' % (words[1], words[2]))
    return None


@pytest.fixture
def board() -> Iterator[Callable[[Respond], ScriptedBoard]]:
    """Make boards: `board(respond)`."""
    made: list[ScriptedBoard] = []

    def make(respond: Respond = obedient) -> ScriptedBoard:
        made.append(ScriptedBoard(respond))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def device() -> Iterator[Callable[..., Device]]:
    """Make drivers that are disconnected in the end: `device(port, dialect="v1", timeout=5.0, ...)`."""
    made: list[Device] = []

    def make(port: str, **options: object) -> Device:
        speed = float(options.pop("speed", 1.0))
        given = {"port": port, "dialect": "v1", "timeout": 5.0, "open_wait": 0.0, **options}
        made.append(Device(DeviceConfig.model_validate(given), speed=speed))
        return made[-1]

    yield make
    for one in made:
        one.disconnect()


@pytest.fixture
def sleep() -> Callable[[float], str]:
    """A loop's wait that nobody interrupts."""

    def wait(seconds: float) -> str:
        time.sleep(seconds)
        return "go"

    return wait
