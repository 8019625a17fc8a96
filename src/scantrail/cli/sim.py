"""`scantrail sim`: simulated instruments that any program can talk to."""

import math
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import click

from scantrail.cli.beamline import beamline
from scantrail.cli.stopping import stopped_by_signals
from scantrail.errors import InputError
from scantrail.sim import (
    Dialect,
    Faults,
    OsechiMachine,
    OsechiPhysics,
    PtyServer,
    Recording,
    SimulationLog,
    WriteFault,
    parse_write_fault,
)
from scantrail.station import MockerConfig, load_station

_FILE = click.Path(dir_okay=False, path_type=Path)
_WRITES = "a threshold write: all, CHANNEL or CHANNEL:VALUE. May be repeated."


@click.group()
def sim() -> None:
    """Simulated instruments that speak the true protocol."""


sim.add_command(beamline)


@sim.command()
@click.option(
    "--dialect", type=click.Choice(get_args(Dialect)), default="v1", show_default=True, help="What it speaks."
)
@click.option("--link", type=click.Path(path_type=Path), help="Symbolic link to make to the port: a stable name.")
@click.option("--seed", type=click.IntRange(min=0), help="Start of the random numbers. Default: [mocker] seed.")
@click.option("--speed", type=float, help="Simulated seconds in a second. Default: [mocker] speed.")
@click.option("--log", type=_FILE, help="JSON lines of every command and event.")
@click.option("--config", type=_FILE, help="Station file whose [mocker] sets the physics or the recording.")
@click.option("--refuse", multiple=True, metavar="WHICH", help=f"Refuse {_WRITES}")
@click.option("--ignore", multiple=True, metavar="WHICH", help=f"Never take or answer {_WRITES}")
@click.option("--corrupt", multiple=True, metavar="WHICH", help=f"Take, but answer with a torn line, {_WRITES}")
@click.option("--drop-writes", type=int, default=0, metavar="N", help="Ignore the first N threshold writes.")
@click.option("--debug", type=float, default=0.0, metavar="P", help="Probability of a DEBUG line before an event.")
@click.option("--garbage", type=float, default=0.0, metavar="P", help="Probability of a line of noise before an event.")
@click.option("--half-lines", type=float, default=0.0, metavar="P", help="Probability that an event line is cut.")
@click.option("--drop-bytes", type=float, default=0.0, metavar="P", help="Probability that an event's byte is lost.")
@click.option("--unplug", type=float, metavar="SECONDS", help="Vanish after so many simulated seconds.")
@click.option("--freeze", type=float, metavar="SECONDS", help="Fall silent and deaf after so many simulated seconds.")
def osechi(
    dialect: Dialect,
    link: Path | None,
    seed: int | None,
    speed: float | None,
    log: Path | None,
    config: Path | None,
    refuse: tuple[str, ...],
    ignore: tuple[str, ...],
    corrupt: tuple[str, ...],
    drop_writes: int,
    debug: float,
    garbage: float,
    half_lines: float,
    drop_bytes: float,
    unplug: float | None,
    freeze: float | None,
) -> None:
    """Be an OSECHI detector behind a pseudo-terminal until Ctrl-C.

    Prints the name of the port in one line. The options after --config are faults.
    """
    faults = Faults(
        _write_faults(refuse, ignore, corrupt), drop_writes, debug, garbage, half_lines, drop_bytes, unplug, freeze
    )
    station = load_station(config)
    mocker = station.mocker
    speed = mocker.speed if speed is None else speed
    if not 0.0 < speed < math.inf:
        raise InputError(f"--speed {speed}: a number above 0 is needed.")
    recording = _recording(mocker)
    chosen = next((s for s in (seed, mocker.seed) if s is not None), None)
    with SimulationLog(log, keep=False) as account:
        machine = OsechiMachine(
            dialect,
            physics=replace(OsechiPhysics.from_config(mocker), dead_time=station.device.dead_time),
            recording=recording,
            faults=faults,
            seed=secrets.randbits(32) if chosen is None else chosen,
            baudrate=station.device.baudrate,
            log=account,
        )
        server = PtyServer(machine, speed=speed, link=link)
        with stopped_by_signals(server.stop):
            click.echo(server.name)
            server.serve()


def _recording(mocker: MockerConfig) -> Recording | None:
    if mocker.csv_path is None:
        return None
    from scantrail.threshold import read_events

    events = read_events([mocker.csv_path])
    events.check_times("a replay")
    for notice in events.notices:
        click.echo(notice, err=True)
    return Recording.of(events, mocker)


def _write_faults(refuse: Sequence[str], ignore: Sequence[str], corrupt: Sequence[str]) -> tuple[WriteFault, ...]:
    return (
        *(parse_write_fault("refuse", text) for text in refuse),
        *(parse_write_fault("ignore", text) for text in ignore),
        *(parse_write_fault("corrupt", text) for text in corrupt),
    )
