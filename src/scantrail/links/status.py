"""What STATUS says of a motor."""

from enum import Enum


class MotorStatus(str, Enum):  # noqa: UP042 - str(MotorStatus.IDLE) is what the seed's enumeration gives
    """Whether a motor is on its way."""

    IDLE = "IDLE"
    MOVING = "MOVING"
