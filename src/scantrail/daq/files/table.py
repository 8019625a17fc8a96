"""CSV of position scans: as `ScanData.to_csv` writes it, the seed's format, and as `scantrail runs export csv` does."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from scantrail.daq.columns import index_key, setpoint_key
from scantrail.daq.csvfile import TIMESTAMP
from scantrail.daq.files.lines import NUMBER, fault, lines_of
from scantrail.daq.measured import Floats, Measured, Quantity
from scantrail.daq.plans import ELAPSED, PLANS, ScanConfig, XAFSScanConfig, data_key, plan_from
from scantrail.daq.survey import ROLES
from scantrail.errors import InputError
from scantrail.station import explain

POINT = "point"
MOST = 10_000_000
"""More points than any scan takes."""
THRESHOLD = re.compile(r"ch\d+_threshold")

Places = NDArray[np.intp]


class _Content(NamedTuple):
    """What a file holds: its header block, its columns by name but for the time, and how many rows they have."""

    path: Path
    header: Mapping[str, Any]
    columns: dict[str, Floats]
    rows: int


def read_csv(path: Path) -> Measured:
    """Read the CSV of a position scan; empty cells are NaN.

    In our own export the columns NAME_setpoint tell the axes; in the seed's format the first column behind the time is
    the axis, or the header block has the plan. Raises InputError naming the line that does not fit.
    """
    content = _content(path, lines_of(path))
    if any(map(THRESHOLD.fullmatch, content.columns)):
        raise InputError(f"{path} holds a threshold scan, not one of positions")
    if not content.rows:
        raise InputError(f"{path} holds no point")
    if any(setpoint_key(name) in content.columns for name in content.columns):
        return _exported(content)
    return _planned(content) if "plan" in content.header else _plain(content)


# --- three kinds of files ---------------------------------------------------------------------------------------------


def _exported(content: _Content) -> Measured:
    """Return what our own export tells: setpoints beside readbacks, over grids the place of each point."""
    columns = content.columns
    names = [name for name in columns if setpoint_key(name) in columns]
    keys = [index_key(name) for name in names if index_key(name) in columns]
    places = [_places(content, key) for key in (keys or [POINT] if POINT in columns else keys)]
    index = np.stack(places, axis=1) if places else np.arange(content.rows, dtype=np.intp)[:, np.newaxis]
    shape = tuple(int(most) + 1 for most in index.max(axis=0))
    if prod(shape) > MOST:
        raise InputError(
            f"{content.path}: a grid of {prod(shape)} points is larger than the {MOST} that one scan takes"
        )
    kind = "linear" if len(names) == 1 else "lockstep"
    if names == [ELAPSED]:
        kind = "time"
    elif len(keys) > 1:
        kind = "mesh" if len(keys) == 2 else "grid"
    beside = {POINT, *names, *keys, *map(setpoint_key, names)}
    return Measured(
        kind=kind,
        title=content.path.name,
        axes=tuple(Quantity(name, "", "setpoint", columns[setpoint_key(name)]) for name in names),
        readbacks=tuple(Quantity(name, "", "axis", columns[name]) for name in names),
        detectors=_detectors(content, beside),
        shape=shape,
        index=index,
    )


def _planned(content: _Content) -> Measured:
    """Return what the plan in the header block tells of the rows, which are its first points."""
    plan, rows = _plan(content), content.rows
    motors = list(map(str, content.header.get("motors", plan.motors)))
    if missing := [name for name in motors if name not in content.columns]:
        raise InputError(f"{content.path} has no column {missing[0]}, which its header block names")
    points = list(islice(plan.points(), rows))
    if len(points) < rows:
        raise InputError(f"{content.path}: the plan in the header block has {len(points)} points for {rows} rows")
    sent = {name: np.array([point.setpoints[data_key(name)] for point in points]) for name in motors}
    shortfall = f"the scan ended early: {rows} of {prod(plan.shape)} points were measured"
    return Measured(
        kind=plan.kind,
        title=content.path.name,
        axes=tuple(Quantity(name, "", "setpoint", values) for name, values in sent.items()),
        readbacks=tuple(Quantity(name, "", "axis", content.columns[name]) for name in motors),
        detectors=_detectors(content, motors),
        shape=plan.shape,
        index=np.array([point.grid or (point.index,) for point in points], dtype=np.intp),
        edge=plan.target if isinstance(plan, XAFSScanConfig) else None,
        notes=(shortfall,) if rows < prod(plan.shape) else (),
        dwell=np.array([point.dwell for point in points]),
    )


def _plain(content: _Content) -> Measured:
    """Return what the seed's format tells: a motor, and what was counted."""
    name, *_ = content.columns
    return Measured(
        kind="linear",
        title=content.path.name,
        axes=(Quantity(name, "", "setpoint", content.columns[name]),),
        readbacks=(),
        detectors=_detectors(content, (name,)),
        shape=(content.rows,),
        index=np.arange(content.rows, dtype=np.intp)[:, np.newaxis],
    )


