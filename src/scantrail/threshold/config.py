"""What threshold scans take from the station file: the detector, the counting, the channels and their thresholds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import Field, ValidationError, field_validator

from scantrail.errors import InputError
from scantrail.station import (
    THRESHOLDS,
    DeviceConfig,
    MockerConfig,
    SamplerConfig,
    Section,
    SensorSection,
    Station,
    explain,
    load_station,
)
from scantrail.threshold.channels import parse_per_channel, parse_thresholds

__all__ = [
    "ConfigLoader",
    "DeviceConfig",
    "HaniwersConfig",
    "MockerConfig",
    "SamplerConfig",
    "SensorConfig",
    "parse_per_channel",
    "parse_thresholds",
]

_Section = TypeVar("_Section", bound=Section)


class SensorConfig(SensorSection):
    """One channel and the thresholds of its scan."""

    def threshold_range(self) -> list[int]:
        """Return the thresholds of the scan [DAC], ascending, clamped to 1-1023 with the repeats kept.

        `center + k * step_size` for k = -nsteps .. nsteps, 2 nsteps + 1 values; in the deprecated form
        `start_threshold + k * step_size` for k = 0 .. num_steps.
        """
        lowest, highest = THRESHOLDS
        return [min(max(threshold, lowest), highest) for threshold in self.span]


class HaniwersConfig(Section):
    """All that a threshold scan needs to know; `sensors` are the channels to scan, keyed "chN", `idle` all others."""

    device: DeviceConfig = DeviceConfig()
    sampler: SamplerConfig = SamplerConfig()
    sensors: dict[str, SensorConfig] = Field(
        default_factory=lambda: _sensors(Station().sensors), description="channels to scan"
    )
    mocker: MockerConfig = MockerConfig()
    idle: dict[str, SensorConfig] = Field(default={}, description="channels not to scan")

    @property
    def thresholds_in_use(self) -> dict[int, int]:
        """The `threshold` of each channel that has one [DAC], scanned or not."""
        return {sensor.id: sensor.threshold for sensor in self._known.values() if sensor.threshold is not None}

    @property
    def _known(self) -> dict[int, SensorConfig]:
        return {sensor.id: sensor for sensor in (*self.idle.values(), *self.sensors.values())}

    @field_validator("sensors")
    @classmethod
    def _one_sensor_a_channel(cls, sensors: dict[str, SensorConfig]) -> dict[str, SensorConfig]:
        if len({sensor.id for sensor in sensors.values()}) < len(sensors):
            raise ValueError("each sensor needs an id of its own")
        return sensors

    @classmethod
    def from_toml(cls, path: Path | str) -> Self:
        """Return the configuration in a station file; raises ConfigError."""
        return cls.from_station(load_station(path))

    @classmethod
    def from_station(cls, station: Station) -> Self:
        """Return the configuration of a station: all its sensors, in the order of their channels."""
        return cls(
            device=station.device, sampler=station.sampler, sensors=_sensors(station.sensors), mocker=station.mocker
        )

    def with_options(
        self,
        *,
        thresholds: str | None = None,
        nsteps: str | None = None,
        step: str | None = None,
        duration: float | None = None,
        suppress_threshold: int | None = None,
        max_retry: int | None = None,
        workspace: Path | None = None,
        speed: float | None = None,
        seed: int | None = None,
    ) -> Self:
        """Return the configuration with the command line's options in it; None leaves what stands.

        thresholds: "1:200;2:300", centres [DAC] of exactly the channels to scan. nsteps, step [DAC]: one for all, or
        "1:8;2:10". duration: dwell [s]. suppress_threshold [DAC], max_retry and workspace as in [sampler], speed and
        seed as in [mocker]. Raises InputError that names the option.
        """
        sampler = _changed(
            self.sampler,
            duration=duration,
            suppress_threshold=suppress_threshold,
            max_retry=max_retry,
            workspace=workspace,
        )
        mocker = _changed(self.mocker, speed=speed, seed=seed)
        centres = {} if thresholds is None else parse_thresholds(thresholds)
        known = self._known
        channels = sorted(centres or (sensor.id for sensor in self.sensors.values()))
        counts = {} if nsteps is None else parse_per_channel(nsteps, channels, "--nsteps")
        sizes = {} if step is None else parse_per_channel(step, channels, "--step")
        sensors = {
            f"ch{channel}": _rescanned(
                known.get(channel) or SensorConfig(id=channel),
                centres.get(channel),
                counts.get(channel),
                sizes.get(channel),
            )
            for channel in channels
        }
        idle = {f"ch{channel}": sensor for channel, sensor in known.items() if channel not in channels}
        return self.model_copy(update={"sampler": sampler, "sensors": sensors, "mocker": mocker, "idle": idle})


class ConfigLoader:
    """The configuration in force: `path`, else what `scantrail.station.find_station` finds, else the defaults."""

    def __init__(self, path: Path | str | None = None) -> None:
        """Load it; raises ConfigError."""
        self.config = HaniwersConfig.from_station(load_station(path))


def _sensors(sections: Mapping[str, SensorSection]) -> dict[str, SensorConfig]:
    ordered = sorted(sections.items(), key=lambda item: item[1].id)
    return {name: SensorConfig.model_validate(section.model_dump(exclude_unset=True)) for name, section in ordered}


def _rescanned(sensor: SensorConfig, center: int | None, nsteps: int | None, step: int | None) -> SensorConfig:
    """Return the sensor with what the command line gives of its scan."""
    given = {"center": center, "nsteps": nsteps, "step_size": step}
    changes: dict[str, int | None] = {key: value for key, value in given.items() if value is not None}
    if sensor.start_threshold is not None and (center is not None or nsteps is not None):
        if center is None or nsteps is None:
            raise InputError(
                f"[sensors.{sensor.name}] gives channel {sensor.id} start_threshold and num_steps, which --thresholds "
                "and --nsteps replace only together; give both"
            )
        changes |= {"start_threshold": None, "num_steps": None}
    return SensorConfig.model_validate({**sensor.model_dump(exclude_unset=True), **changes})


def _changed(section: _Section, **options: Any) -> _Section:  # noqa: ANN401 - values not yet checked
    """Return the section with the options that are given; raises InputError that names the option."""
    changes = {key: value for key, value in options.items() if value is not None}
    try:
        return type(section).model_validate({**section.model_dump(exclude_unset=True), **changes})
    except ValidationError as error:
        wrong = explain(error, type(section))[0]
        raise InputError(f"--{wrong.path[-1].replace('_', '-')} {wrong.complaint}") from error
