"""[beamline]: the control system that motors and detectors are reached through."""

from pydantic import Field

from scantrail.station.base import Link, Positive, Section, Text


class BeamlineConfig(Section):
    """The control system, and what the files of a scan say about the place."""

    url: Link = Field(default="tcp://localhost:5064", description="address of the control system")
    timeout: Positive = Field(default=5.0, description="longest wait for a reply [s]")
    name: Text | None = Field(default=None, description="name of the beamline, for the files")
    facility: Text | None = Field(default=None, description="name of the facility, for the files")
    source: Text | None = Field(default=None, description="kind of source, for the files")
