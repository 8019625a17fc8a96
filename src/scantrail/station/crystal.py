"""[crystal]: the monochromator, by which energies are angles."""

from pydantic import Field, field_validator

from scantrail.station.base import Limits, Positive, Section, Text, refusal


class CrystalConfig(Section):
    """The crystal of the monochromator: Bragg's law with its `d_spacing` turns energies into angles."""

    name: Text = Field(description='name of the reflection, such as "Si 111"')
    d_spacing: Positive = Field(description="distance of its lattice planes [angstrom]: Si 111 3.13560, Si 311 1.63751")
    angle_limits: Limits | None = Field(default=None, description="lowest and highest Bragg angle [deg], 0-90")

    @field_validator("angle_limits")
    @classmethod
    def _bragg(cls, limits: tuple[float, float] | None) -> tuple[float, float] | None:
        if limits is not None and not 0 <= limits[0] < limits[1] <= 90:
            raise refusal("must lie between 0 and 90")
        return limits
