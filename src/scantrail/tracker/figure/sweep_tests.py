"""The sweeps of tests, from their data files to a figure and its numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scantrail.errors import InputError
from scantrail.tracker.figure.drawn import Drawn
from scantrail.tracker.figure.iv import Curve, Operating, iv_figure
from scantrail.tracker.figure.quantities import is_number, written
from scantrail.tracker.figure.subject import VERDICTS, Subject, verdict, when
from scantrail.tracker.leakage import Reverse, breakdown, current_at, free_to, reverse
from scantrail.tracker.moments import stamp
from scantrail.tracker.sweeps import read_sweeps

MOST_TESTS = 5
"""Tests over each other that an eye still tells apart."""
STEADY = 1.0
"""A temperature that varies by no more [K] in a sweep is told as one."""


@dataclass(frozen=True, slots=True)
class OfTest:
    """A sweep with the test and the file it stands in."""

    curve: Curve
    test: Mapping[str, Any]
    file: str


def sweeps_drawn(subject: Subject, tests: Sequence[Mapping[str, Any]]) -> Drawn | list[str]:
    """Return the figure of the sweeps in the files of tests, the newest first; if there is none, what was unread."""
    problems: list[str] = []
    found, rest = _newest(subject, tests, problems)
    if not found:
        return problems
    operating = _operating(subject, tests)
    test_type = tests[0]["test_type"]
    title = f"{subject.id}: {test_type}"
    figure = iv_figure([each.curve for each in found], operating, title=title, rest=rest, unread=problems)
    sweeps = [_facts(each, operating) for each in found]
    headings, rows = _table(sweeps, [each.curve.label for each in found], operating)
    facts = {"component": subject.id, "test_type": test_type, "sweeps": sweeps}
    return Drawn(figure, facts, headings, rows, problems=problems)


def _newest(subject: Subject, tests: Sequence[Mapping[str, Any]], problems: list[str]) -> tuple[list[OfTest], int]:
    """The sweeps of the newest tests that have some, and how many older tests with files are left."""
    found: list[list[OfTest]] = []
    for i, test in enumerate(tests):
        if len(found) == MOST_TESTS:
            rest = sum(any(file["kind"] == "data" for file in each["files"]) for each in tests[i:])
            break
        if sweeps := [*_of_test(subject, test, problems)]:
            found.append(sweeps)
    else:
        rest = 0
    newest = next((sweeps for sweeps in found if not sweeps[0].test["superseded"]), [*found, []][0])
    return [replace(e, curve=replace(e.curve, newest=sweeps is newest)) for sweeps in found for e in sweeps], rest


def _of_test(subject: Subject, test: Mapping[str, Any], problems: list[str]) -> Iterator[OfTest]:
    """Every sweep in the files of a test; those that would be labelled alike are numbered."""
    noted = test["measurements"].get("temperature")
    celsius = float(noted) if is_number(noted) else None
    swept: list[tuple[Reverse, str]] = []
    for file in test["files"]:
        if file["kind"] != "data":
            continue
        try:
            found = read_sweeps(subject.data_dir / file["path"], file["name"])
        except InputError as error:
            problems.append(str(error))
            continue
        if found is not None:
            problems += found.problems
            swept += [(reverse(sweep, celsius), file["name"]) for sweep in found.sweeps]
    labels = [_label(test, one) for one, _ in swept]
    for i, (one, name) in enumerate(swept):
        number = f" ({labels[: i + 1].count(labels[i])})" if labels.count(labels[i]) > 1 else ""
        yield OfTest(Curve(labels[i] + number, one), test, name)


def _label(test: Mapping[str, Any], swept: Reverse) -> str:
    said = (VERDICTS[verdict(test)], "superseded" * test["superseded"])
    parts = (when(test["tested"]), _temperature(swept), *said)
    return ", ".join(filter(None, parts))


def _temperature(swept: Reverse) -> str:
    known = swept.temperature[np.isfinite(swept.temperature)]
    if not len(known):
        return ""
    if np.ptp(known) <= STEADY:
        return f"{np.median(known):.1f} °C"
    return f"{np.min(known):.0f} to {np.max(known):.0f} °C"


def _operating(subject: Subject, tests: Sequence[Mapping[str, Any]]) -> Operating | None:
    """The profile's voltage, else the least that a limit asks for, else what the newest test says it was noted at."""
    if subject.operating_voltage is not None:
        voltage = abs(subject.operating_voltage)
        return Operating(voltage, f"operating voltage {voltage:g} V")
    bound = subject.bound_now(tests[0]["test_type"], "voltage")
    if bound is not None and bound.low is not None:
        return Operating(abs(bound.low), f"{abs(bound.low):g} V, the least allowed")
    for test in tests:
        noted = test["measurements"].get("voltage")
        if is_number(noted) and not test["superseded"]:
            return Operating(abs(float(noted)), f"{abs(float(noted)):g} V, as noted with the test")
    return None


def _facts(each: OfTest, operating: Operating | None) -> dict[str, Any]:
    swept = each.curve.swept
    known = swept.temperature[np.isfinite(swept.temperature)]
    facts: dict[str, Any] = {
        "test": each.test["uuid"],
        "tested": stamp(each.test["tested"]),
        "verdict": verdict(each.test),
        "superseded": each.test["superseded"],
        "newest": each.curve.newest,
        "file": each.file,
        "points": int(np.sum(np.isfinite(swept.bias) & np.isfinite(swept.current))),
        "bias_sign": swept.bias_sign,
        "current_sign": swept.current_sign,
        "temperature": float(np.median(known)) if len(known) else None,
        "compliance": swept.limit,
        "breakdown": breakdown(swept),
        "free_to": free_to(swept),
    }
    if operating is not None:
        facts |= {
            "voltage": operating.voltage,
            "current": current_at(swept, operating.voltage),
            "current_20C": current_at(swept, operating.voltage, scaled=True),
        }
    return facts


def _table(
    sweeps: Sequence[Mapping[str, Any]], labels: Sequence[str], operating: Operating | None
) -> tuple[list[str], list[list[str]]]:
    headings = ["sweep", "held at", "breakdown"]
    if operating is not None:
        headings[1:1] = [f"{operating.voltage:g} V", f"{operating.voltage:g} V, 20 °C"]
    rows = []
    for label, facts in zip(labels, sweeps, strict=True):
        span, free = facts["breakdown"], facts["free_to"]
        broke = f"{span[0]:g}–{span[1]:g} V" if span else "–" if free is None else f"> {free:g} V"
        row = [label, written(facts["compliance"], "A"), broke]
        if operating is not None:
            row[1:1] = [written(facts["current"], "A"), written(facts["current_20C"], "A")]
        rows.append(row)
    return headings, rows
