"""[shutter]: who opens it, and when."""

from typing import Literal

from pydantic import Field

from scantrail.station.base import PV, Section


class ShutterConfig(Section):
    """The shutter: left alone, open for the whole scan, or open at each point only."""

    status_pv: PV = Field(description="PV of its state")
    cmd_pv: PV = Field(description="PV that opens (1) and closes (0) it")
    policy: Literal["leave", "scan", "point"] = Field(default="leave", description="when a scan opens it")
