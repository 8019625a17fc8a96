"""`scantrail sim beamline`: a simulated beamline that any client of the line protocol can talk to."""

import re
from pathlib import Path

import click

from scantrail.cli.stopping import stopped_by_signals
from scantrail.errors import InputError


class Seconds(click.ParamType[float]):
    """A time: a number of seconds, or one with the unit ms or s. The value is in s."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the time [s]."""
        found = re.fullmatch(r"(\d+\.?\d*|\.\d+) ?(ms|s)?", str(value), re.ASCII)
        if found is None:
            self.fail(f'"{value}" is no time: write 1ms or 0.5s.', param, ctx)
        return float(found[1]) / (1e3 if found[2] == "ms" else 1.0)


_TIME = Seconds()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=5064, show_default=True, help="Port; 0 for a free one.")
@click.option("--tick", type=_TIME, default="0", help="Answer once in this time, like the real server: 1ms.")
@click.option("--instant", is_flag=True, help="Motors and shutter arrive at once.")
@click.option("--seed", type=click.IntRange(min=0), help="Start of the random numbers. Default: a new one.")
@click.option("--log", type=click.Path(dir_okay=False, path_type=Path), help="JSON lines of every command.")
@click.option("--slow", type=_TIME, default="0", help="Delay every answer.")
@click.option("--silent", type=int, metavar="N", help="Do and answer nothing after N commands.")
@click.option("--cut", type=int, metavar="N", help="End answer N, and its connection, in the middle.")
@click.option("--refuse", multiple=True, metavar="PV[=N]", help="Answer every (Nth) command to this PV with INTERNAL.")
@click.option("--stick", multiple=True, metavar="MOTOR=AT", help="The motor gets stuck there and says MOVING for ever.")
@click.option("--limit-switch", multiple=True, metavar="MOTOR=AT", help="The motor stops there with MOTOR_FAULT.")
@click.option("--lose-beam", nargs=2, type=_TIME, metavar="AT FOR", help="No beam from then on, for so long.")
def beamline(
    host: str,
    port: int,
    tick: float,
    instant: bool,
    seed: int | None,
    log: Path | None,
    slow: float,
    silent: int | None,
    cut: int | None,
    refuse: tuple[str, ...],
    stick: tuple[str, ...],
    limit_switch: tuple[str, ...],
    lose_beam: tuple[float, float] | None,
) -> None:
    """Be a beamline's device server until Ctrl-C.

    Prints host:port in one line, and on stderr what an energy scan must find. The options after --log are faults.
    """
    from scantrail.sim import BeamlineFaults, BeamlineMachine, BeamlineServer, SimulationLog, parse_at

    every = {pv: _whole(number) for pv, number in (parse_at("--refuse", text, 1.0) for text in refuse)}
    faults = BeamlineFaults(
        slow,
        silent,
        cut,
        every,
        dict(parse_at("--stick", text) for text in stick),
        dict(parse_at("--limit-switch", text) for text in limit_switch),
        lose_beam,
    )
    with SimulationLog(log, keep=False) as account:
        machine = BeamlineMachine(
            seed=seed, instant=instant, tick=tick, faults=faults, log=None if log is None else account
        )
        server = BeamlineServer(machine, host, port)
        with stopped_by_signals(server.stop):
            click.echo(server.address)
            click.echo(f"the sample's mu rises most steeply at {machine.truth()['edge']:.2f} eV", err=True)
            server.serve()


def _whole(number: float) -> int:
    if not number.is_integer():
        raise InputError(f"--refuse every {number} commands: a whole number is needed.")
    return int(number)
