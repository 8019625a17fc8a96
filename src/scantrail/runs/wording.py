"""How runs are put into words, the same on a terminal and on a page; of any kind of run, by keys and values alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scantrail.runs.summary import RunSummary

UNITS = {
    "dwell": "s",
    "dwell_time": "s",
    "every": "s",
    "settle": "s",
    "retry_spacing": "s",
    "suppress": "DAC",
    "edge": "eV",
}
"""Units of the keys that plans of any kind share."""


def duration(seconds: float) -> str:
    """Write a length of time as people do.

    >>> duration(87.4)
    '1 min 27 s'
    """
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if round(seconds, 1) < 10 else f"{whole} s"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {whole % 60:02d} s"


def plan_lines(plan: Mapping[str, Any]) -> Iterable[str]:
    """Yield a plan's document as lines: thresholds by channel, a line for each nested part, then all single values.

    What is not said (nothing, no, nowhere) is left out.
    """
    single = []
    for key, value in plan.items():
        if key == "type" or not _is_said(value):
            continue
        if key == "steps" and _are_thresholds(value):
            yield from map(_thresholds, value)
        elif isinstance(value, Mapping):
            yield f"{_words(key)}: {_nested(value)}"
        elif isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
            yield from (f"{_words(key).removesuffix('s')} {i}: {_nested(one)}" for i, one in enumerate(value, start=1))
        else:
            single.append(_single(key, value))
    if single:
        yield "; ".join(single)


def share(run: RunSummary) -> str:
    """Return the points taken, of how many if that was planned.

    A run that goes on with another expects only what was left of it.
    """
    return f"{run.points}" if run.expected is None else f"{run.points}/{run.expected}"


def onward(run: RunSummary, later: int | None = None) -> str:
    """Say how the rest of a run is taken; empty where there is none. `later`: the run that went on with it."""
    if run.status == "success":
        return ""
    if run.status == "running":
        return f'"scantrail runs tail {run.number}" follows it.'
    if later is not None:
        return f"Run {later} went on with it."
    return f'"scantrail runs resume {run.number}" goes on.'


def heading(key: str, units: str | None) -> str:
    """Return a column's name, a line a word, and its units below, unless the name ends in them."""
    words = key.split("_")
    return "\n".join([*words, *([f"[{units}]"] if units and units != words[-1] else [])])


def cell(value: object) -> str:
    """Return a value as a table shows it: six digits of a number, nothing for None."""
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _is_said(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_is_said, value))
    return value is not None and value is not False and value != ""


def _single(key: str, value: object) -> str:
    return _words(key) if value is True else f"{_words(key)} {_value(value)} {UNITS.get(key, '')}".rstrip()


def _nested(part: Mapping[str, Any]) -> str:
    return ", ".join(_single(key, value) for key, value in part.items() if _is_said(value))


def _are_thresholds(steps: object) -> bool:
    return isinstance(steps, list) and all(isinstance(one, dict) and one.get("thresholds") for one in steps)


def _thresholds(steps: Mapping[str, Any]) -> str:
    values: Sequence[int] = steps["thresholds"]
    label = f" ({steps['label']})" if steps.get("label") else ""
    if len(values) == 1:
        return f"channel {steps['channel']}{label}: threshold {values[0]} DAC"
    return f"channel {steps['channel']}{label}: {len(values)} thresholds, {values[0]} to {values[-1]} DAC"


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(key: str) -> str:
    return key.replace("_", " ")
