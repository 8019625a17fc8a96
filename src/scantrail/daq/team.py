"""Several clients in one scan: the first is called directly, each further one on a worker thread of its own."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from scantrail.daq.client import Client

T = TypeVar("T")


class Team:
    """Clients that are asked at the same time. `close` ends the threads, not the clients."""

    def __init__(self, clients: Sequence[Client]) -> None:
        self.clients = tuple(clients)
        self._hands = [ThreadPoolExecutor(1, thread_name_prefix=f"link {client.url}") for client in self.clients[1:]]

    def each(self, asked: Collection[int], ask: Callable[[int], T]) -> list[T]:
        """Return `ask(i)` for each of the clients `asked`, by their index, in that order.

        What is asked of several takes as long as the slowest of them; all have ended when the first error is raised.
        """
        if not self._hands:
            return [ask(0)] if asked else []
        chosen = list(asked)
        answers: list[Future[T]] = [self._start(i, partial(ask, i)) for i in chosen if i]
        here: Future[T] = Future()
        if 0 in chosen:
            _settle(here, partial(ask, 0))
            answers.insert(chosen.index(0), here)
        failures = [error for answer in answers if (error := answer.exception()) is not None]
        if failures:
            raise failures[0]
        return [answer.result() for answer in answers]

    def move_many(self, orders: Mapping[int, Mapping[str, float]], deadline: float) -> dict[int, Set[str]]:
        """Start all moves, by client; return the motors that still move, by client."""
        if not self._hands:
            moving = self.clients[0].move_many(orders[0], deadline)
            return {0: moving} if moving else {}
        states = self.each(orders, lambda client: self.clients[client].move_many(orders[client], deadline))
        return _left(dict(zip(orders, states, strict=True)))

    def moving(self, going: Mapping[int, Set[str]], deadline: float) -> dict[int, Set[str]]:
        """Return those of the motors that still move, by client."""
        states = self.each(going, lambda client: self.clients[client].moving(going[client], deadline))
        return _left(dict(zip(going, states, strict=True)))

    def arm(self, pvs: Mapping[int, Sequence[str]], dwell: float) -> None:
        """Let detectors, by client, count for `dwell` [s]."""
        if not self._hands:
            self.clients[0].arm(pvs[0], dwell)
        else:
            self.each(pvs, lambda client: self.clients[client].arm(pvs[client], dwell))

    def ready(self, pvs: Mapping[int, Sequence[str]]) -> bool:
        """Tell whether all detectors, by client, have counted."""
        if not self._hands:
            return self.clients[0].ready(pvs[0])
        return all(self.each(pvs, lambda client: self.clients[client].ready(pvs[client])))

    def stop(self, going: Mapping[int, Set[str]]) -> None:
        """Stop motors, by client. Raises MotionError, LinkError."""
        self.each(going, lambda client: self.clients[client].stop(going[client]))

    def close(self) -> None:
        """End the threads, after what they have in hand."""
        for hand in self._hands:
            hand.shutdown()

    def _start(self, client: int, ask: Callable[[], T]) -> Future[T]:
        return self._hands[client - 1].submit(ask)


def _left(moving: Mapping[int, Set[str]]) -> dict[int, Set[str]]:
    return {client: motors for client, motors in moving.items() if motors}


def _settle(answer: "Future[T]", ask: Callable[[], T]) -> None:
    try:
        answer.set_result(ask())
    except Exception as error:  # noqa: BLE001 - raised again when the other clients have answered too
        answer.set_exception(error)