def _detectors(content: _Content, beside: Sequence[str] | set[str]) -> tuple[Quantity, ...]:
    return tuple(
        Quantity(name, "", ROLES.get(name.rpartition(":")[2].casefold(), "counts"), values)
        for name, values in content.columns.items()
        if name not in beside
    )


def _places(content: _Content, key: str) -> Places:
    values = content.columns[key]
    if not np.all((values >= 0) & (values < MOST) & (values == np.round(values))):
        raise InputError(f"{content.path}: the column {key} must hold whole numbers from 0")
    return values.astype(np.intp)


def _plan(content: _Content) -> ScanConfig:
    plan = content.header["plan"]
    if not isinstance(plan, dict):
        raise InputError(f"{content.path}: the plan in the header block must be a JSON object")
    try:
        return plan_from(plan)
    except ValidationError as error:
        told = str(explain(error, PLANS[plan["type"]])[0])
    except InputError as error:
        told = str(error)
    raise InputError(f"{content.path}: the plan in the header block cannot be used: {told}")


# --- the text ---------------------------------------------------------------------------------------------------------


def _content(path: Path, lines: Sequence[str]) -> _Content:
    """Return header block and columns. Raises InputError for what is no such CSV."""
    block = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    head = lines[block] if block < len(lines) else ""
    found = re.match(rf'"?{TIMESTAMP}_*"?([,;\t])', head)
    if found is None:
        raise fault(
            path, block + 1, f'the first column must be "{TIMESTAMP}", as in a CSV of a scan; SPEC and XDI are read too'
        )
    _, *names = next(csv.reader([head], delimiter=found[1]))
    if len(set(names)) < len(names) or not all(names):
        raise fault(path, block + 1, "every column needs a name of its own")
    rows = [
        _row(path, place, cells, len(names) + 1)
        for place, cells in enumerate(csv.reader(lines[block + 1 :], delimiter=found[1]), block + 2)
        if cells
    ]
    values = np.array(rows, dtype=float).reshape(len(rows), len(names))
    return _Content(path, _header(path, lines[:block]), dict(zip(names, values.T, strict=True)), len(rows))


def _row(path: Path, place: int, cells: Sequence[str], count: int) -> list[float]:
    """Return the numbers of a row behind its time, NaN for empty cells."""
    if len(cells) != count:
        raise fault(path, place, f"{count} cells are needed, and there are {len(cells)}")
    if not _is_time(cells[0]):
        raise fault(path, place, f"{cells[0][:40]!r} is no time: neither seconds nor ISO 8601")
    if bad := next((cell for cell in cells[1:] if cell.strip() and not NUMBER.fullmatch(cell.strip())), None):
        raise fault(path, place, f"{bad[:40]!r} is no number")
    return [float(cell) if cell.strip() else float("nan") for cell in cells[1:]]


def _is_time(text: str) -> bool:
    if NUMBER.fullmatch(text):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _header(path: Path, lines: Sequence[str]) -> dict[str, Any]:
    header = {}
    for place, line in enumerate(lines, 1):
        key, _, value = line.removeprefix("#").partition(":")
        try:
            header[key.strip()] = json.loads(value)
        except ValueError:
            raise fault(path, place, f'"# key: JSON" is needed, not {line[:60]!r}') from None
    return header
