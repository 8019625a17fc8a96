"""A client of nothing, for faults that no simulator has: every answer can be set."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, nullcontext

from scantrail.readings import Column, Reading

Hook = Callable[[str], object]


class FakeClient:
    """Motors arrive after `polls` questions, `off` their target; what is in `failing` cannot be read.

    `asked(call)` sees every call by its name first, and may raise. `values` holds what is read.
    """

    def __init__(self, url: str = "fake://") -> None:
        self.url = url
        self.values: dict[str, object] = {}
        self.failing: dict[str, str] = {}
        self.off = 0.0
        self.polls = 0
        self.stopped: list[set[str]] = []
        self.moves: list[dict[str, float]] = []
        self.armed: list[tuple[tuple[str, ...], float]] = []
        self.not_ready = 0
        self.calls: list[str] = []
        self.asked: Hook = lambda call: None
        self._left = 0

    def _note(self, call: str) -> None:
        self.calls.append(call)
        self.asked(call)

    def get(self, pv: str) -> float:
        return self.get_many([pv])[0]

    def get_many(self, pvs: Sequence[str]) -> list[float]:
        return [float(self.values.get(pv, 0.0)) for pv in pvs]  # type: ignore[arg-type]

    def read(self, pvs: Sequence[str], deadline: float) -> list[Reading]:
        self._note("read")
        now = time.time()
        return [
            Reading(None, now, 3, self.failing[pv]) if pv in self.failing else Reading(self.values.get(pv, 0.0), now)
            for pv in pvs
        ]

    def put(self, pv: str, value: float, deadline: float = 5.0) -> None:
        self._note(f"put {pv} {value:g}")
        self.values[pv] = value

    def move(self, motor: str, position: float) -> None:
        self.move_many({motor: position}, 5.0)

    def move_many(self, targets: Mapping[str, float], deadline: float) -> Set[str]:
        self._note("move_many")
        self.moves.append(dict(targets))
        self.values.update({f"{pv}.RBV": value + self.off for pv, value in targets.items()})
        self._left = self.polls
        return set(targets) if self._left else set()

    def moving(self, motors: Set[str], deadline: float) -> Set[str]:
        self._note("moving")
        self._left -= 1
        return set(motors) if self._left > 0 else set()

    def stop(self, motors: Set[str]) -> None:
        self.stopped.append(set(motors))
        self._note("stop")

    def arm(self, pvs: Sequence[str], dwell: float) -> None:
        self._note("arm")
        self.armed.append((tuple(pvs), dwell))

    def ready(self, pvs: Sequence[str]) -> bool:
        self.not_ready -= 1
        return self.not_ready < 0

    def describe(self, pvs: Sequence[str]) -> dict[str, Column]:
        return {pv: Column(f"{self.url}{pv}", None, "number", "value") for pv in pvs}

    def list_pvs(self, pattern: str | None = None) -> list[str]:
        return list(self.values)

    def monitor(self, pvs: Sequence[str], interval: float) -> AbstractContextManager[Iterator[tuple[str, Reading]]]:
        return nullcontext(iter(()))

    def close(self) -> None:
        pass
