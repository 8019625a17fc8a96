"""Plans of threshold scans: which thresholds at which point. Pure; nothing here touches a detector."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, Self

from scantrail.errors import InputError
from scantrail.runs import Point
from scantrail.station import CHANNELS
from scantrail.threshold.config import HaniwersConfig, SensorConfig
from scantrail.threshold.validator import validate_threshold_ranges
from scantrail.threshold.writer import RETRY_SPACING

Direction = Literal["up", "down"]


def threshold_key(channel: int) -> str:
    """Return the data key of a channel's threshold."""
    return f"ch{channel}_threshold"


def counts_key(channel: int) -> str:
    """Return the data key of a channel's counts."""
    return f"ch{channel}_counts"


@dataclass(frozen=True, slots=True)
class ChannelSteps:
    """One channel's part of a scan. thresholds [DAC] in scan order."""

    channel: int
    name: str
    label: str
    thresholds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ThresholdPlan:
    """What both kinds of threshold scan need to know.

    dwell and settle in seconds of the detector's clock; suppress: threshold [DAC] that silences a channel;
    max_retry: attempts at a write in all; retry_spacing [s] between them; detector: every channel there is; rest: for
    each of them the threshold [DAC] to leave it at where none was known before.
    """

    steps: tuple[ChannelSteps, ...]
    dwell: float
    settle: float
    suppress: int
    detector: tuple[int, ...] = CHANNELS
    max_retry: int = 3
    retry_spacing: float = RETRY_SPACING
    rest: tuple[int | None, ...] = ()
    notices: tuple[str, ...] = ()

    kind: ClassVar[str] = ""

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels scanned, in scan order."""
        return tuple(steps.channel for steps in self.steps)

    @property
    def shape(self) -> tuple[int, ...]:
        """Points along the one dimension of the scan."""
        return (sum(1 for _ in self.points()),)

    @property
    def duration(self) -> float:
        """Expected length [s], without the few milliseconds that writes take."""
        return sum(point.dwell + self.settle for point in self.points())

    def points(self) -> Iterator[Point]:
        """Yield the points in the order of acquisition."""
        yield from ()

    def thresholds(self, point: Point) -> dict[int, int]:
        """Return the thresholds [DAC] of a point by channel."""
        keys = {channel: threshold_key(channel) for channel in self.detector}
        return {channel: int(point.setpoints[key]) for channel, key in keys.items() if key in point.setpoints}

    def scanned(self, point: Point) -> tuple[int, ...]:
        """Return the channels that are scanned at a point."""
        return self.channels

    def document(self) -> dict[str, Any]:
        """Return the plan as JSON-safe values."""
        return {"type": self.kind, **asdict(self)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Bring a plan back from its `document()`."""
        fields = {key: value for key, value in document.items() if key != "type"}
        steps = tuple(ChannelSteps(**{**entry, "thresholds": tuple(entry["thresholds"])}) for entry in fields["steps"])
        listed = {key: tuple(fields[key]) for key in ("detector", "rest", "notices")}
        return cls(**{**fields, **listed, "steps": steps})


@dataclass(frozen=True, slots=True)
class SerialPlan(ThresholdPlan):
    """One channel after the other over its own thresholds, all the others suppressed."""

    kind: ClassVar[str] = "threshold_serial"

    def points(self) -> Iterator[Point]:
        """Yield each channel's points in turn; grid is (channel's place, step)."""
        index = 0
        for place, steps in enumerate(self.steps):
            quiet = {threshold_key(channel): self.suppress for channel in self.detector}
            for step, threshold in enumerate(steps.thresholds):
                yield Point(index, {**quiet, threshold_key(steps.channel): threshold}, self.dwell, (place, step))
                index += 1

    def scanned(self, point: Point) -> tuple[int, ...]:
        """Return the one channel whose turn it is at a point."""
        return (self.channels[point.grid[0]],)


@dataclass(frozen=True, slots=True)
class ParallelPlan(ThresholdPlan):
    """All channels step together: one window serves them all. Every channel has the same number of steps."""

    kind: ClassVar[str] = "threshold_parallel"

    def points(self) -> Iterator[Point]:
        """Yield one point a step; grid is (step,)."""
        for step, thresholds in enumerate(zip(*(steps.thresholds for steps in self.steps), strict=True)):
            keys = (threshold_key(channel) for channel in self.channels)
            yield Point(step, dict(zip(keys, thresholds, strict=True)), self.dwell, (step,))


def serial_plan(
    config: HaniwersConfig,
    *,
    max_retry: int | None = None,
    direction: Direction = "up",
    detector: Sequence[int] = CHANNELS,
) -> SerialPlan:
    """Plan a serial scan of the configured sensors; thresholds that clamping repeats are measured once, with a notice.

    Raises InputError.
    """
    steps, notices = [], []
    for sensor in config.sensors.values():
        values = sensor.threshold_range()
        once = list(dict.fromkeys(values))
        if len(once) < len(values):
            notices.append(
                f"channel {sensor.id}: {len(values) - len(once)} of {len(values)} thresholds lie outside 1-1023 "
                f"and are left out; {len(once)} remain"
            )
        steps.append(_steps(sensor, once, direction))
    return SerialPlan(tuple(steps), **_common(config, steps, detector, max_retry), notices=tuple(notices))


def parallel_plan(
    config: HaniwersConfig,
    *,
    max_retry: int | None = None,
    direction: Direction = "up",
    detector: Sequence[int] = CHANNELS,
) -> ParallelPlan:
    """Plan a parallel scan of the configured sensors; clamped thresholds stay, so that the lock step stays.

    Raises UnequalStepsError if the channels differ in their number of steps, InputError.
    """
    validate_threshold_ranges(config.sensors, scan_type="parallel")
    steps = [_steps(sensor, sensor.threshold_range(), direction) for sensor in config.sensors.values()]
    return ParallelPlan(tuple(steps), **_common(config, steps, detector, max_retry))


def _steps(sensor: SensorConfig, values: Sequence[int], direction: Direction) -> ChannelSteps:
    ordered = sorted(values, reverse=direction == "down")
    return ChannelSteps(sensor.id, sensor.name, sensor.label, tuple(ordered))


def _common(
    config: HaniwersConfig, steps: Sequence[ChannelSteps], detector: Sequence[int], max_retry: int | None
) -> dict[str, Any]:
    unknown = [entry.channel for entry in steps if entry.channel not in detector]
    if unknown:
        raise InputError(f"channel {unknown[0]} is not one of the detector's channels {', '.join(map(str, detector))}")
    if not steps:
        raise InputError('no channel to scan: name one with --thresholds "1:300" or a [sensors.ch1] section')
    retry = config.sampler.max_retry if max_retry is None else max_retry
    if retry < 1:
        raise InputError(f"max_retry is {retry}; a write needs at least 1 attempt")
    return {
        "dwell": config.sampler.duration,
        "settle": config.device.settle,
        "suppress": config.sampler.suppress_threshold,
        "detector": tuple(detector),
        "max_retry": retry,
        "rest": tuple(config.thresholds_in_use.get(channel) for channel in detector),
    }
