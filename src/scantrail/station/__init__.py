"""The station file: what stands on the bench or at the beamline, and where its data live.

Places, ranges and masking cost nothing; every other name loads pydantic when it is first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

from scantrail.station.masking import MASK, mask
from scantrail.station.places import STATION_FILE, data_root, find_station
from scantrail.station.ranges import CHANNELS, LABELS, STEPS, THRESHOLDS

if TYPE_CHECKING:
    from scantrail.station.base import Section
    from scantrail.station.baseline import BaselineConfig
    from scantrail.station.beamline import BeamlineConfig
    from scantrail.station.columns import ColumnFormulas
    from scantrail.station.crystal import CrystalConfig
    from scantrail.station.database import DatabaseConfig
    from scantrail.station.detectors import DetectorConfig
    from scantrail.station.device import DeviceConfig
    from scantrail.station.example import EXAMPLE
    from scantrail.station.load import load_station, read_station
    from scantrail.station.mocker import ChannelPhysics, MockerConfig
    from scantrail.station.model import Station
    from scantrail.station.motors import MotorConfig
    from scantrail.station.refusals import Refusal, explain
    from scantrail.station.sampler import SamplerConfig
    from scantrail.station.sensors import SensorSection
    from scantrail.station.shutter import ShutterConfig
    from scantrail.station.watch import WatchConfig

__all__ = [
    "CHANNELS",
    "EXAMPLE",
    "LABELS",
    "MASK",
    "STATION_FILE",
    "STEPS",
    "THRESHOLDS",
    "BaselineConfig",
    "BeamlineConfig",
    "ChannelPhysics",
    "ColumnFormulas",
    "CrystalConfig",
    "DatabaseConfig",
    "DetectorConfig",
    "DeviceConfig",
    "MockerConfig",
    "MotorConfig",
    "Refusal",
    "SamplerConfig",
    "Section",
    "SensorSection",
    "ShutterConfig",
    "Station",
    "WatchConfig",
    "data_root",
    "explain",
    "find_station",
    "load_station",
    "mask",
    "read_station",
]

_MODULES = {
    "EXAMPLE": "example",
    "BaselineConfig": "baseline",
    "BeamlineConfig": "beamline",
    "ChannelPhysics": "mocker",
    "ColumnFormulas": "columns",
    "CrystalConfig": "crystal",
    "DatabaseConfig": "database",
    "DetectorConfig": "detectors",
    "DeviceConfig": "device",
    "MockerConfig": "mocker",
    "MotorConfig": "motors",
    "Refusal": "refusals",
    "SamplerConfig": "sampler",
    "Section": "base",
    "SensorSection": "sensors",
    "ShutterConfig": "shutter",
    "Station": "model",
    "WatchConfig": "watch",
    "explain": "refusals",
    "load_station": "load",
    "read_station": "load",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
