"""A rig during one run: move to a point, measure it, record it, and leave everything safe."""

import logging
import math
import time
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from scantrail.daq.beam import BeamWatch
from scantrail.daq.clock import Clock
from scantrail.daq.collect import Collector
from scantrail.daq.columns import FAILURES, index_key, primary, setpoint_key
from scantrail.daq.columns import dimensions as dimension_keys
from scantrail.daq.gate import Gate
from scantrail.daq.manner import ATTEMPTS, Manner
from scantrail.daq.motion import Command, Mover
from scantrail.daq.pace import FIRST
from scantrail.daq.plans import ELAPSED, DarkScanConfig, ScanConfig
from scantrail.daq.readout import Readout
from scantrail.daq.rig import Axis, Rig, Source
from scantrail.errors import MotionError, ProtocolError, ReplyTimeout
from scantrail.readings import Reading, Scalar, all_numbers
from scantrail.runs import Point, RunWriter

_LOG = logging.getLogger(__name__)

Row = dict[str, Scalar | None]
Failed = list[tuple[Source, str]]
_VALUE = attrgetter("value")


class Bench:
    """One rig during one run. Nothing is recorded at a place that a motor did not reach."""

    def __init__(
        self,
        plan: ScanConfig,
        rig: Rig,
        run: RunWriter,
        standing: Mapping[str, float],
        collector: Collector,
        manner: Manner,
        clock: Clock,
    ) -> None:
        self._warned: set[str] = set()
        self._rig = rig
        self._run = run
        self._collector = collector
        self._manner = manner
        self._clock = clock
        self._mover = Mover(rig, standing)
        self._zero: float | None = None
        self._sources = rig.read_at_points
        self._axes = [(axis, axis.place, setpoint_key(axis.key)) for axis in rig.axes]
        self._devices: tuple[Source | Axis, ...] = (*self._sources, *rig.axes)
        self._keys = [device.key for device in self._devices]
        keys = dimension_keys(plan, rig) if len(plan.shape) > 1 else []
        self._grid = [index_key(axes[0]) for axes in keys]
        places = [(source.client, source.pv) for source in self._sources]
        self._readout = Readout(rig.team, places + [(axis.client, axis.readback) for axis in rig.axes], rig.deadline)
        self._armed = {
            client: [source.pv for source in rig.detectors if source.client == client]
            for client in dict.fromkeys(source.client for source in rig.detectors)
        }
        self._gate, self._each_point = self._shutter(plan)
        watch = rig.station.watch
        self._beam = BeamWatch(watch, rig.watch, rig, run) if watch and rig.watch else None
        run.safe("stop the motors", self._mover.stop)
        run.describe("primary", primary(plan, rig))

    def open(self) -> bool:
        """Open the shutter if it stays open for the whole scan; False for a request to stop."""
        return self._gate is None or self._each_point or self._gate.open(self._run.dwell)

    def move(self, point: Point) -> bool:
        """Move to a point, or wait until it is due; False for a request to stop, which stops the motors at once."""
        due = point.setpoints.get(ELAPSED)
        if due is not None and not self._axes:
            return self._wait_until(due)
        return self._mover.go(point.setpoints, self._run.dwell)

    def measure(self, point: Point) -> Row | None:
        """Count and read at a point; None for a request to stop at once, or while the beam is lost.

        Raises MotionError for a motor that is not there, ProtocolError for a detector that fails if that is to end the
        scan, LinkError, ReplyTimeout.
        """
        attempt = 1
        while True:
            if not self._expose(point.dwell):
                return None
            row, failed = self._read(point)
            if self._each_point and self._gate is not None:
                self._gate.close(self._run.dwell)
            if self._beam is not None and not self._beam.good(row[self._beam.key]):
                if not self._beam.wait(point.index, row[self._beam.key]):
                    return None
            elif failed and self._manner.on_error == "retry" and attempt < ATTEMPTS:
                attempt += 1
            else:
                if failed:
                    self._report(point, failed)
                return row

    def record(self, point: Point, row: Row) -> None:
        """Write a row to the journal. Raises JournalWriteError, and whatever the caller's hook raises."""
        time = self._clock.now()
        self._run.event("primary", row, time)
        self._collector.add(row, time)
        if self._manner.point is not None:
            self._manner.point(self._run, point, row)

    def go_back(self, setpoints: Mapping[str, float]) -> None:
        """Move to where a relative scan began."""
        self._mover.go(setpoints, self._run.dwell)

    # --- how ----------------------------------------------------------------------------------------------------------

    def _shutter(self, plan: ScanConfig) -> tuple[Gate | None, bool]:
        shutter, config = self._rig.shutter, self._rig.station.shutter
        if shutter is None or config is None or isinstance(plan, DarkScanConfig):
            return None, False
        gate = Gate(shutter, self._rig.deadline)
        self._run.safe("close the shutter", gate.make_safe)
        return gate, config.policy == "point"

    def _wait_until(self, due: float) -> bool:
        if self._zero is None:
            self._zero = time.monotonic() - due
        while (left := self._zero + due - time.monotonic()) > 0:
            if self._run.wait(left) != "go":
                return False
        return True

    def _expose(self, dwell: float) -> bool:
        """Count for `dwell` [s], through an open shutter; False for a request to stop at once."""
        if self._each_point and self._gate is not None and not self._gate.open(self._run.dwell):
            return False
        team, armed = self._rig.team, self._armed
        self._began = time.monotonic()
        team.arm(armed, dwell)
        command: Command = self._run.dwell(dwell)
        while command != "halt" and not team.ready(armed):
            if time.monotonic() - self._began > dwell + self._rig.deadline:
                names = ", ".join(source.pv for source in self._rig.detectors)
                raise ReplyTimeout(f"{names}: no end of a count of {dwell:g} s after {dwell + self._rig.deadline:g} s")
            command = self._run.dwell(FIRST)
        return command != "halt"

    def _read(self, point: Point) -> tuple[Row, Failed]:
        readings = self._readout()
        values: list[Any] = [*map(_VALUE, readings)]
        row: Row = dict(zip(self._keys, values, strict=True))
        failed = [] if all_numbers(values) else self._failures(readings, row)
        for (axis, place, sent), value in zip(self._axes, values[len(self._sources) :], strict=True):
            row[sent] = target = point.setpoints[place]
            if abs(value - target) > axis.tolerance(target):
                raise MotionError(
                    f"{axis.pv} is at {axis.at(value)} instead of {axis.at(target)}, where it was sent "
                    f"(tolerance {axis.at(axis.tolerance(target))})"
                )
        row["point"] = point.index
        if self._zero is not None:
            row[ELAPSED], row[setpoint_key(ELAPSED)] = self._began - self._zero, point.setpoints[ELAPSED]
        if self._grid:
            row.update(zip(self._grid, point.grid, strict=True))
        return row, failed

    def _failures(self, readings: Sequence[Reading], row: Row) -> Failed:
        """Put None where a detector gave no number, and say why. Raises ProtocolError for a readback that is none."""
        failed: Failed = []
        for device, reading in zip(self._devices, readings, strict=True):
            if _is_number(reading.value):
                continue
            why = reading.error or f"{reading.value!r} is no number"
            if isinstance(device, Axis):
                raise ProtocolError(f"{device.readback} cannot be read: {why}")
            failed.append((device, why))
            row[device.key] = None
        return failed

    def _report(self, point: Point, failed: Failed) -> None:
        self._run.describe("failures", FAILURES)
        for source, error in failed:
            if source.key not in self._warned:
                _LOG.warning("%s gave no reading at point %d: %s", source.pv, point.index + 1, error)
            self._warned.add(source.key)
            row: Row = {"point": point.index, "detector": source.key, "pv": source.pv, "error": error}
            self._run.event("failures", row, self._clock.now())
        if self._manner.on_error == "abort":
            source, error = failed[0]
            raise ProtocolError(f"{source.pv} gave no reading at point {point.index + 1}: {error}")


def _is_number(value: Scalar | None) -> bool:
    return value is not None and not isinstance(value, str) and math.isfinite(value)
