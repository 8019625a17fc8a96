"""Position scans as orders: their clients, their run, what came of them."""

import os
from pathlib import Path

from scantrail.acquire.order import Opened, Order
from scantrail.acquire.outcome import Outcome
from scantrail.acquire.rig import clients
from scantrail.daq import (
    ScanConfig,
    ScanData,
    Setting,
    Taken,
    attempt,
    expected_seconds,
    learned_overhead,
    untimed_motors,
)
from scantrail.db import database_url
from scantrail.errors import InputError, OutputError
from scantrail.station import data_root


def take_positions(order: Order[ScanConfig], opened: Opened) -> Outcome:
    """Connect the control systems and take the plan; its CSV is written at the end. Raises as `attempt` does."""
    with clients(order.plan, order.station, order.manner.baseline) as (client, others):
        taken = attempt(order.plan, client, setting_of(order, opened), others=others, manner=order.manner)
        return position_outcome(taken, order)


def setting_of(order: Order[ScanConfig], opened: Opened) -> Setting:
    """Return what surrounds the scan of an order."""
    output = {"output": str(order.output.absolute())} if order.output else {}
    return Setting(
        root=data_root(),
        database=database_url(order.database, order.station.database.url),
        station=order.station,
        rig=order.linking() | output,
        components=order.components,
        earlier=order.earlier,
        reopened=order.reopened,
        opened=opened,
    )


def scan_seconds(order: Order[ScanConfig]) -> float:
    """Return how long a position scan is expected to take [s]; earlier runs of its kind tell what a point needs."""
    return expected_seconds(order.plan, order.station, learned_overhead(order.plan, data_root()))


def untimed(order: Order[ScanConfig]) -> tuple[str, ...]:
    """Return the motors whose moves the expected time leaves out: neither station nor an earlier run tells of them."""
    return () if learned_overhead(order.plan, data_root()) else untimed_motors(order.plan, order.station)


def check_output(path: Path, *, continued: bool) -> None:
    """Refuse a CSV that could not be written at the end: InputError if it exists, OutputError for its directory.

    A run that goes on with others, `continued`, gives its CSV another name.
    """
    if path.exists() and not continued:
        raise InputError(f"{path} exists and is never overwritten; give --output another name")
    if not path.parent.is_dir():
        raise OutputError(f"cannot write {path}: {path.parent} is no directory")
    if not os.access(path.parent, os.W_OK):
        raise OutputError(f"cannot write {path}: {path.parent} is not writable")


def position_outcome(taken: Taken, order: Order[ScanConfig]) -> Outcome:
    """Sum up a position scan and write its CSV, if one is wanted."""
    files, unwritten = _written(taken.data, order.output, taken.number)
    return Outcome(
        number=taken.number,
        uid=taken.run.uid,
        directory=taken.run.directory,
        status=taken.status,
        taken=taken.run.taken(),
        expected=taken.run.expected,
        files=files,
        errors=[*taken.errors, *unwritten],
        reasons=taken.reasons,
        notes=taken.notes,
        data=taken.data,
        failure=taken.failure,
    )


def _written(data: ScanData, output: Path | None, number: int) -> tuple[list[str], list[str]]:
    """Write the CSV, if one is wanted and there is anything to write; return its path, and what prevented it."""
    if output is None or not len(data.timestamps):
        return [], []
    path = output.with_stem(f"{output.stem}-run-{number}") if output.exists() else output
    try:
        data.to_csv(path)
    except (InputError, OutputError) as error:
        return [], [str(error)]
    return [str(path)], []
