"""What all scan configurations share: strictness, and points worked out from positions. Pure; nothing here moves."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Annotated, Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from scantrail.daq.plans.walk import walk
from scantrail.errors import InputError
from scantrail.runs import Point

Positions: TypeAlias = NDArray[np.float64]
Track: TypeAlias = Mapping[str, Positions]
"""One dimension of a scan: the positions of its motors, which step together, by name; all of one length."""

MAX_POINTS = 10_000_000
"""More than any scan takes; a plan beyond it is a slip of the pen."""


def data_key(name: str) -> str:
    """Return what stands for a device in a journal: its name, with what readers refuse replaced by `_`."""
    return name.replace(".", "_").replace("/", "_")


def plain(value: object) -> object:
    """Turn numpy's scalars and arrays into Python's own, within lists and tuples too."""
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, tuple):
        return tuple(plain(entry) for entry in value)
    convert = getattr(value, "tolist", None)
    return convert() if callable(convert) else value


def _device(name: str) -> str:
    if not name or any(character.isspace() for character in name):
        raise ValueError(f"{name!r} is no name of a device: it must be one word")
    return name


Device = Annotated[str, AfterValidator(_device)]
"""Name of a device: a PV, or what the station file calls it."""
Steps = Annotated[int, Field(gt=0, le=MAX_POINTS)]
"""A number of points along one dimension."""
Ramp = Annotated[tuple[Device, float, float, Steps], Field(strict=False)]
"""One motor's way: (PV, start, stop, steps), both ends measured, positions in the motor's unit."""


def ramp_positions(start: float, stop: float, steps: int) -> Positions:
    """Return `steps` evenly spaced positions with both ends exact; one step measures `start`."""
    return np.linspace(start, stop, steps)


def refuse_idle(name: str, start: float, stop: float, steps: int) -> None:
    """Refuse a way of several points that leads nowhere, or further than numbers reach; raises ValueError."""
    if start == stop and steps > 1:
        raise ValueError(f"{name} would be measured {steps} times at {start:g}: stop must differ from start")
    if not np.isfinite(stop - start):
        raise ValueError(f"{name} cannot go from {start:g} to {stop:g}: the way is longer than numbers reach")


class ScanConfig(BaseModel):
    """Base scan configuration; frozen, strict, no unknown fields, no NaN or infinity.

    detectors: PVs, or names of the station file. dwell_time: counting time at each point [s].
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    scan_type: str = ""
    detectors: Annotated[list[Device], Field(strict=False, min_length=1, description="List of detector PVs")]
    dwell_time: float = Field(default=0.1, gt=0, description="Dwell time per point (seconds)")

    @model_validator(mode="before")
    @classmethod
    def _plain_numbers(cls, fields: Any) -> Any:  # noqa: ANN401 - whatever the caller gave
        return {key: plain(value) for key, value in fields.items()} if isinstance(fields, dict) else fields

    @field_validator("detectors")
    @classmethod
    def _distinct_detectors(cls, detectors: list[str]) -> list[str]:
        if repeated := next((name for name in detectors if detectors.count(name) > 1), None):
            raise ValueError(f"detector {repeated} is given twice")
        return detectors

    @property
    def kind(self) -> str:
        """Name of the kind of run."""
        return self.scan_type

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The positions along each dimension, the slowest first."""
        raise InputError(f"{type(self).__name__} has no positions; use LinearScanConfig or another kind of scan")

    @property
    def dimensions(self) -> tuple[tuple[str, ...], ...]:
        """The axes of each dimension, by their keys in `Point.setpoints`, the slowest first."""
        return tuple(tuple(map(data_key, track)) for track in self.tracks)

    @property
    def motors(self) -> tuple[str, ...]:
        """The motors as they were named, the slowest first."""
        return tuple(name for track in self.tracks for name in track)

    @property
    def shape(self) -> tuple[int, ...]:
        """Points along each dimension."""
        return tuple(len(next(iter(track.values()))) for track in self.tracks)

    @property
    def extents(self) -> tuple[tuple[float, float], ...]:
        """Lowest and highest setpoint along each dimension, by its first axis."""
        firsts = (next(iter(track.values())) for track in self.tracks)
        return tuple((float(values.min()), float(values.max())) for values in firsts)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a user should know of this plan, a sentence each."""
        return ()

    def order(self) -> Iterator[tuple[int, ...]]:
        """Yield the grid indices in the order of acquisition."""
        return walk(self.shape)

    def points(self) -> Iterator[Point]:
        """Yield the points in the order of acquisition."""
        axes = [
            (data_key(name), values, dimension)
            for dimension, track in enumerate(self.tracks)
            for name, values in track.items()
        ]
        for index, grid in enumerate(self.order()):
            setpoints = {key: values.item(grid[dimension]) for key, values, dimension in axes}
            yield Point(index, setpoints, self.dwell_time, grid)

    def document(self) -> dict[str, Any]:
        """Return the plan as JSON-safe values; `from_document` brings it back."""
        return {"type": self.scan_type, **self.model_dump(mode="json", exclude={"scan_type"})}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Bring a plan back from its `document()`. Raises pydantic's ValidationError."""
        return cls.model_validate({"scan_type" if key == "type" else key: value for key, value in document.items()})


class PositionScanConfig(ScanConfig):
    """A scan of positions that may be relative to where the motors stand.

    origin: where the motors stood when a relative scan began, in the order of `motors`; the engine fills it in, so that
    a scan that is resumed goes on around the same place.
    """

    relative: bool = Field(default=False, description="Positions count from where the motors stand at the start")
    origin: Annotated[tuple[float, ...], Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if repeated := next((name for name in self.motors if self.motors.count(name) > 1), None):
            raise ValueError(f"motor {repeated} is given twice; each dimension needs its own")
        if self.origin is not None and (not self.relative or len(self.origin) != len(self.motors)):
            raise ValueError("origin belongs to relative scans, with one position for each motor")
        return self

    def points(self) -> Iterator[Point]:
        """Yield the points in the order of acquisition; relative ones count from `origin`, from 0 without."""
        if not self.origin:
            yield from super().points()
            return
        origin = dict(zip(map(data_key, self.motors), self.origin, strict=True))
        for point in super().points():
            moved = {key: origin[key] + offset for key, offset in point.setpoints.items()}
            yield Point(point.index, moved, point.dwell, point.grid)

    @property
    def extents(self) -> tuple[tuple[float, float], ...]:
        """Lowest and highest setpoint along each dimension, by its first axis."""
        if not self.origin:
            return super().extents
        origin = dict(zip(self.motors, self.origin, strict=True))
        shifts = [origin[next(iter(track))] for track in self.tracks]
        return tuple((low + by, high + by) for (low, high), by in zip(super().extents, shifts, strict=True))


def refuse_endless(*counts: int) -> None:
    """Refuse a grid of more points than any scan takes; raises ValueError."""
    if prod(counts) > MAX_POINTS:
        raise ValueError(f"{' x '.join(map(str, counts))} points are more than the {MAX_POINTS} that one scan takes")
