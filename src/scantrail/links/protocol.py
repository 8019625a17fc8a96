"""What every client of a control system does: batch first, each call with a deadline."""

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from scantrail.readings import Column, Reading, Scalar


@runtime_checkable
class Client(Protocol):
    """A control system, thread-safe; every call ends by its deadline [s]. Values are in the units of the PV.

    Raises LinkError, LinkLost and ReplyTimeout (the connection), ProtocolError, UnknownPV and ValueRefused (the
    server), MotionError (a motor), InputError (a name that cannot be sent).
    """

    url: str

    def get(self, pv: str) -> float:
        """Read one PV."""
        ...

    def get_many(self, pvs: Sequence[str]) -> list[float]:
        """Read several PVs in one round trip, in their order; the first failure raises."""
        ...

    def read(self, pvs: Sequence[str], deadline: float) -> list[Reading]:
        """Read several PVs in one round trip; a PV's failure stays in its slot."""
        ...

    def put(self, pv: str, value: Scalar, deadline: float = 5.0) -> None:
        """Write one PV, once: it is never sent again."""
        ...

    def move(self, motor: str, position: float) -> None:
        """Start a move and return."""
        ...

    def move_many(self, targets: Mapping[str, float], deadline: float) -> Set[str]:
        """Start all moves and return the motors that still move: one round trip."""
        ...

    def moving(self, motors: Set[str], deadline: float) -> Set[str]:
        """Return those of the motors that still move: one round trip. Raises MotionError for a fault."""
        ...

    def stop(self, motors: Set[str]) -> None:
        """Stop motors, in flight or not, from another thread too. Raises MotionError if one is not stopped."""
        ...

    def arm(self, pvs: Sequence[str], dwell: float) -> None:
        """Start counting for `dwell` [s], where detectors need to be told."""
        ...

    def ready(self, pvs: Sequence[str]) -> bool:
        """Whether what was armed has counted."""
        ...

    def describe(self, pvs: Sequence[str]) -> dict[str, Column]:
        """Return what is known of PVs: units, limits, role. Raises UnknownPV with the nearest names."""
        ...

    def list_pvs(self, pattern: str | None = None) -> list[str]:
        """Name the PVs, all or those that match a glob pattern."""
        ...

    def monitor(self, pvs: Sequence[str], interval: float) -> AbstractContextManager[Iterator[tuple[str, Reading]]]:
        """Watch PVs, each about every `interval` [s], until the context ends."""
        ...

    def close(self) -> None:
        """Close the connection; harmless when done twice."""
        ...
