"""From what the commands and files say to a plan, and from a plan to what is done with it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scantrail.errors import InputError

if TYPE_CHECKING:
    from scantrail.acquire import Order
    from scantrail.daq import OnError, ScanConfig
    from scantrail.station import Station


def planned(fields: Mapping[str, Any], where: str = "") -> "ScanConfig":
    """Return the plan that fields with their `type` describe; None counts as not given.

    Raises InputError, a sentence that begins with `where` the fields stand.
    """
    from scantrail.daq import plan_from

    given = {key: value for key, value in fields.items() if value is not None}
    try:
        return plan_from(given)
    except InputError as error:
        raise InputError(f"{where}{error}") from None


def carry_out(
    plan: "ScanConfig",
    *,
    config: Path | None,
    url: str | None,
    sim: bool,
    baseline: Sequence[str],
    on_error: "OnError",
    output: Path | None,
    db_path: str | None,
    components: Sequence[str],
    anyway: bool,
    preview: bool,
    plot: bool,
    as_json: bool,
) -> int:
    """Take a plan, or show it only; return the exit code."""
    from scantrail.acquire import Order
    from scantrail.cli.components import linked
    from scantrail.cli.live import take_order
    from scantrail.daq import Manner

    order = Order(
        plan,
        station_at(config, url, sim=sim),
        database=db_path,
        manner=Manner(baseline=tuple(baseline), on_error=on_error),
        output=output,
    )
    if preview:
        return show_plan(order, as_json=as_json)
    return take_order(linked(order, components, anyway=anyway), as_json=as_json, plot=plot)


def station_at(config: Path | None, url: str | None, *, sim: bool) -> "Station":
    """Return the station in force with its beamline where the options say. Raises ConfigError, InputError."""
    from scantrail.acquire import at_address, simulated
    from scantrail.station import load_station

    if sim and url is not None:
        raise InputError("--sim and --url are two beamlines; give one of them")
    station = load_station(config)
    if sim:
        return simulated(station)
    return station if url is None else at_address(station, url)


def show_plan(order: "Order[ScanConfig]", *, as_json: bool) -> int:
    """Print the points of a plan and the expected time; nothing is connected. Raises InputError beyond the limits."""
    from scantrail.acquire import expected_time, untimed
    from scantrail.cli.energies import angles_of, regions_told
    from scantrail.cli.wording import ends, scan_in_words
    from scantrail.daq import XAFSScanConfig, check_without_hardware

    plan = order.plan
    notices = check_without_hardware(plan, order.station)
    seconds, without = expected_time(order), untimed(order)
    if as_json:
        first, last = ends(plan)
        told = {
            "type": plan.kind,
            "shape": list(plan.shape),
            "first": dict(first.setpoints),
            "last": dict(last.setpoints),
            "seconds": seconds,
            "untimed": without,
            "notices": notices,
            "plan": plan.document(),
        }
        if isinstance(plan, XAFSScanConfig):
            told |= {"regions": regions_told(plan), "angles": angles_of(plan, order.station)}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    for line in (*scan_in_words(plan, seconds, order.station, without), *notices):
        click.echo(line)
    return 0
