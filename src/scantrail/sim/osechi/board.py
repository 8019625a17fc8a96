"""The state of the simulated board."""

from dataclasses import dataclass, field

from scantrail.sim.osechi.dialects import Dialect
from scantrail.sim.osechi.physics import CHANNELS

BOOT_THRESHOLD = 400
"""Threshold [DAC] of every channel after a start: on the plateau, so that a fresh board shows muons."""
BOOT_EPOCH = 1_766_584_357.0
"""Unix time [s] of the board's clock at the start, until SET_RTC_TIME."""


@dataclass
class Board:
    """State of the simulated board; changed only by commands and events.

    thresholds [DAC]. window: number of the counting window, one more with every SET_STREAM 1. dead_time [s].
    epoch: unix time of the board's clock at the start [s]. writes: threshold writes received. recorded: events after
    dead time. overflows: those of them that found the queue full. depth, deepest: lines in the queue, now and at most.
    """

    dialect: Dialect
    dead_time: float
    thresholds: dict[int, int] = field(default_factory=lambda: dict.fromkeys(CHANNELS, BOOT_THRESHOLD))
    streaming: bool = True
    window: int = 0
    poll_count: int = 10
    epoch: float = BOOT_EPOCH
    writes: int = 0
    recorded: int = 0
    overflows: int = 0
    depth: int = 0
    deepest: int = 0
