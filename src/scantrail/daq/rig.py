"""What a plan is taken with: motors and detectors as found on their control systems, with what is known of each."""

from dataclasses import dataclass, field

from scantrail.daq.device import Shutter
from scantrail.daq.plans import data_key
from scantrail.daq.team import Team
from scantrail.daq.tolerance import tolerance_of, unit
from scantrail.readings import Column
from scantrail.station import DetectorConfig, MotorConfig, Station

MARGIN = 5.0
"""What a move may take beyond its distance at full speed [s]."""
PATIENCE = 60.0
"""What a move may take where the speed is not known [s]."""

READBACK = ".RBV"
"""What the PV of a motor's readback has behind that of its setpoint."""

UNKNOWN = Column("", None, "number", "")


@dataclass(frozen=True, slots=True)
class Axis:
    """A motor of a scan. name: as the plan calls it; key: in the journal; client: its index in the team.

    column: of its readback, with units and limits.
    """

    name: str
    key: str
    pv: str
    client: int
    config: MotorConfig | None = None
    column: Column = UNKNOWN

    @property
    def readback(self) -> str:
        """PV of its readback."""
        return f"{self.pv}{READBACK}"

    @property
    def place(self) -> str:
        """Its key in `Point.setpoints`."""
        return data_key(self.name)

    @property
    def settle(self) -> float:
        """How long to wait after it stopped [s]."""
        return self.config.settle if self.config else 0.0

    @property
    def backlash(self) -> float:
        """Overshoot before the final approach [units], negative from above; 0 for none."""
        return self.config.backlash if self.config else 0.0

    def tolerance(self, target: float) -> float:
        """Return the largest distance of readback and target [units]."""
        return tolerance_of(target, self.config.tolerance if self.config else None)

    def patience(self, distance: float | None) -> float:
        """Return how long a move over `distance` [units], None if not known, may take [s]."""
        speed = self.config.speed if self.config else None
        return PATIENCE if speed is None or distance is None else abs(distance) / speed + MARGIN

    def at(self, position: float) -> str:
        """Return a position with its unit, in words."""
        return f"{position:g}{unit(self.column.units)}"


@dataclass(frozen=True, slots=True)
class Source:
    """A PV that a scan reads. name: as the plan calls it; key: in the journal; client: its index in the team."""

    name: str
    key: str
    pv: str
    client: int
    column: Column = UNKNOWN
    config: DetectorConfig | None = None


@dataclass(frozen=True, slots=True)
class Rig:
    """Everything a scan touches. watch: the PV that tells whether there is beam; shutter: None if it is left alone."""

    team: Team
    station: Station
    axes: tuple[Axis, ...]
    detectors: tuple[Source, ...]
    watch: Source | None = None
    baseline: tuple[Source, ...] = field(default=())
    shutter: Shutter | None = None

    @property
    def deadline(self) -> float:
        """Longest wait for one reply [s]."""
        return self.station.beamline.timeout

    @property
    def read_at_points(self) -> tuple[Source, ...]:
        """What is read at every point besides readbacks: detectors, and the watched PV if it is none of them."""
        if self.watch is None or self.watch.key in {source.key for source in self.detectors}:
            return self.detectors
        return (*self.detectors, self.watch)
