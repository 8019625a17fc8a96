"""The station: everything that stands on the bench or at the beamline, section by section."""

from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from scantrail.station.base import Section, refusal
from scantrail.station.baseline import BaselineConfig
from scantrail.station.beamline import BeamlineConfig
from scantrail.station.columns import ColumnFormulas, usable
from scantrail.station.crystal import CrystalConfig
from scantrail.station.database import DatabaseConfig
from scantrail.station.detectors import DetectorConfig
from scantrail.station.device import DeviceConfig
from scantrail.station.masking import masked
from scantrail.station.mocker import MockerConfig
from scantrail.station.motors import MotorConfig
from scantrail.station.notices import notices
from scantrail.station.sampler import SamplerConfig
from scantrail.station.sensors import SensorSection, distinct, with_channels
from scantrail.station.shutter import ShutterConfig
from scantrail.station.watch import WatchConfig


class Station(Section):
    """A station file as data; `Station()` is what stands without one.

    `sensors` is keyed "chN" and holds channels 1-3 where the file names none.
    """

    device: DeviceConfig = DeviceConfig()
    sampler: SamplerConfig = SamplerConfig()
    sensors: dict[str, SensorSection] = Field(default={}, validate_default=True)
    mocker: MockerConfig = MockerConfig()
    beamline: BeamlineConfig = BeamlineConfig()
    motors: dict[str, MotorConfig] = Field(default={})
    detectors: dict[str, DetectorConfig] = Field(default={})
    shutter: ShutterConfig | None = None
    baseline: BaselineConfig = BaselineConfig()
    columns: ColumnFormulas = Field(default={})
    watch: WatchConfig | None = None
    crystal: CrystalConfig | None = None
    database: DatabaseConfig = DatabaseConfig()

    @field_validator("sensors", mode="before")
    @classmethod
    def _channels(cls, sections: object) -> object:
        return with_channels(sections)

    @field_validator("sensors")
    @classmethod
    def _one_section_a_channel(cls, sensors: dict[str, SensorSection]) -> dict[str, SensorSection]:
        distinct(sensors)
        return sensors

    @field_validator("motors", "detectors", "columns")
    @classmethod
    def _usable_names(cls, named: dict[str, Any]) -> dict[str, Any]:
        usable(named)
        return named

    @model_validator(mode="after")
    def _one_column_a_name(self) -> Self:
        owners: dict[str, str] = {}
        for section in ("motors", "detectors", "columns"):
            for name in getattr(self, section):
                if owner := owners.get(name):
                    raise refusal(f"is a name in [{owner}] already; each column of a scan needs its own", section, name)
                owners[name] = section
        return self

    def document(self) -> dict[str, Any]:
        """Return the station as JSON-safe data for a run's start document: no nulls, passwords and tokens masked.

        `Station.from_document` reads it again.
        """
        document: dict[str, Any] = self.model_dump(mode="json", exclude_none=True)
        for sensor in document["sensors"].values():
            if "start_threshold" in sensor:
                del sensor["center"], sensor["nsteps"]
        hidden: dict[str, Any] = masked(document)
        return hidden

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the station of a start document, its passwords still masked; raises pydantic's ValidationError."""
        return cls.model_validate(document)

    def notices(self) -> tuple[str, ...]:
        """Return what a user should know of a file that loads: keys without effect or deprecated, a sentence each."""
        return notices(self)
