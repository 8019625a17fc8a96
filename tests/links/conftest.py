import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from fault_proxy import FaultProxy

from scantrail.links import DeviceClient, LineClient
from scantrail.sim import BeamlineMachine, BeamlineServer

COMMAND = [sys.executable, "-c", "from scantrail.cli.main import scantrail; scantrail()", "sim", "beamline"]


@pytest.fixture
def machine() -> BeamlineMachine:
    return BeamlineMachine(seed=1, instant=True)


@pytest.fixture
def server(machine: BeamlineMachine) -> Iterator[BeamlineServer]:
    with BeamlineServer(machine) as server:
        yield server


@pytest.fixture
def client(server: BeamlineServer) -> Iterator[DeviceClient]:
    with DeviceClient("127.0.0.1", server.port) as client:
        yield client


@pytest.fixture
def proxy(server: BeamlineServer) -> Iterator[FaultProxy]:
    with FaultProxy(server.port) as proxy:
        yield proxy


@pytest.fixture
def through(proxy: FaultProxy) -> Iterator[DeviceClient]:
    """A connected client behind the proxy, of little patience."""
    with DeviceClient("127.0.0.1", proxy.port, timeout=0.5) as client:
        yield client


@pytest.fixture
def process() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The simulator in a process of its own, and its port."""
    with subprocess.Popen([*COMMAND, "--port", "0", "--instant"], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, int(process.stdout.readline().rpartition(":")[2])
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()


class Script:
    """A transport that answers each write with the next piece of a script; what it wants to send unasked is `early`."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers
        self.sent: list[bytes] = []
        self.early = b""
        self.closed = False

    def send(self, data: bytes, until: float) -> None:
        self.sent.append(data)
        self.early += self.answers.pop(0)

    def receive(self, until: float) -> bytes:
        data, self.early = self.early, b""
        if not data:
            raise TimeoutError
        return data

    def pending(self) -> bool:
        return bool(self.early)

    def cut(self) -> None:
        self.closed = True

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def scripted() -> Callable[..., tuple[LineClient, Script]]:
    """`scripted(answer, ...)`: a connected client, and the transport that gives these answers to its writes."""

    def make(*answers: bytes, **settings) -> tuple[LineClient, Script]:
        script = Script(list(answers))
        client = LineClient("script://", lambda until: script, **settings)
        client.connect()
        return client, script

    return make
