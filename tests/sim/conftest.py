from collections.abc import Callable

import pytest

from scantrail.sim import ChannelPhysics, OsechiMachine, OsechiPhysics, SimulationLog

Talk = Callable[[OsechiMachine, bytes, float], bytes]


@pytest.fixture
def quiet() -> OsechiPhysics:
    """A detector in which nothing ever happens."""
    nothing = ChannelPhysics(rate=0.0, plateau=0.0)
    return OsechiPhysics((nothing, nothing, nothing))


@pytest.fixture
def busy() -> OsechiPhysics:
    """Noise at every threshold: 30 events/s in each channel."""
    noise = ChannelPhysics(mu=2000.0, rate=15.0, plateau=0.0)
    return OsechiPhysics((noise, noise, noise))


@pytest.fixture
def talk() -> Talk:
    """`talk(machine, data, now)`: send and return what came back within a second."""

    def exchange(machine: OsechiMachine, data: bytes, now: float) -> bytes:
        machine.receive(data, now)
        return machine.emit(now + 1.0)

    return exchange


@pytest.fixture
def read_windows() -> Callable[[bytes], list[dict[int, int]]]:
    """Count events per channel between the acknowledgements of v1 output: an independent, perfect reader."""

    def read(output: bytes) -> list[dict[int, int]]:
        found: list[dict[int, int]] = []
        counting = False
        for line in output.split(b"\r\n"):
            if line.startswith(b"{") and b'"stream":' in line:
                counting = b'"stream":1' in line
                if counting:
                    found.append(dict.fromkeys((1, 2, 3), 0))
                continue
            fields = line.split()
            if counting and len(fields) == 7 and all(f.isdigit() for f in fields[:4]):
                for channel in (1, 2, 3):
                    found[-1][channel] += fields[channel - 1] != b"0"
        return found

    return read


@pytest.fixture
def logged() -> Callable[..., tuple[OsechiMachine, SimulationLog]]:
    """`logged(dialect, **settings)`: a machine and its log."""

    def make(dialect="v1", **settings) -> tuple[OsechiMachine, SimulationLog]:
        log = SimulationLog()
        return OsechiMachine(dialect, log=log, **settings), log

    return make
