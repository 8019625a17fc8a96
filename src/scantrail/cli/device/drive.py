"""`scantrail device put|move|shutter`: what changes something, and never leaves a motor running."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import click

from scantrail.cli.device.reach import Place, described, device_options, identity, place, reached, station_of
from scantrail.cli.stopping import interrupted_once
from scantrail.daq import Gate, Motor, Shutter
from scantrail.errors import ControlError, InputError, LinkError, MotionError, ReplyTimeout
from scantrail.links import Client

PATIENCE = 60.0
"""What a move may take where the motor's speed is not known [s]."""
MARGIN = 5.0
"""What a move may take beyond its distance at full speed [s]."""

NEGATIVE = {"ignore_unknown_options": True}
"""Lets -100 be a number and no option."""


@click.command(context_settings=NEGATIVE)
@click.argument("pv")
@click.argument("value", type=float)
@device_options
def put(pv: str, value: float, config: Path | None, url: str | None, sim: bool, as_json: bool) -> None:
    """Write VALUE to PV, once. A motor starts to move; "device move" waits for it."""
    station = station_of(config, url, sim=sim)
    target = place(pv, station)
    target.refuse_beyond(value)
    with reached([target], station) as client:
        described([target], station, client)
        client(target.url).put(target.pv, value, station.beamline.timeout)
    if as_json:
        click.echo(json.dumps(identity(target) | {"value": value}, indent=2))
    else:
        click.echo(f"{target.name} was set to {value:g}.")


@click.command(context_settings=NEGATIVE)
@click.argument("motor")
@click.argument("position", type=float)
@click.option("--timeout", type=float, metavar="S", help="How long it may take [s]. Default: by its speed, else 60.")
@device_options
def move(
    motor: str, position: float, timeout: float | None, config: Path | None, url: str | None, sim: bool, as_json: bool
) -> None:
    """Move MOTOR to POSITION and wait until it is there.

    Ctrl-C stops it, and so does the timeout.
    """
    station = station_of(config, url, sim=sim)
    target = place(motor, station)
    target.refuse_beyond(position)
    if timeout is not None and not 0 < timeout <= 86400:
        raise InputError(f"--timeout {timeout:g}: a time above 0 s, at most a day, is needed")
    with reached([target], station) as client:
        units = described([target], station, client)[target.url, target.pv].units
        began = time.monotonic()
        reached_at = _drive(target, client(target.url), position, timeout, f" {units}" if units else "")
        took = time.monotonic() - began
    if as_json:
        document = {"target": position, "position": reached_at, "units": units, "seconds": round(took, 3)}
        click.echo(json.dumps(identity(target) | document, indent=2, ensure_ascii=False))
    else:
        click.echo(f"{target.name} is at {reached_at:g}{f' {units}' if units else ''} after {took:.1f} s.")


@click.command()
@click.argument("action", type=click.Choice(["open", "close", "status"]))
@device_options
def shutter(
    action: Literal["open", "close", "status"], config: Path | None, url: str | None, sim: bool, as_json: bool
) -> None:
    """Open or close the shutter until its status says so, or show it."""
    station = station_of(config, url, sim=sim)
    names = station.shutter.model_dump(include={"status_pv", "cmd_pv"}) if station.shutter else {}
    beamline = Place("shutter", "", station.beamline.url)
    with reached([beamline], station) as client:
        device = Shutter(**names, client=client(beamline.url))
        if action != "status":
            gate = Gate(device, station.beamline.timeout)
            (gate.open if action == "open" else gate.close)(_sleep)
        state = "open" if device.is_open() else "closed"
    if as_json:
        click.echo(json.dumps({"status": state, "pv": device.status_pv, "url": beamline.url}, indent=2))
    else:
        click.echo(f"The shutter is {state}.")


def _drive(target: Place, client: Client, position: float, timeout: float | None, unit: str) -> float:
    """Move and return where the motor came to rest. Raises MotionTimeout, MotionError; it is stopped by then."""
    config = target.motor
    motor = Motor(pv=target.pv, client=client, tolerance=config.tolerance if config else None)
    with suppress(MotionError):  # a fault of its last move; this one may lead out of it
        motor.status()
    start = motor.position()
    with interrupted_once(), _readback_shown(target.name, position, unit) as show:
        try:
            for goal in _stations(target, start, position):
                patience = timeout or _patience(target, goal - start)
                motor.move_to(goal, timeout=patience, seen=show)
        except (LinkError, ReplyTimeout) as error:
            error.add_note(_stopped(motor))
            raise
        except KeyboardInterrupt:
            click.echo(f"{target.name} was stopped.", err=True)
            raise
        return motor.position()


def _stopped(motor: Motor) -> str:
    """Stop a motor and tell what came of it."""
    try:
        motor.stop()
    except ControlError as error:
        return f"{motor.pv} may still move: {error}"
    return f"{motor.pv} was stopped where it is."


def _stations(target: Place, start: float, position: float) -> Iterator[float]:
    """Yield where a motor goes: its target, after an overshoot where the final approach is from the other side."""
    backlash = target.motor.backlash if target.motor else 0.0
    if (position - start) * backlash < 0:
        low, high = (target.motor.limits if target.motor else None) or (-float("inf"), float("inf"))
        yield min(max(position - backlash, low), high)
    yield position


def _patience(target: Place, distance: float) -> float:
    speed = target.motor.speed if target.motor else None
    return PATIENCE if speed is None else abs(distance) / speed + MARGIN


@contextmanager
def _readback_shown(name: str, position: float, unit: str) -> Iterator[Callable[[float], None] | None]:
    """Give what shows a readback in the last line of the terminal, None without one."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, emoji=False)
    if not console.is_terminal:
        yield None
        return
    with console.status(Text(f"{name} moves to {position:g}{unit}")) as line:
        yield lambda readback: line.update(Text(f"{name} at {readback:g}{unit}, on its way to {position:g}{unit}"))


def _sleep(seconds: float) -> Literal["go"]:
    time.sleep(seconds)
    return "go"
