from collections.abc import Callable

import pytest

from scantrail.sim import BeamlineFaults, BeamlineMachine
from scantrail.sim.osechi import SimulationLog


@pytest.fixture
def make() -> Callable[..., tuple[BeamlineMachine, SimulationLog]]:
    """`make(instant=..., slow=...)`: a machine and its log; what is no setting of a machine is a fault."""

    def machine(**given) -> tuple[BeamlineMachine, SimulationLog]:
        settings = {name: given.pop(name) for name in ("instant", "tick", "seed") if name in given}
        log = SimulationLog()
        return BeamlineMachine(**{"seed": 1, **settings}, faults=BeamlineFaults(**given), log=log), log

    return machine


@pytest.fixture
def ask() -> Callable[..., list[str]]:
    """`ask(session, now, line, ...)`: the answers that came at once."""

    def exchange(session, now, *lines) -> list[str]:
        session.receive("".join(f"{line}\n" for line in lines).encode(), now)
        return session.emit(now).decode().splitlines()

    return exchange
