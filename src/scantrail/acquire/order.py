"""An acquisition as ordered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from scantrail.acquire.rig import RigOptions
from scantrail.daq import Manner
from scantrail.db import database_url, render
from scantrail.runs import Plan, Record, RunWriter
from scantrail.station import Station

P = TypeVar("P", bound=Plan)

Opened = Callable[[RunWriter], None]
"""Called with a run before its first point."""


@dataclass(frozen=True, slots=True)
class Order(Generic[P]):
    """An acquisition as ordered: what to take, on which station, how.

    workspace: where the CSVs of a threshold scan go; output: the CSV of a position scan, manner: how it is taken.
    database: path or URL from the command line. components: ids of what is measured; channels: those of a
    threshold scan that belong to one of them alone; admitted: the database has been asked for them. earlier: runs
    that this one goes on with, oldest first; if `reopened`, in the journal of the last of them.
    """

    plan: P
    station: Station
    options: RigOptions = field(default_factory=RigOptions)
    workspace: Path | None = None
    database: str | None = None
    components: tuple[str, ...] = ()
    channels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    admitted: bool = False
    earlier: tuple[Record, ...] = ()
    reopened: bool = False
    manner: Manner = field(default_factory=Manner)
    output: Path | None = None

    def linking(self) -> dict[str, Any]:
        """Return what a start document says of the database that was named, without its password, and of channels."""
        named = {"database": render(database_url(self.database, None))} if self.database else {}
        own = {"channels": {each: list(channels) for each, channels in self.channels.items()}} if self.channels else {}
        return {**named, **own}
