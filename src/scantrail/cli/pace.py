"""How long a scan still takes, by what its points took so far."""

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from scantrail.runs import PRIMARY

if TYPE_CHECKING:
    from scantrail.acquire import Order


class Pace:
    """The time that the points of `order` take: their dwells where these differ, and for each as much besides.

    seconds: how long the whole order is expected to take.
    """

    def __init__(self, order: "Order[Any]", seconds: float) -> None:
        self._dwells: Sequence[float] = getattr(order.plan, "dwells", (0.0,))  # of one pass; alike, they tell nothing
        self._points = prod(order.plan.shape)
        self._ahead = sum(self._dwells) * self._points / len(self._dwells)
        self._besides = (seconds - self._ahead) / self._points
        self._new, self._dwelt = 0, 0.0
        for record in order.earlier:
            for point in record.stream(PRIMARY).columns.get("point", ()):
                self._ahead -= self._dwell(point)
                self._points -= 1

    def count(self, point: int | None) -> None:
        """Count a point that was taken just now."""
        dwell = self._dwell(point)
        self._new += 1
        self._points -= 1
        self._ahead -= dwell
        self._dwelt += dwell

    def left(self, elapsed: float) -> float:
        """Return the time [s] that the points ahead take, those so far having taken `elapsed`."""
        besides = (elapsed - self._dwelt) / self._new if self._new else self._besides
        return max(0.0, float(self._ahead + besides * self._points))

    def _dwell(self, point: int | None) -> float:
        return 0.0 if point is None else float(self._dwells[point % len(self._dwells)])
