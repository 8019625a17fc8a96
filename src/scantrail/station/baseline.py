"""[baseline]: what is read before and after each scan."""

from typing import Annotated

from pydantic import Field, field_validator

from scantrail.station.base import PV, Section, refusal


class BaselineConfig(Section):
    """PVs that a scan reads once before its first point and once after its last."""

    pvs: Annotated[tuple[PV, ...], Field(strict=False)] = Field(
        default=(), description="PVs read before and after a scan"
    )

    @field_validator("pvs")
    @classmethod
    def _distinct(cls, pvs: tuple[str, ...]) -> tuple[str, ...]:
        if repeated := next((pv for pv in pvs if pvs.count(pv) > 1), None):
            raise refusal(f"must name {repeated} once")
        return pvs
