"""Find what a plan needs: every device by its name in the station file or by its PV, each on its control system."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from scantrail.daq.client import Client
from scantrail.daq.device import Shutter
from scantrail.daq.plans import DarkScanConfig, ScanConfig, data_key
from scantrail.daq.rig import READBACK, Axis, Rig, Source
from scantrail.daq.team import Team
from scantrail.errors import InputError, UnknownPV
from scantrail.links import nearest
from scantrail.readings import Column
from scantrail.station import DetectorConfig, MotorConfig, Station

C = TypeVar("C", MotorConfig, DetectorConfig)

ROLES = {"i0": "i0", "it": "itrans", "if": "ifluor"}
"""What detectors measure whose names end in such a word."""


def links_needed(plan: ScanConfig, station: Station, baseline: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the addresses that a plan and what is read around it need besides the beamline's own.

    As the station file spells them; baseline: names or PVs, by default what the station file says.
    """
    around = baseline or station.baseline.pvs
    motors = [named(name, station.motors)[1] for name in plan.motors]
    detectors = [named(name, station.detectors)[1] for name in (*plan.detectors, *around)]
    standing = [station.motors.get(name) for name in around]
    urls = (config.url for config in (*motors, *detectors, *standing) if config is not None)
    return tuple(dict.fromkeys(url for url in urls if url not in (None, station.beamline.url)))


def survey(
    plan: ScanConfig,
    client: Client,
    station: Station,
    *,
    others: Mapping[str, Client] | None = None,
    baseline: Sequence[str] = (),
) -> Rig:
    """Return the rig of a plan: `client` is the beamline's, `others` by the addresses in the station file.

    Asks each control system once what it knows of its PVs. Raises UnknownPV with the nearest names, InputError for a
    device given twice or without a client, LinkError, ReplyTimeout.
    """
    given = {} if others is None else dict(others)
    finder = _Finder(station, (client.url, *given))
    rig = Rig(
        Team((client, *given.values())),
        station,
        tuple(finder.axis(name) for name in plan.motors),
        tuple(finder.source(name) for name in plan.detectors),
        finder.source(station.watch.pv, "watch") if station.watch else None,
        tuple(finder.around(name) for name in baseline or station.baseline.pvs),
        _shutter(plan, client, station),
    )
    try:
        refuse_twins(rig)
        return _described(rig)
    except BaseException:
        rig.team.close()
        raise


class _Finder:
    def __init__(self, station: Station, urls: Sequence[str]) -> None:
        self._station = station
        self._urls = urls

    def axis(self, name: str) -> Axis:
        key, config = named(name, self._station.motors)
        return Axis(
            name, key, config.pv if config else name, self._client(name, config.url if config else None), config
        )

    def source(self, name: str, role: str | None = None) -> Source:
        key, config = named(name, self._station.detectors)
        column = Column("", None, "number", role or role_of(key))
        pv, client = config.pv if config else name, self._client(name, config.url if config else None)
        return Source(name, key, pv, client, column, config)

    def around(self, name: str) -> Source:
        """Return what is read before and after a scan: a motor by its name in the station file is its readback."""
        motor = self._station.motors.get(name)
        if motor is None:
            return self.source(name, "baseline")
        column = Column("", motor.units, "number", "baseline")
        return Source(name, name, f"{motor.pv}{READBACK}", self._client(name, motor.url), column)

    def _client(self, name: str, url: str | None) -> int:
        if url is None or url == self._station.beamline.url:
            return 0
        if url not in self._urls:
            raise InputError(f"{name} is reached through {url}, and no client is connected to that address")
        return self._urls.index(url)


def named(name: str, section: Mapping[str, C]) -> tuple[str, C | None]:
    """Return the data key of a device, and its section if the station knows its name or its PV."""
    if name in section:
        return name, section[name]
    known = ((key, config) for key, config in section.items() if config.pv == name)
    return next(known, (data_key(name), None))


