"""Devices built from the station file."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from scantrail.station import Station
from scantrail.threshold import CountingDetector, Device, HaniwersConfig, RandomMocker, remember


@dataclass(frozen=True, slots=True)
class RigOptions:
    """How the hardware is opened where the station file does not say. mock: the simulated detector in this process.

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


@contextmanager
def counting_detector(station: Station, options: RigOptions) -> Iterator[CountingDetector]:
    """Connect the station's counting detector, simulated if asked for; disconnected on leaving.

    Raises PortNotFound, PortBusy, LinkError, ReplyTimeout.
    """
    config = HaniwersConfig.from_station(station)
    if options.mock:
        device: Device = RandomMocker(config, seed=options.seed, speed=options.speed)
    else:
        speed = config.mocker.speed if options.speed is None else options.speed
        device = Device(config.device, speed=speed, on_confirmed=remember)
    with device:
        yield device
