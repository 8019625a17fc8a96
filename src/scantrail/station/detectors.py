"""[detectors.NAME]: what counts."""

from pydantic import Field

from scantrail.station.base import PV, Link, Positive, Section, Text


class DetectorConfig(Section):
    """One detector; readings are in its own `units`."""

    pv: PV = Field(description="PV of the reading")
    url: Link | None = Field(default=None, description="address of its control system; default: the beamline's")
    units: Text | None = Field(default=None, description='unit of its readings, such as "counts/s"')
    ceiling: Positive | None = Field(default=None, description="reading at which it saturates [units]")
    dark: float | None = Field(default=None, description="reading without beam [units]")
