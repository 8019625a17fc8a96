"""What a station file says that has no effect here, or should be said otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scantrail.station.ranges import THRESHOLDS

if TYPE_CHECKING:
    from scantrail.station.mocker import MockerConfig
    from scantrail.station.model import Station
    from scantrail.station.sampler import SamplerConfig
    from scantrail.station.sensors import SensorSection

_IDLE = {
    "a threshold scan counts for a time (duration) and always streams": (
        "mode",
        "events_per_file",
        "number_of_files",
        "stream_mode",
    ),
    "the files of a scan have fixed names": ("filename_prefix", "filename_suffix"),
}


def notices(station: Station) -> tuple[str, ...]:
    """Return the notices about a station, a sentence each, in the order of its sections."""
    found = list(_about_sampler(station.sampler))
    for name, sensor in station.sensors.items():
        found += _about_sensor(name, sensor)
    return (*found, *_about_mocker(station.mocker))


def _about_sampler(sampler: SamplerConfig) -> Iterator[str]:
    for reason, keys in _IDLE.items():
        if given := [key for key in keys if key in sampler.model_fields_set]:
            yield f"[sampler] {_listed(given)} no effect: {reason}."


def _about_sensor(name: str, sensor: SensorSection) -> Iterator[str]:
    if sensor.start_threshold is None or sensor.num_steps is None:
        return
    span, highest = sensor.span, THRESHOLDS[1]
    end = f"{span[-1]}" if span[-1] <= highest else f"{span[-1]}, clamped to {highest}"
    sentence = (
        f"[sensors.{name}] start_threshold and num_steps are deprecated; "
        f"they give {len(span)} points, {span[0]} to {end}"
    )
    middle, odd = span[len(span) // 2], len(span) % 2
    if odd and middle <= highest:
        yield f"{sentence}, as center = {middle}, nsteps = {len(span) // 2} would."
    else:
        yield f"{sentence}; write center and nsteps instead."


def _about_mocker(mocker: MockerConfig) -> Iterator[str]:
    given = mocker.model_fields_set
    if mocker.csv_path is None:
        if idle := [key for key in ("shuffle", "loop", "jitter") if key in given]:
            yield f"[mocker] {_listed(idle)} no effect without csv_path, the recording to replay."
    elif replaced := [key for key in ("ch1", "ch2", "ch3") if key in given]:
        yield f"[mocker] {_listed(replaced)} no effect: the recording csv_path is replayed instead."


def _listed(keys: Sequence[str]) -> str:
    return f"{keys[0]} has" if len(keys) == 1 else f"{', '.join(keys[:-1])} and {keys[-1]} have"
