"""What a plan is to a run: points worked out before anything moves, and a document that brings the plan back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement to take.

    setpoints: by data key, in the unit of the axis. dwell [s]. grid: index along each dimension.
    """

    index: int
    setpoints: Mapping[str, float]
    dwell: float
    grid: tuple[int, ...] = ()


class Plan(Protocol):
    """Pure: it touches no hardware. `from_document(document())` is the identity."""

    @property
    def kind(self) -> str:
        """Name of the kind of run, as in its directory."""
        ...

    @property
    def shape(self) -> tuple[int, ...]:
        """Points along each dimension."""
        ...

    def points(self) -> Iterator[Point]:
        """Yield the points in the order of acquisition."""
        ...

    def document(self) -> dict[str, Any]:
        """Return the whole plan as JSON-safe values, no PV as a key."""
        ...