def role_of(key: str) -> str:
    """Return what a detector measures, by the last word of its name."""
    return ROLES.get(key.rpartition(":")[2].casefold(), "counts")


def _shutter(plan: ScanConfig, client: Client, station: Station) -> Shutter | None:
    """Return the shutter that a scan operates; dark readings close the usual one where the station names none."""
    if not isinstance(plan, DarkScanConfig) and (station.shutter is None or station.shutter.policy == "leave"):
        return None
    names = station.shutter.model_dump(include={"status_pv", "cmd_pv"}) if station.shutter else {}
    return Shutter(**names, client=client)


def refuse_twins(rig: Rig) -> None:
    """Refuse a device that is given twice, by its name and by its PV, or two that would share a column."""
    groups: tuple[tuple[str, Sequence[Axis | Source]], ...] = (("motor", rig.axes), ("detector", rig.detectors))
    for what, devices in groups:
        seen: dict[tuple[int, str], str] = {}
        for device in devices:
            twin = seen.setdefault((device.client, device.pv), device.name)
            if twin != device.name:
                raise InputError(f"{twin} and {device.name} are the same {what}; give it once")
    keys = [axis.key for axis in rig.axes] + [source.key for source in rig.read_at_points]
    if twins := next((key for key in keys if keys.count(key) > 1), None):
        raise InputError(f"two devices of this scan would share the column {twins}; give one of them another name")


def _described(rig: Rig) -> Rig:
    """Return the rig with what each control system knows of its PVs, and the station's word on units and limits."""
    wanted = [dict.fromkeys(pv for client, pv in _pvs(rig) if client == i) for i in range(len(rig.team.clients))]
    asked = [i for i, pvs in enumerate(wanted) if pvs]
    try:
        answers = rig.team.each(asked, lambda i: rig.team.clients[i].describe(list(wanted[i])))
    except UnknownPV as error:
        raise _explained(error, rig) from None
    known = dict(zip(asked, answers, strict=True))

    def axis(axis: Axis) -> Axis:
        found = known[axis.client][axis.readback]._replace(role="axis")
        if axis.config is not None:
            units, limits = axis.config.units or found.units, axis.config.limits or found.limits
            found = found._replace(units=units, limits=limits)
        return replace(axis, column=found)

    def source(source: Source) -> Source:
        found = known[source.client][source.pv]._replace(role=source.column.role)
        units = source.config.units if source.config else source.column.units
        return replace(source, column=found._replace(units=units or found.units, limits=None))

    return replace(
        rig,
        axes=tuple(map(axis, rig.axes)),
        detectors=tuple(map(source, rig.detectors)),
        watch=source(rig.watch) if rig.watch else None,
        baseline=tuple(map(source, rig.baseline)),
    )


def _explained(error: UnknownPV, rig: Rig) -> UnknownPV:
    """Return the error with what the user may have meant: a name of the station file, or another motor."""
    told = str(error)
    if (axis := next((axis for axis in rig.axes if f'"{axis.readback}"' in told), None)) is not None:
        error = UnknownPV(f"{axis.name} is no motor: {told}", error.code, error.nearest)
    named_by_user: tuple[Axis | Source, ...] = (*rig.axes, *rig.read_at_points, *rig.baseline)
    for device in named_by_user:
        if device.config is None and f'"{device.pv}"' in told:
            if close := nearest(device.name, (*rig.station.motors, *rig.station.detectors)):
                error.add_note(f"The station file has {', '.join(close)}.")
            break
    return error


def _pvs(rig: Rig) -> Iterator[tuple[int, str]]:
    for axis in rig.axes:
        yield axis.client, axis.pv
        yield axis.client, axis.readback
    for source in (*rig.read_at_points, *rig.baseline):
        yield source.client, source.pv
    if rig.shutter is not None:
        yield 0, rig.shutter.status_pv
        yield 0, rig.shutter.cmd_pv
