"""Dark readings: what detectors read behind a closed shutter, as a run of its own."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from scantrail.acquire.order import Opened, Order
from scantrail.acquire.outcome import Outcome
from scantrail.acquire.positions import position_outcome, setting_of
from scantrail.acquire.rig import clients
from scantrail.acquire.verdict import Family, Verdict
from scantrail.daq import (
    Client,
    Gate,
    ScanConfig,
    Shutter,
    attempt,
    dark_results,
    detector_places,
    measured_of,
    scan_figure,
)
from scantrail.errors import ControlError, InputError
from scantrail.runs import Record, RunWriter
from scantrail.station import Station

_LOG = logging.getLogger(__name__)


def take_dark(order: Order[ScanConfig], opened: Opened) -> Outcome:
    """Close the shutter, take the readings, and leave the shutter as it was found.

    Nothing is read before its status says that it is closed. Raises as `attempt` does.
    """
    station = _without_policy(order.station)
    with clients(order.plan, station) as (client, others):
        reach = {order.station.beamline.url: client, **others}
        places = [(reach[url], pv) for url, pv in detector_places(order.plan, station).values()]
        darkness = _Darkness(_shutter(client, order.station), places, order.station.beamline.timeout)
        manner = replace(order.manner, before=darkness.make)
        setting = replace(setting_of(order, opened), station=station)
        return position_outcome(attempt(order.plan, client, setting, others=others, manner=manner), order)


def judge_dark(records: Sequence[Record], *, family: Family | None, title: str) -> Verdict:
    """Return the mean of each detector without beam. Raises InputError for a family, a model of threshold scans."""
    if family is not None:
        raise InputError("a family is a model of threshold scans; dark readings have none")
    measured = measured_of(records)
    results = dark_results(measured)
    return Verdict(
        results=results,
        sentences=[result.sentence for result in results],
        answered=all(result.value is not None for result in results),
        figure=scan_figure(measured, title=title),
        notes=measured.notes,
    )


class _Darkness:
    """The shutter, closed for as long as a run lasts.

    detectors: client and PV of each; deadline: how long the shutter may take to move, and a reply to come [s].
    """

    def __init__(self, shutter: Shutter, detectors: Sequence[tuple[Client, str]], deadline: float) -> None:
        self._shutter = shutter
        self._detectors = detectors
        self._deadline = deadline
        self._gate = Gate(shutter, deadline)
        self._opens = False

    def make(self, run: RunWriter) -> None:
        """Close the shutter until its status says so, and let go of what was counted before. Raises ControlError.

        However the run ends, the shutter is then left as it was found; one that was opened meanwhile spoils the run.
        """
        self._opens = self._shutter.is_open()
        run.safe("leave the shutter as it was", self._end)
        self._gate.close(run.dwell)
        for client, pv in self._detectors:  # a detector that counts all the time has some beam in its next reading
            client.read([pv], self._deadline)

    def _end(self) -> None:
        disturbed = self._shutter.is_open()
        if self._opens and not disturbed:
            self._gate.open(_sleep)
        if disturbed:
            raise ControlError("the shutter was opened during the readings, so they are not dark")


def _shutter(client: Client, station: Station) -> Shutter:
    names = station.shutter.model_dump(include={"status_pv", "cmd_pv"}) if station.shutter else {}
    return Shutter(**names, client=client)


def _without_policy(station: Station) -> Station:
    """Return the station with a shutter that no scan opens."""
    if station.shutter is None:
        return station
    return station.model_copy(update={"shutter": station.shutter.model_copy(update={"policy": "leave"})})


def _sleep(seconds: float) -> Literal["go"]:
    time.sleep(seconds)
    return "go"
