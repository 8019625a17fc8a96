"""[device]: the detector on its serial line."""

from typing import Annotated, Literal

from pydantic import Field

from scantrail.station.base import NotNegative, Positive, Section, Text


class DeviceConfig(Section):
    """How to reach the detector and how to treat it."""

    label: Text = Field(default="OSECHI", description="name of the detector")
    port: Text = Field(default="auto", description='serial port, or "auto" to find it')
    baudrate: Annotated[int, Field(ge=300, le=12_000_000)] = Field(
        default=115200, description="speed of the serial line [baud]"
    )
    timeout: Positive = Field(default=1.0, description="longest wait for a reply [s]")
    dialect: Literal["auto", "v1", "v2", "legacy"] = Field(default="auto", description="what the firmware speaks")
    settle: NotNegative = Field(default=0.1, description="wait after a confirmed threshold [s]")
    open_wait: NotNegative = Field(default=0.5, description="wait after opening the port, which resets many boards [s]")
    dead_time: NotNegative = Field(default=0.0, description="dead time of each recorded event [s]")
