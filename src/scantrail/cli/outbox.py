"""Before a command turns to a database: what it is owed of runs that ended while it was away."""

import os

import click

PATIENCE = 1.0
"""Longest wait [s] of a command that came for something else."""


def settle_owed(url: str) -> None:
    """Record what the database `url` is owed, and say so; what cannot be recorded now waits on, in silence.

    Costs one look into a directory where nothing is owed: what knows more of the outbox takes long to import.
    """
    from scantrail.station import data_root

    try:
        if not any(name.endswith(".json") for name in os.listdir(data_root() / "outbox")):  # noqa: PTH208 - cheap
            return
    except OSError:
        return
    from scantrail.acquire import sync

    settled, _ = sync(url, patience=PATIENCE)
    for owed, tests in settled:
        names = ", ".join(one.component for one in tests)
        click.echo(f"Notice: run {owed.number}, which waited, is recorded on {names}.", err=True)
