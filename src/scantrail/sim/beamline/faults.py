"""BeamlineFaults on demand: what servers, networks and motors do wrong, when a test asks for it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from scantrail.errors import InputError


@dataclass(frozen=True, slots=True)
class BeamlineFaults:
    """All faults of a simulated beamline; none by default.

    slow: delay of every answer [s]. silent: after so many commands nothing is carried out or answered any more.
    cut: the answer to this command (from 1) ends in its middle, and so does the connection. refuse: PV -> n, every n-th
    command to it is answered with INTERNAL. stick: motor -> position where it gets stuck and says MOVING for ever.
    switch: motor -> position of a limit switch, beyond it as seen from the start: MOTOR_FAULT. lost: from when and for
    how long there is no beam [s].
    Raises InputError for a negative or infinite number.
    """

    slow: float = 0.0
    silent: int | None = None
    cut: int | None = None
    refuse: Mapping[str, int] = field(default_factory=dict)
    stick: Mapping[str, float] = field(default_factory=dict)
    switch: Mapping[str, float] = field(default_factory=dict)
    lost: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name, number, least in (
            ("slow", self.slow, 0),
            ("silent", self.silent, 0),
            ("cut", self.cut, 1),
            *(("refuse", every, 1) for every in self.refuse.values()),
            *(("lost", value, 0) for value in self.lost or ()),
        ):
            if number is not None and not least <= number < math.inf:
                raise InputError(f"fault {name} = {number}: a finite number from {least} on is needed")
        for position in (*self.stick.values(), *self.switch.values()):
            if not math.isfinite(position):
                raise InputError(f"a motor cannot stop at {position}: a finite position is needed")


def parse_at(option: str, text: str, default: float | None = None) -> tuple[str, float]:
    """Read `PV=NUMBER`, or `PV` alone where there is a default. Raises InputError."""
    pv, mark, value = text.partition("=")
    if not mark and default is not None:
        return pv, default
    try:
        return pv, float(value)
    except ValueError:
        raise InputError(f'{option} "{text}": write PV=NUMBER') from None
