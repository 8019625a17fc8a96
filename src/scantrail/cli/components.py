"""`--component`: which components an acquisition measures, and what is told of them."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from scantrail.cli.options import options
from scantrail.errors import InputError

if TYPE_CHECKING:
    from scantrail.acquire import Order, RecordedRun

_OF_CHANNELS = re.compile(r"\d+:[^,]+(,\d+:[^,]+)*")
_LIKE_CHANNELS = re.compile(r"\s*\d*:.*|.*,\s*\d+:.*", re.DOTALL)
VERDICTS = {True: "pass", False: "fail", None: "no verdict"}

component_options = options(
    click.option(
        "--component",
        "components",
        multiple=True,
        metavar="ID",
        help='Component that is measured, repeatable; of single channels: "1:SCINT-07,2:SCINT-08".',
    ),
    click.option("--anyway", is_flag=True, help="Scan also if the component cannot be linked, and link nothing."),
)


def linked(order: "Order[Any]", components: Sequence[str], *, anyway: bool) -> "Order[Any]":
    """Return the order with the components named on the command line, each known to the database.

    Raises InputError for what cannot be understood; what `admit` refuses, unless it is to be scanned `anyway`.
    """
    from dataclasses import replace

    from scantrail.acquire import admit
    from scantrail.cli.live import WarningsKept
    from scantrail.errors import TrackerError

    ids, channels = named(components)
    with WarningsKept() as warnings:
        try:
            order = admit(replace(order, components=ids, channels=channels))
        except TrackerError as error:
            if not anyway:
                raise InputError(f"{error}; --anyway scans without a component") from error
            warnings.messages.append(f"{error}; the run is linked to no component")
    for message in warnings.messages:
        click.echo(f"Notice: {message}.", err=True)
    return order


def named(components: Sequence[str]) -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    """Return the ids in the values of --component, and the channels of those that are named with theirs.

    >>> named(["1:SCINT-07,2:SCINT-08"])
    (('SCINT-07', 'SCINT-08'), {'SCINT-07': (1,), 'SCINT-08': (2,)})
    """
    ids: dict[str, None] = {}
    channels: dict[str, tuple[int, ...]] = {}
    for given in components:
        if _OF_CHANNELS.fullmatch(given):
            parts = given.split(",")
        elif _LIKE_CHANNELS.fullmatch(given):
            raise InputError(f'--component {given!r} gives no component to a channel; write "1:ID,2:ID"')
        else:
            parts = [f":{given}"]
        for part in parts:
            channel, _, component = (each.strip() for each in part.partition(":"))
            if not component:
                raise InputError('a --component is empty; name one by its id, or "1:ID,2:ID"')
            if (component in ids) != (component in channels and bool(channel)):
                raise InputError(f"--component names {component} twice")
            ids[component] = None
            if channel:
                channels[component] = (*channels.get(component, ()), int(channel))
    taken = [channel for several in channels.values() for channel in several]
    if len(set(taken)) < len(taken):
        raise InputError("--component gives one channel to two components, or twice to one")
    return tuple(ids), channels


def told(one: "RecordedRun") -> str:
    """Say what a run became on a component: the test, its verdict, and the limits that judged."""
    from scantrail.cli.parts.show import limit_in_words

    if one.test is None:
        return f"{one.component}: {'linked' if one.new else 'linked before'}; such a run is no test of it"
    words = ", ".join(map(limit_in_words, one.limits))
    by = "; limited is" if one.measured is None else " by"
    verdict = VERDICTS[one.measured] + (f"{by} {words}" if words else ", for it has no limit" * (one.measured is None))
    return f"{one.component}: {one.test}, {verdict}" + ("" if one.new else "; it was recorded before")
