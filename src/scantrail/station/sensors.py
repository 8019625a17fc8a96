"""[sensors.chN]: the channels of the detector and what their scans cover."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from scantrail.station.base import PV, Dac, Section, Steps, Text, refusal
from scantrail.station.ranges import CHANNELS, LABELS, THRESHOLDS


class SensorSection(Section):
    """One channel. Its scan covers `center` +- `nsteps` steps of `step_size`.

    The deprecated form covers `start_threshold` to `start_threshold + num_steps * step_size`, both ends included;
    `center` and `nsteps` then stand for nothing, and giving both forms is refused. `threshold` is None for "none".
    """

    id: Annotated[int, Field(ge=CHANNELS[0], le=CHANNELS[-1])] = Field(description="channel, 1-3")
    name: Text = Field(default="", description='name of the channel; default "chN"')
    label: Text = Field(default="", description='place of the channel; default "top", "mid", "btm"')
    center: Dac = Field(default=300, description="middle of the scan [DAC], 1-1023")
    nsteps: Steps = Field(default=10, description="steps on each side of the middle, 1-1022")
    step_size: Steps = Field(default=1, description="distance of two points [DAC], 1-1022")
    threshold: Dac | None = Field(default=None, description='threshold in use [DAC]: 1-1023, or "none"')
    start_threshold: Dac | None = Field(default=None, description="deprecated: first point of the scan [DAC], 1-1023")
    num_steps: Steps | None = Field(default=None, description="deprecated: steps after the first point, 1-1022")
    threshold_pv: PV | None = Field(default=None, description="PV that sets the threshold, on a control system")
    rate_pv: PV | None = Field(default=None, description="PV that counts the rate [1/s], on a control system")

    @property
    def span(self) -> range:
        """The thresholds of the scan [DAC], ascending, as they are before the ends of the range clamp them."""
        if self.start_threshold is not None and self.num_steps is not None:
            first, steps = self.start_threshold, self.num_steps
        else:
            first, steps = self.center - self.nsteps * self.step_size, 2 * self.nsteps
        return range(first, first + steps * self.step_size + 1, self.step_size)

    @model_validator(mode="before")
    @classmethod
    def _named_after_the_channel(cls, section: Any) -> Any:  # noqa: ANN401 - unchecked input
        if not isinstance(section, Mapping) or section.get("id") not in CHANNELS:
            return section
        return {"name": f"ch{section['id']}", "label": LABELS[section["id"]], **section}

    @field_validator("threshold", mode="plain")
    @classmethod
    def _threshold(cls, value: object) -> int | None:
        lowest, highest = THRESHOLDS
        if value is None or value == "none":
            return None
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        raise refusal(f'must be "none" or a whole number {lowest}-{highest}')

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        old = [key for key in ("start_threshold", "num_steps") if getattr(self, key) is not None]
        new = [key for key in ("center", "nsteps") if key in self.model_fields_set]
        if len(old) == 1:
            other = "num_steps" if old == ["start_threshold"] else "start_threshold"
            raise refusal(f"needs {other} beside it, or center and nsteps in the place of both", old[0])
        if old and new:
            raise refusal("cannot stand beside start_threshold and num_steps; keep center and nsteps", new[0])
        return self


def with_channels(sections: object) -> object:
    """Return the table [sensors] with each section's `id` filled in from its name; without any, channels 1-3."""
    if not isinstance(sections, Mapping):
        return sections
    if not sections:
        return {f"ch{channel}": {"id": channel} for channel in CHANNELS}
    for name in sections:
        if not re.fullmatch("ch[1-3]", str(name)):
            raise refusal("is not a channel; the sections are [sensors.ch1], [sensors.ch2] and [sensors.ch3]", name)
    return {name: _with_id(name, section) for name, section in sections.items()}


def _with_id(name: str, section: object) -> object:
    return {"id": int(name.removeprefix("ch")), **section} if isinstance(section, Mapping) else section


def distinct(sensors: Mapping[str, SensorSection]) -> None:
    """Refuse two sections with one `id`, and a section whose `id` is not the channel in its name."""
    names: dict[int, str] = {}
    for name, sensor in sensors.items():
        if first := names.get(sensor.id):
            raise refusal(f"is the channel of [sensors.{first}] already", name, "id")
        names[sensor.id] = name
    for name, sensor in sensors.items():
        if name != f"ch{sensor.id}":
            raise refusal(f"must be the channel of its section, {name.removeprefix('ch')}", name, "id")
