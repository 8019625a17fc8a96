"""[watch]: the beam, and when it counts as lost."""

from typing import Self

from pydantic import Field, model_validator

from scantrail.station.base import PV, NotNegative, Section, refusal


class WatchConfig(Section):
    """A PV that a scan waits for: out of its range the scan pauses, and the point is measured again."""

    pv: PV = Field(description="PV to watch")
    min: float | None = Field(default=None, description="lowest good value [units of the PV]")
    max: float | None = Field(default=None, description="highest good value [units of the PV]")
    wait: NotNegative = Field(default=0.0, description="time in range before the scan goes on [s]")

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.min is None and self.max is None:
            raise refusal("needs min, max or both")
        if self.min is not None and self.max is not None and not self.min < self.max:
            raise refusal("must be above min", "max")
        return self
