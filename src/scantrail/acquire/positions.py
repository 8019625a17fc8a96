"""Position scans as orders: their clients, their run, what came of them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from scantrail.acquire.order import Opened, Order
from scantrail.acquire.outcome import Outcome
from scantrail.acquire.rig import clients
from scantrail.daq import (
    Client,
    Dark,
    ScanConfig,
    ScanData,
    Setting,
    Taken,
    attempt,
    detector_places,
    expected_seconds,
    learned_overhead,
    measured_of,
    newest_darks,
    scan_figure,
)
from scantrail.db import database_url
from scantrail.errors import InputError, OutputError
from scantrail.plots import Figure
from scantrail.runs import Record
from scantrail.station import data_root


def take_positions(order: Order[ScanConfig], opened: Opened) -> Outcome:
    """Connect the control systems and take the plan; its CSV is written at the end. Raises as `attempt` does."""
    with clients(order.plan, order.station, order.manner.baseline) as (client, others):
        setting = setting_of(order, opened, _darks(order, client, others))
        return position_outcome(attempt(order.plan, client, setting, others=others, manner=order.manner), order)


def setting_of(order: Order[ScanConfig], opened: Opened, darks: Mapping[str, Dark] | None = None) -> Setting:
    """Return what surrounds the scan of an order; darks: by data key, to be subtracted from what is derived."""
    rig = order.linking() | ({"output": str(order.output.absolute())} if order.output else {})
    if darks:
        rig["dark"] = {key: dark._asdict() for key, dark in darks.items()}
    return Setting(
        root=data_root(),
        database=database_url(order.database, order.station.database.url),
        station=order.station,
        rig=rig,
        components=order.components,
        earlier=order.earlier,
        reopened=order.reopened,
        opened=opened,
    )


def _darks(order: Order[ScanConfig], client: Client, others: Mapping[str, Client]) -> dict[str, Dark]:
    """Return the newest dark readings of the detectors of an order."""
    urls = {order.station.beamline.url: client.url} | {url: other.url for url, other in others.items()}
    places = detector_places(order.plan, order.station)
    return newest_darks(data_root(), {key: f"{urls[url]}/{pv}" for key, (url, pv) in places.items()})


def scan_seconds(order: Order[ScanConfig]) -> float:
    """Return how long a position scan is expected to take [s]; earlier runs of its kind tell what a point needs."""
    return expected_seconds(order.plan, order.station, learned_overhead(order.plan, data_root()))


def draw_positions(records: Sequence[Record], title: str) -> Figure:
    """Return the figure of a position scan, given as the runs that took it, oldest first."""
    return scan_figure(measured_of(records), title=title)


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
