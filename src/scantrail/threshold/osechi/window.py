"""The counting window: what the detector saw between two acknowledgements, exact to the event."""

import time
from dataclasses import dataclass

from scantrail.errors import InputError, WindowError
from scantrail.runs import Command
from scantrail.threshold.detector import Counts, Wait
from scantrail.threshold.osechi.commands import command
from scantrail.threshold.osechi.events import Tally, by_channel
from scantrail.threshold.osechi.link import Answer, Link
from scantrail.threshold.osechi.replies import answers_buffer_stats
from scantrail.threshold.osechi.stream import Stream

SLICE = 0.2
"""Longest time [s] of a dwell without a look at the port: an unplugged one is noticed within it."""

FLOOD = 20  # lines in one block; a serial line at its full speed brings no more than one at a time

TRIES = 3
"""How often a stream command is sent, and how often a window is taken, before it is a failure."""

LINK_FULL = 0.95  # share of the link's capacity above which it, and not the detector, sets the rate
BITS = 10  # of one byte on the line: start, eight, stop

BY_STAMPS = "The legacy dialect acknowledges no window: its events were counted by their time of arrival."
TAKEN_AGAIN = "A window whose closing was not acknowledged at once was taken again."
NO_STATS = "The detector did not report its own losses (GET_BUFFER_STATS)."
DEBUG_LINES = "DEBUG lines came between the events; they were skipped."
TOO_DEAD = "The dead time of the recorded events exceeds the window: [device] dead_time cannot be right."


@dataclass(frozen=True, slots=True)
class Terms:
    """What a window is measured by.

    timeout: of a reply [s]. dead_time: of an event [s]. speed: seconds of the detector's clock in one of ours.
    baudrate: of the line [baud].
    """

    timeout: float
    dead_time: float
    speed: float
    baudrate: int

    @property
    def capacity(self) -> float:
        """Bytes that the line carries in a second of the detector's clock."""
        return self.baudrate / BITS


@dataclass(frozen=True, slots=True)
class _Taken:
    """A window as it came off the line: its lines, unix start, length [s of ours], overflows, how the dwell ended."""

    tally: Tally
    start: float
    length: float
    overflows: int | None
    command: Command
    notes: tuple[str, ...] = ()


def count_acknowledged(link: Link, stream: Stream, seconds: float, wait: Wait, terms: Terms, stats: bool) -> Counts:
    """Count between the acknowledgements of SET_STREAM 1 and SET_STREAM 0, in byte order.

    The length runs from command sent to command sent: the detector obeys at once, but behind a full link its
    acknowledgement waits for all events in its queue, half a second and more. A window closed by a later than the first
    SET_STREAM 0 has no known length, so it is taken again; not when the user asked to stop: then it is not whole.
    `stats`: ask the detector for its own losses. Raises WindowError, LinkLost.
    """
    notes: tuple[str, ...] = ()
    for _ in range(TRIES):
        before = _overflows(link, terms) if stats else None
        tally = Tally()
        opened = _open(link, stream, terms)
        ended = _dwell(link, opened.heard + seconds / terms.speed, wait, tally)
        closed = stream.switch(False, tally.add)
        if closed is None:
            _quiet(link, stream, terms)
            notes = (TAKEN_AGAIN,)
            if ended == "go":
                continue
            return _counts(_Taken(tally, opened.sent_utc, link.beat() - opened.heard, None, "halt"), terms)
        after = _overflows(link, terms) if stats else None
        overflows = None if before is None or after is None else after - before if after >= before else after
        if stats and overflows is None:
            notes = (*notes, NO_STATS)
        return _counts(_Taken(tally, opened.sent_utc, closed.heard - opened.heard, overflows, ended, notes), terms)
    raise WindowError(f"{link.name} acknowledged none of {TRIES} windows' ends at once: their lengths are not known")


def count_by_stamps(link: Link, seconds: float, wait: Wait, terms: Terms) -> Counts:
    """Count the events by their time of arrival, where the dialect acknowledges nothing. Raises LinkLost."""
    link.hear()
    tally, start, utc = Tally(), link.beat(), time.time()
    ended = _dwell(link, start + seconds / terms.speed, wait, tally)
    length, stop = link.beat() - start, time.monotonic()
    for block in link.hear():
        if block.at <= stop:
            tally.add(block.lines)
    return _counts(_Taken(tally, utc, length, None, ended, (BY_STAMPS,)), terms)


def check_seconds(seconds: float) -> None:
    """Refuse a dwell that is none. Raises InputError."""
    if not 0 < seconds < float("inf"):
        raise InputError(f"a dwell of {seconds} s: it must be a positive number of seconds")


def _open(link: Link, stream: Stream, terms: Terms) -> Answer:
    """Start the events; SET_STREAM 0 stands between two tries, for a late yes to one would pass for the next one's."""
    for _ in range(TRIES):
        if (opened := stream.switch(True)) is not None:
            return opened
        if stream.insist(False, TRIES - 1) is None:
            break
    raise WindowError(f"{link.name} did not acknowledge SET_STREAM 1 within {TRIES} x {terms.timeout:g} s")


def _dwell(link: Link, end: float, wait: Wait, tally: Tally) -> Command:
    ended: Command = "go"
    while ended != "halt" and (left := end - link.beat()) > 0:
        ended = wait(min(SLICE, left))
        for block in link.hear():
            tally.add(block.lines)
            if len(block.lines) > FLOOD:
                time.sleep(0)  # let the intake have the interpreter: it waits for no more than one block
    return ended


def _quiet(link: Link, stream: Stream, terms: Terms) -> None:
    if stream.insist(False, TRIES - 1) is None:
        raise WindowError(
            f"{link.name} did not acknowledge SET_STREAM 0 within {TRIES} x {terms.timeout:g} s: "
            "it may be frozen, and its counts mean nothing"
        )


def _overflows(link: Link, terms: Terms) -> int | None:
    answer = link.ask(command("GET_BUFFER_STATS"), answers_buffer_stats(), terms.timeout)
    return None if answer is None else int(answer.reply.fields["queue_overflows"])


def _counts(taken: _Taken, terms: Terms) -> Counts:
    totals = taken.tally.totals()
    length = taken.length * terms.speed
    live = length - terms.dead_time * sum(totals.patterns.values())
    known = totals.unparsable or None
    full = taken.tally.bytes >= LINK_FULL * terms.capacity * length
    said = {DEBUG_LINES: totals.debug > 0, _link_full(terms): full, TOO_DEAD: live <= 0}
    return Counts(
        channels=by_channel(totals.patterns),
        patterns=totals.patterns,
        start=taken.start,
        stop=taken.start + taken.length,
        live=max(live, 0.0),
        lost=known if taken.overflows is None else taken.overflows + totals.unparsable,
        whole=taken.command != "halt",
        unparsable=totals.unparsable,
        link_full=full,
        environment=totals.environment,
        notes=(*taken.notes, *(note for note, holds in said.items() if holds)),
    )


def _link_full(terms: Terms) -> str:
    return f"The serial link was full ({terms.baudrate} baud): the rate is the link's, not the detector's."
