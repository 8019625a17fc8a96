"""[mocker]: the simulated detector, its physics or a recording that it replays."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from scantrail.station.base import NotNegative, PathName, Positive, Section

MU = {"ch1": 300.0, "ch2": 308.0, "ch3": 292.0}
"""Where the noise edge of each simulated channel stands unless told otherwise [DAC]."""


class ChannelPhysics(Section):
    """The truth behind one simulated channel, as functions of its threshold v [DAC].

    Noise edge: `rate * exp(-(v - mu)^2 / (2 sigma^2))` for "rice", `rate * erfc((v - mu) / (sqrt(2) sigma))` for "erfc"
    (which tends to twice `rate` far below `mu`). On top of it come `efficiency * plateau` muons a second.
    """

    model: Literal["rice", "erfc"] = Field(default="erfc", description="shape of the noise edge")
    rate: NotNegative = Field(default=50.0, description="amplitude of the noise edge [1/s]")
    mu: float = Field(default=300.0, description="position of the noise edge [DAC]")
    sigma: Positive = Field(default=4.0, description="width of the noise edge [DAC]")
    plateau: NotNegative = Field(default=1.0, description="muons that cross the channel [1/s]")
    efficiency: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.95, description="share of these muons that fires the channel, 0-1"
    )


class MockerConfig(Section):
    """The simulated detector: with `csv_path` it replays recorded events, else its channels follow their physics.

    Recorded events know no threshold: in a replay one that suppresses its channel (1000 and more) takes its hits away,
    any other changes nothing.
    """

    csv_path: PathName | None = Field(
        default=None, description="recorded events to replay: timestamp, top, mid, btm, adc, tmp, atm, hmd"
    )
    shuffle: bool = Field(
        default=False, description="replay the recorded events in random order, at the recorded times"
    )
    loop: bool = Field(
        default=True, description="start the recording again at its end; else the detector is silent from there on"
    )
    speed: Annotated[float, Field(gt=0, le=1e5)] = Field(default=1.0, description="simulated seconds in a second")
    jitter: NotNegative = Field(
        default=0.0, description="random spread of the replayed times, a standard deviation [s]"
    )
    seed: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="start of the random numbers; default: a new one"
    )
    ch1: ChannelPhysics = Field(default=ChannelPhysics(mu=MU["ch1"]), description="physics of channel 1")
    ch2: ChannelPhysics = Field(default=ChannelPhysics(mu=MU["ch2"]), description="physics of channel 2")
    ch3: ChannelPhysics = Field(default=ChannelPhysics(mu=MU["ch3"]), description="physics of channel 3")

    @field_validator("ch1", "ch2", "ch3", mode="before")
    @classmethod
    def _edge_of_the_channel(cls, physics: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 - unchecked input
        return {"mu": MU[str(info.field_name)], **physics} if isinstance(physics, Mapping) else physics

    @property
    def physics(self) -> dict[int, ChannelPhysics]:
        """The physics by channel."""
        return {1: self.ch1, 2: self.ch2, 3: self.ch3}
