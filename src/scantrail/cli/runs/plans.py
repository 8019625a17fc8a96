"""The plan in a start document, in words; of any kind of run, so nothing but its keys and values is known."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

UNITS = {"dwell": "s", "settle": "s", "retry_spacing": "s", "suppress": "DAC"}
"""Units of the keys that plans of any kind share."""


def plan_lines(plan: Mapping[str, Any]) -> Iterable[str]:
    """Yield a plan's document as lines: thresholds by channel, anything nested, then all single values in one."""
    single = []
    for key, value in plan.items():
        if key == "type" or value in (None, "", []):
            continue
        if key == "steps" and _are_thresholds(value):
            yield from map(_thresholds, value)
        elif isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(one, dict) for one in value)):
            yield f"{_words(key)} {json.dumps(value, ensure_ascii=False)}"
        else:
            single.append(f"{_words(key)} {_value(value)} {UNITS.get(key, '')}".rstrip())
    if single:
        yield "; ".join(single)


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
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(key: str) -> str:
    return key.replace("_", " ")
