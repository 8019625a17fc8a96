"""[motors.NAME]: what moves."""

from typing import Literal

from pydantic import Field

from scantrail.station.base import PV, Limits, Link, NotNegative, Positive, Section, Text


class MotorConfig(Section):
    """One motor; positions are in its own `units`."""

    pv: PV = Field(description="PV of the setpoint")
    url: Link | None = Field(default=None, description="address of its control system; default: the beamline's")
    units: Text | None = Field(default=None, description='unit of its positions, such as "um" or "deg"')
    limits: Limits | None = Field(default=None, description="lowest and highest position [units]")
    speed: Positive | None = Field(default=None, description="speed [units/s]")
    tolerance: Positive | None = Field(default=None, description="largest distance of readback and target [units]")
    settle: NotNegative = Field(default=0.0, description="wait after it stopped [s]")
    backlash: float = Field(default=0.0, description="overshoot before the final approach, negative from above [units]")
    profile: Literal["suffix", "motor-record"] = Field(default="suffix", description="how its other PVs are spelt")
