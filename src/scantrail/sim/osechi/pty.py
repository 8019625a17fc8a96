"""The simulated board behind a pseudo-terminal, for any program that opens a serial port."""

import contextlib
import os
import selectors
import socket
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from scantrail.sim.osechi.machine import OsechiMachine
from scantrail.sim.osechi.names import make_link, remove_link

SHORTEST = 0.0005
"""Shortest sleep between two looks at the clock [s]."""
CHUNK = 4096


class PtyServer:
    """A pseudo-terminal in raw mode whose other end is `machine`; simulated time is wall-clock time times `speed`.

    Clients may close and open it again: the board stays as it is, and what it sends meanwhile waits in the terminal
    until that is full. Nothing ever waits for a reader; what finds no room is lost and in the log. As a context manager
    it serves from a thread of its own; `serve` serves in the calling one. `link` gets a symbolic link to the port.
    Raises InputError or OutputError if the link cannot be made, OSError without a free pseudo-terminal.
    """

    def __init__(self, machine: OsechiMachine, *, speed: float = 1.0, link: Path | None = None) -> None:
        self.machine = machine
        self.speed = speed
        self.link = link
        self._thread: threading.Thread | None = None
        self._ending = ""
        self._torn = False
        with contextlib.ExitStack() as stack:
            # the slave stays open here: raw mode and the board outlive a client that closes it
            self._master, slave = os.openpty()
            stack.callback(os.close, slave)
            stack.callback(os.close, self._master)
            tty.setraw(slave)
            os.set_blocking(self._master, False)
            self.name = os.ttyname(slave)
            self._awake, self._alarm = map(stack.enter_context, socket.socketpair())
            self._alarm.setblocking(False)
            if link is not None:
                make_link(link, self.name)
                stack.callback(remove_link, link, self.name)
            self._stack = stack.pop_all()
        self._start = time.monotonic()
        machine.log.note("port", 0.0, name=self.name, speed=speed, unix=time.time())
        machine.log.flush(0.0)

    def now(self) -> float:
        """Simulated time since the start [s]."""
        return (time.monotonic() - self._start) * self.speed

    def stop(self) -> None:
        """Let `serve` return; from any thread or signal handler."""
        self._end("stopped")

    def unplug(self) -> None:
        """Pull the cable: `serve` returns and clients see their port vanish; from any thread or signal handler."""
        self._end("unplugged")

    def _end(self, why: str) -> None:
        self._ending = self._ending or why
        with contextlib.suppress(OSError):
            self._alarm.send(b"x")

    def serve(self) -> None:
        """Be the board until `stop`, `unplug` or the fault `unplug`; the terminal and its link are gone afterwards."""
        with self._stack, selectors.DefaultSelector() as selector:
            selector.register(self._master, selectors.EVENT_READ)
            selector.register(self._awake, selectors.EVENT_READ)
            try:
                for readable in self._turns(selector):
                    if self._master in readable:
                        self._receive()
            finally:
                self.machine.close(self.now(), self._ending or "failed")

    def _receive(self) -> None:
        try:
            data = os.read(self._master, CHUNK)
        except BlockingIOError:
            return
        self.machine.receive(data, self.now())

    def _turns(self, selector: selectors.BaseSelector) -> Iterator[list[int]]:
        while not self._ending:
            now = self.now()
            if self.machine.unplugged(now):
                self._ending = "unplugged"
                return
            self._send(self.machine.emit(now))
            due = self.machine.next_due()
            nap = None if due is None else max((due - self.now()) / self.speed, SHORTEST)
            yield [key.fd for key, _ in selector.select(nap)]

    def _send(self, data: bytes) -> None:
        if not data:
            return
        # after a cut line the next one starts on a line of its own
        lead = b"\n" if self._torn else b""
        try:
            taken = os.write(self._master, lead + data)
        except BlockingIOError:
            taken = 0
        if lead and taken:
            self._torn = False
            taken -= len(lead)
        if taken < len(data) and self.machine.undelivered(taken):
            self._torn = True

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve, name=f"osechi {self.name}")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join()
