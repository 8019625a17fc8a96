"""The event-model documents of a run, as plain dictionaries.

Written without importing the Bluesky ecosystem, for its consumers (suitcase, Tiled, BestEffortCallback). Their schemas
refuse `.` and `/` in any key, so PV names are values here, never keys.
"""

import getpass
import json
import math
import os
import platform
import re
import socket
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from scantrail import __version__
from scantrail.errors import JournalError
from scantrail.readings import Column, Scalar

Document: TypeAlias = dict[str, Any]
ExitStatus = Literal["success", "abort", "fail"]

SCHEMA = 1
"""Version of our own keys in the start document."""


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a run before its first point; becomes the start document.

    plan: the whole validated plan as its `document()`; the file alone can repeat the run. dimensions: the axis keys of
    each dimension, slowest first (axes in lock step share one); shape and extents go with them. rig: how the hardware
    was opened (options that stand in no station file). extra: keys of the start document that only some kinds have.
    """

    kind: str
    plan: Mapping[str, Any]
    num_points: int
    motors: Sequence[str]
    detectors: Sequence[str]
    dimensions: Sequence[Sequence[str]]
    shape: Sequence[int]
    extents: Sequence[tuple[float, float]]
    columns: Sequence[Mapping[str, Any]] = ()
    station: Mapping[str, Any] = field(default_factory=dict)
    operator: str = ""
    components: Sequence[str] = ()
    resumed_from: str | None = None
    rig: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


def new_uid() -> str:
    """Return a fresh uuid4 as text."""
    return str(uuid4())


def start_document(header: Header, *, uid: str, number: int, time: float) -> Document:
    """Build the start document; `time` in unix seconds. Raises JournalError for a key the ecosystem refuses."""
    hints: Document = {"dimensions": [[list(axes), "primary"] for axes in header.dimensions]}
    if len(header.dimensions) > 1:
        hints["gridding"] = "rectilinear"
    document: Document = {
        "uid": uid,
        "time": time,
        "scan_id": number,
        "plan_name": header.kind,
        "plan_type": "scantrail",
        "plan_args": dict(header.plan),
        "motors": list(header.motors),
        "detectors": list(header.detectors),
        "num_points": header.num_points,
        "hints": hints,
        "shape": list(header.shape),
        "extents": [list(extent) for extent in header.extents],
        "columns": [dict(column) for column in header.columns],
        **header.extra,
        "scantrail": {
            "version": __version__,
            "schema": SCHEMA,
            "python": platform.python_version(),
            "kind": header.kind,
            "plan": dict(header.plan),
            "station": dict(header.station),
            "operator": header.operator or login(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "components": list(header.components),
            "resumed_from": header.resumed_from,
            "rig": dict(header.rig),
        },
    }
    _refuse_bad_keys(document)
    return document


def descriptor_document(
    stream: str,
    columns: Mapping[str, Column],
    *,
    uid: str,
    run: str,
    time: float,
    shown: Collection[str],
) -> Document:
    """Build the descriptor of a stream: every key an object of its own.

    shown: the columns that live tables and plots of the ecosystem show; never an integer that may be null, for which
    they have no format.
    """
    document: Document = {
        "uid": uid,
        "run_start": run,
        "time": time,
        "name": stream,
        "data_keys": {key: _data_key(key, column) for key, column in columns.items()},
        "object_keys": {key: [key] for key in columns},
        "hints": {key: {"fields": [key] if key in shown else []} for key in columns},
        "configuration": {key: {"data": {}, "timestamps": {}, "data_keys": {}} for key in columns},
    }
    _refuse_bad_keys(document)
    return document


def stop_document(
    status: ExitStatus, reason: str, num_events: Mapping[str, int], *, uid: str, run: str, time: float
) -> Document:
    """Build the stop document; `reason` in words, empty for a plain success."""
    return {
        "uid": uid,
        "run_start": run,
        "time": time,
        "exit_status": status,
        "reason": reason,
        "num_events": dict(num_events),
    }


def login() -> str:
    """Return the user's login name, "unknown" where the system has none for this uid."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _data_key(key: str, column: Column) -> Document:
    data_key: Document = {
        "source": column.source,
        "dtype": column.dtype,
        "shape": [],
        "object_name": key,
        "role": column.role,
    }
    if column.units is not None:
        data_key["units"] = column.units
    if column.limits is not None:
        data_key["limits"] = {"control": {"low": column.limits[0], "high": column.limits[1]}}
    return data_key


_BAD_KEY = re.compile(r"[./]")


def _refuse_bad_keys(document: Mapping[str, Any], where: str = "") -> None:
    for key, value in document.items():
        if not isinstance(key, str) or _BAD_KEY.search(key):
            raise JournalError(
                f"the key {key!r} in {where or 'a document'} holds '.' or '/', which readers refuse: use ':' or '_'"
            )
        if isinstance(value, Mapping):
            _refuse_bad_keys(value, key)


def _plain(value: object) -> object:
    """What json does not know: numpy scalars and arrays by their own conversion, the rest as text."""
    convert = getattr(value, "tolist", None)
    return convert() if callable(convert) else str(value)


_encoder = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=_plain, ensure_ascii=False)


def encode(name: str, document: Mapping[str, Any]) -> bytes:
    """Encode one journal line, with its newline. NaN and infinity, which JSON lacks, become null.

    What UTF-8 lacks, the bytes of a path that is not text, is escaped as JSON does, and comes back as it was.
    """
    try:
        text = _encoder.encode([name, document])
    except ValueError:
        text = _encoder.encode([name, _without_nan(document)])
    return text.encode(errors="backslashreplace") + b"\n"


def value_text(value: Scalar | None) -> str:
    """Encode one value of an event as JSON. NaN and infinity, which JSON lacks, become null."""
    if type(value) is float:
        return repr(value) if math.isfinite(value) else "null"
    if type(value) is int:
        return repr(value)
    return _encoder.encode(_without_nan(value))


def _without_nan(value: object) -> object:
    value = _plain(value) if hasattr(value, "tolist") else value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(entry) for entry in value]
    return value
