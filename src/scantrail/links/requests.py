"""Request lines, checked before they are sent: what cannot be one line of the protocol never leaves."""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

from scantrail.errors import InputError, ValueRefused
from scantrail.links.lines import LONGEST_LINE, LONGEST_WRITE, batches
from scantrail.readings import Scalar

Batches = tuple[tuple[bytes, int], ...]
"""Writes, each with the number of answers it asks for."""


def line(command: str) -> bytes:
    """Return a whole request line. Raises InputError if it is empty, no single line, or too long."""
    encoded = command.encode("utf-8", "surrogateescape")
    if not command.isprintable() or command.strip() != command or not command:
        raise InputError(f"{command!r} cannot be sent: a request is one line of printable characters")
    if len(encoded) > LONGEST_LINE:
        raise InputError(f'"{command[:40]}..." cannot be sent: {len(encoded)} bytes, at most {LONGEST_LINE} are taken')
    return encoded + b"\n"


@lru_cache(4096)
def about(verb: str, pv: str) -> bytes:
    """Return the line `VERB:pv`. Raises InputError for a name that is empty, or no line."""
    if not pv or pv.strip() != pv:
        raise InputError(f"{verb} needs the name of a PV, without spaces around it, not {pv!r}")
    return line(f"{verb}:{pv}")


@lru_cache(1024)
def about_all(verb: str, pvs: tuple[str, ...]) -> Batches:
    """Return the writes that ask `VERB:pv` of each PV. Raises InputError."""
    return together([about(verb, pv) for pv in pvs])


def with_value(verb: str, pv: str, value: Scalar) -> bytes:
    """Return the line `VERB:pv:value`. Raises InputError for the name, ValueRefused for what is no finite number."""
    try:
        given = float(value)
    except (TypeError, ValueError):
        raise ValueRefused(f"{pv} takes a number, not {value!r}") from None
    if not math.isfinite(given):
        raise ValueRefused(f"{pv} takes a finite number, not {given}")
    return b"%b:%b\n" % (about(verb, pv)[:-1], repr(given).removesuffix(".0").encode())


def followed(first: Sequence[bytes], then: Batches) -> Batches:
    """Put request lines in front of writes, in one write if they fit together."""
    if len(then) == 1:
        ((data, count),) = then
        joined = b"".join(first) + data
        if len(joined) <= LONGEST_WRITE:
            return ((joined, len(first) + count),)
    return together(first) + then


def together(requests: Sequence[bytes]) -> Batches:
    """Join request lines into writes."""
    return tuple(batches(requests))


def requested(writes: Iterable[tuple[bytes, int]]) -> list[str]:
    """Return the request lines in these writes, for a message."""
    return b"".join(data for data, _ in writes).decode("utf-8", "surrogateescape").splitlines()
