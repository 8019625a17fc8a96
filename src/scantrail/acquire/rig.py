"""Devices built from the station file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from typing import Any, cast

from scantrail.daq import Client, PVDetector, ScanConfig, links_needed
from scantrail.errors import ConfigError
from scantrail.links import connect, devices_of
from scantrail.station import CHANNELS, SensorSection, Station
from scantrail.threshold import CountingDetector, Device, HaniwersConfig, RandomMocker

SIMULATED = "sim://"
"""Address of a simulated beamline in this process, a new one for every connection."""


@dataclass(frozen=True, slots=True)
class RigOptions:
    """How a counting detector is opened where the station file does not say. mock: the simulated one in this process.

    speed: seconds of the detector's clock in one of ours, None for the station's; seed: of the simulator.
    """

    mock: bool = False
    speed: float | None = None
    seed: int | None = None

    def document(self) -> dict[str, Any]:
        """Return the options as JSON-safe values for a start document."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "RigOptions":
        """Bring the options back from a start document, which may hold other keys beside them."""
        return cls(**{key: document[key] for key in ("mock", "speed", "seed") if key in document})


# --- control systems --------------------------------------------------------------------------------------------------


def at_address(station: Station, url: str) -> Station:
    """Return the station with its beamline at another address."""
    return station.model_copy(update={"beamline": station.beamline.model_copy(update={"url": url})})


def simulated(station: Station) -> Station:
    """Return the station with all its devices on one simulated beamline in this process."""
    here: dict[str, Any] = {
        section: {name: device.model_copy(update={"url": None}) for name, device in getattr(station, section).items()}
        for section in ("motors", "detectors")
    }
    return at_address(station.model_copy(update=here), SIMULATED)


@contextmanager
def clients(
    plan: ScanConfig, station: Station, baseline: Sequence[str] = ()
) -> Iterator[tuple[Client, dict[str, Client]]]:
    """Connect the beamline and whatever else the plan and its baseline need, by address; disconnected on leaving.

    Raises InputError for an address that is none, LinkError, ReplyTimeout.
    """
    with ExitStack() as stack:

        def connected(url: str) -> Client:
            return stack.enter_context(closing(connect(url, station.beamline.timeout, devices_of(station, url))))

        yield connected(station.beamline.url), {url: connected(url) for url in links_needed(plan, station, baseline)}


# --- counting detectors -----------------------------------------------------------------------------------------------


def counted_channels(station: Station, options: RigOptions) -> tuple[int, ...]:
    """Return the channels that the station's counting detector has. Raises ConfigError for half a pair of PVs."""
    return tuple(sensor.id for sensor in _over_pvs(station, options)) or CHANNELS


def over_control_system(station: Station, options: RigOptions) -> bool:
    """Tell whether the counting detector is made of PVs. Raises ConfigError for half a pair of PVs."""
    return bool(_over_pvs(station, options))


def clock_speed(station: Station, options: RigOptions) -> float:
    """Return how many seconds of the detector's clock pass in one of ours."""
    if over_control_system(station, options):
        return PVDetector.speed
    return station.mocker.speed if options.speed is None else options.speed


@contextmanager
def counting_detector(station: Station, options: RigOptions) -> Iterator[CountingDetector]:
    """Connect the station's counting detector; disconnected on leaving.

    That is the simulated one if asked for, else the PVs of [sensors], else the one on the serial port. Raises
    PortNotFound, PortBusy, LinkError, ReplyTimeout, UnknownPV, ConfigError.
    """
    if sensors := _over_pvs(station, options):
        with _pv_detector(station, sensors) as counting:
            yield counting
        return
    config = HaniwersConfig.from_station(station)
    speed = clock_speed(station, options)
    if options.mock:
        device: Device = RandomMocker(config, seed=options.seed, speed=options.speed)
    else:
        device = Device(config.device, speed=speed)
    with device:
        yield device


@contextmanager
def _pv_detector(station: Station, sensors: list[SensorSection]) -> Iterator[CountingDetector]:
    thresholds = {sensor.id: str(sensor.threshold_pv) for sensor in sensors}
    rates = {sensor.id: str(sensor.rate_pv) for sensor in sensors}
    timeout = station.beamline.timeout
    with closing(connect(station.beamline.url, timeout)) as client:
        client.describe([*thresholds.values(), *rates.values()])
        detector = PVDetector(client, thresholds, rates, deadline=timeout)
        detector.look()
        # it does what a counting detector does; its results have the same names in a room that does not know this one
        yield cast("CountingDetector", detector)


def _over_pvs(station: Station, options: RigOptions) -> list[SensorSection]:
    """Return the channels that are PVs of a control system, none for a detector on a serial port or a simulated one."""
    if options.mock:
        return []
    sensors = sorted(station.sensors.values(), key=lambda sensor: sensor.id)
    paired = [sensor for sensor in sensors if sensor.threshold_pv and sensor.rate_pv]
    for sensor in sensors:
        if sensor not in paired and (paired or sensor.threshold_pv or sensor.rate_pv):
            missing = "rate_pv" if sensor.threshold_pv else "threshold_pv"
            raise ConfigError(
                f"[sensors.ch{sensor.id}] has no {missing}; on a control system every channel needs threshold_pv and "
                "rate_pv"
            )
    return paired
