"""The whole plan against the rig, before anything moves."""

import math

from scantrail.daq.bragg import bragg_angle
from scantrail.daq.derived import missing_columns, refuse_formulas
from scantrail.daq.plans import PositionScanConfig, ScanConfig, XAFSScanConfig
from scantrail.daq.readout import Readout
from scantrail.daq.rig import UNKNOWN, Axis, Rig
from scantrail.daq.survey import named
from scantrail.daq.team import Team
from scantrail.errors import InputError, ProtocolError
from scantrail.station import Station


def standing(rig: Rig) -> dict[str, float]:
    """Return where each motor stands by its readback, keyed as in `Point.setpoints`; one round trip.

    Raises ProtocolError for a readback that cannot be read, LinkError, ReplyTimeout.
    """
    readings = Readout(rig.team, [(axis.client, axis.readback) for axis in rig.axes], rig.deadline)()
    found = {}
    for axis, reading in zip(rig.axes, readings, strict=True):
        value = reading.value
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise ProtocolError(f"{axis.readback} cannot be read: {reading.error or f'{value!r} is no number'}")
        found[axis.place] = float(value)
    return found


def anchored(plan: ScanConfig, positions: dict[str, float]) -> ScanConfig:
    """Return a relative plan with the place it counts from; any other as it is."""
    if not isinstance(plan, PositionScanConfig) or not plan.relative or plan.origin is not None:
        return plan
    return type(plan).model_validate({**plan.model_dump(), "origin": tuple(positions.values())})


def check(plan: ScanConfig, rig: Rig) -> list[str]:
    """Check every point against the limits of its motors; return what a user should know, a sentence each.

    Raises InputError naming the first point that cannot be reached.
    """
    total = math.prod(plan.shape)
    bounds = [(axis, axis.place, *(axis.column.limits or (-math.inf, math.inf))) for axis in rig.axes]
    for point in plan.points():
        for axis, place, low, high in bounds:
            target = point.setpoints[place]
            if not (low <= target <= high and math.isfinite(target)):
                raise InputError(_beyond(axis, target, f"point {point.index + 1} of {total}"))
    return [*plan.notices, *_angles(plan, rig)]


def check_without_hardware(plan: ScanConfig, station: Station) -> list[str]:
    """As `check`, with the limits that stand in the station file, and its formulas.

    A relative scan is known once its motors are asked. Raises InputError naming the first point that cannot be reached,
    or what is no formula.
    """
    refuse_formulas(station)
    doubts = missing_columns(plan, station)
    if isinstance(plan, PositionScanConfig) and plan.relative and plan.origin is None:
        return [*plan.notices, *doubts]
    rig = Rig(Team(()), station, tuple(_on_paper(name, station) for name in plan.motors), ())
    return [*check(plan, rig), *doubts]


def _on_paper(name: str, station: Station) -> Axis:
    key, config = named(name, station.motors)
    if config is None:
        return Axis(name, key, name, 0)
    return Axis(name, key, config.pv, 0, config, UNKNOWN._replace(units=config.units, limits=config.limits))


def _beyond(axis: Axis, target: float, where: str) -> str:
    low, high = axis.column.limits or (-math.inf, math.inf)
    return f"{where} would send {axis.name} to {axis.at(target)}; its limits are {low:g} to {axis.at(high)}"


def _angles(plan: ScanConfig, rig: Rig) -> list[str]:
    """Tell where an energy scan leaves the crystal's angles."""
    crystal = rig.station.crystal
    if crystal is None or not isinstance(plan, XAFSScanConfig):
        return []
    low, high = crystal.angle_limits or (0.0, 90.0)
    notices = []
    for energy in (float(plan.generate_energies()[0]), float(plan.generate_energies()[-1])):
        theta = bragg_angle(energy, crystal.d_spacing)
        if theta is None or not low <= theta <= high:
            told = "cannot be reached at all" if theta is None else f"needs a Bragg angle of {theta:.3f} deg"
            notices.append(f"{energy:g} eV {told} with {crystal.name}, whose range is {low:g} to {high:g} deg")
    return notices
