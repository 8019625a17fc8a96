"""An absorption spectrum as XDI 1.0 (XAS Data Interchange): a header of fields, a column each of energy and signals.

Source: XDI working group, "XAS Data Interchange Format Draft Specification, version 1.0" and its dictionary of
metadata, in github.com/XraySpectroscopy/XAS-Data-Interchange.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from scantrail.runs.export.absorption import Absorption, absorptions
from scantrail.runs.export.passes import averaged
from scantrail.runs.export.place import new_file
from scantrail.runs.export.recorded import Floats, Recorded, Recording, recording
from scantrail.runs.export.text import complete, fresh, number, one_line, rows
from scantrail.runs.export.written import Written, refuse_unfit
from scantrail.runs.reader import Record
from scantrail.runs.stamps import iso

LABELS = {"i0": "I0", "itrans": "IT", "ifluor": "IF", "irefer": "IR"}
"""Roles of detectors, which are their column labels too, and the tags under which XDI describes them."""
EV = "eV"
UNITS = {"eV": EV, "k": "1/angstrom"}
"""How the units of regions are written."""


def export_xdi(records: Sequence[Record], path: Path, worked_out: Sequence[Recorded] = ()) -> Written:
    """Write an energy scan, given as the runs that took it, oldest first, to the new XDI file `path`.

    worked_out: columns beside the recorded ones; those that never change stand in the header. Returns how many points
    were written, and what is missing. Raises RunError if the run is of another kind or without a point, InputError if
    the file exists, OutputError; nothing is left behind then.
    """
    with new_file(path) as file:
        return write_xdi(records, file, worked_out)


def write_xdi(records: Sequence[Record], file: TextIO, worked_out: Sequence[Recorded] = ()) -> Written:
    """Write an energy scan as XDI: energy (where the monochromator was sent), i0, itrans, ifluor, mu, then the rest.

    Several passes over the energies are averaged. Points that lack one of the columns are left out, and told. Raises
    RunError as `export_xdi`, OSError.
    """
    whole = recording(records, worked_out)
    refuse_unfit(whole, "xdi")
    recorded, passes, fewer = averaged(whole)
    columns, units = _columns(recorded)
    found = complete(columns, needed=1)
    file.write(f"# XDI/1.0 Scantrail/{recorded.start['scantrail']['version']}\n")
    for place, name in enumerate(found.columns, 1):
        unit = f" {units[name]}" if name in units else ""
        file.write(f"# Column.{place}: {name}{unit}\n")
    for name, value in _header(recorded, passes):
        if told := one_line(value):
            file.write(f"# {name}: {told}\n")
    file.write(f"# ---\n# {'  '.join(found.columns)}\n")
    for row in rows(list(found.columns.values())):
        file.write(f"{row}\n")
    return Written(found.points, (*fewer, *found.notices, *_missing(recorded.start["xafs"])), passes)


# --- columns ----------------------------------------------------------------------------------------------------------


def _columns(recorded: Recording) -> tuple[dict[str, Floats], dict[str, str]]:
    """Return all columns by their labels, and the units of those whose unit is a word, as some readers want it."""
    axis = recorded.axes[0]
    columns, units = {"energy": recorded.stepped(axis).floats}, {"energy": axis.unit or EV}
    known = {role: detector for role in LABELS if (detector := recorded.of_role(role)) is not None}
    columns |= {role: detector.floats for role, detector in known.items()}
    columns |= {mu.name: mu.values for mu in absorptions(recorded)}
    columns["energy_readback"], units["energy_readback"] = axis.floats, axis.unit or EV
    told = {detector.key for detector in known.values()}
    for other in (*recorded.detectors, *recorded.changing):
        if other.key not in told:
            label = fresh(_label(recorded, other), {*columns, *LABELS})
            columns[label] = other.floats
            if re.fullmatch(r"\w+", other.unit, re.ASCII):
                units[label] = other.unit
    return columns, units


def _label(recorded: Recording, column: Recorded) -> str:
    """Return what a column is called: a detector by its role if it is the first of it, a dark after its detector."""
    if column.role == "dark":
        return f"{_label(recorded, recorded.columns[column.source])}_dark"
    return column.role if column.role in LABELS and recorded.of_role(column.role) is column else _word(column.key)


def _word(key: str) -> str:
    return re.sub(r"\W", "_", key, flags=re.ASCII)


# --- header -----------------------------------------------------------------------------------------------------------


def _header(recorded: Recording, passes: int) -> Iterator[tuple[str, object]]:
    """Yield the fields that are known: those of the dictionary, then our own under our own name."""
    told, ours = recorded.start["xafs"], recorded.start["scantrail"]
    place = ours.get("station", {}).get("beamline", {})
    fields = {
        "Element.symbol": told.get("element"),
        "Element.edge": told.get("edge"),
        "Scan.edge_energy": f"{float(told['e0'])!r} {EV}",
        "Scan.start_time": _moment(recorded.began),
        "Scan.end_time": None if recorded.ended is None else _moment(recorded.ended),
        "Mono.name": told.get("mono"),
        "Mono.d_spacing": told.get("d_spacing"),
        "Facility.name": place.get("facility"),
        "Facility.xray_source": place.get("source"),
        "Beamline.name": place.get("name"),
        "Sample.id": ", ".join(ours["components"]),
    }
    yield from ((name, value) for name, value in fields.items() if value is not None)
    for role, tag in LABELS.items():
        if (detector := recorded.of_role(role)) is not None:
            yield f"Detector.{tag}", ", ".join(filter(None, (detector.source, detector.unit)))
    yield from _ours(recorded, passes)


def _moment(seconds: float) -> str:
    """Return a unix time [s] as XDI wants it, whole seconds of UTC."""
    return f"{iso(seconds).partition('.')[0]}Z"


def _ours(recorded: Recording, passes: int) -> Iterator[tuple[str, object]]:
    ours = recorded.start["scantrail"]
    yield "Scantrail.run", ", ".join(map(str, recorded.numbers))
    yield "Scantrail.uid", ", ".join(recorded.uids)
    yield "Scantrail.operator", ours["operator"]
    yield "Scantrail.status", recorded.stop["exit_status"] if recorded.stop else "interrupted"
    yield "Scantrail.points", f"{len(recorded.time)} of {recorded.planned}"
    if passes > 1:
        yield "Scantrail.passes", f"{passes}, averaged"
    for column in recorded.unchanging:
        yield f"Scantrail.{_label(recorded, column)}", f"{number(float(column.values[0]))} {column.unit}".rstrip()
    for detector in recorded.detectors:
        if detector.unit:
            yield f"Scantrail.{_label(recorded, detector)}_unit", detector.unit
    for place, region in enumerate(ours["plan"]["regions"], 1):
        yield f"Scantrail.region_{place}", _region(region)
    formulas = {_word(one.key): one.source for one in recorded.others if one.role == "derived"}
    formulas |= {mu.name: _formula(recorded, mu) for mu in absorptions(recorded)}
    yield from ((f"Scantrail.{name}", formula) for name, formula in formulas.items())


def _formula(recorded: Recording, mu: Absorption) -> str:
    darks = [one.role for one in (mu.incoming, mu.signal) if recorded.dark(one) is not None]
    return f"{mu.formula}, less the darks of {' and '.join(darks)}" if darks else mu.formula


def _region(region: Sequence[float] | Mapping[str, Any]) -> str:
    """Return a region of the plan in words: "-20 to 30 eV, step 0.5 eV"; with the suffix k it is in 1/angstrom."""
    if not isinstance(region, Mapping):
        start, stop, step = region
        return f"{start:g} to {stop:g} {EV}, step {step:g} {EV}"
    unit = UNITS[region.get("unit", EV)]
    texts = [f"{region['start']:g} to {region['stop']:g} {unit}"]
    texts += [f"step {region['step']:g} {unit}"] if region.get("step") is not None else []
    texts += [f"{region['npts']} points"] if region.get("npts") is not None else []
    texts += [f"dwell {region['dwell']:g} s"] if region.get("dwell") is not None else []
    texts += [f"k_weight {region['k_weight']:g}"] if region.get("k_weight") else []
    return ", ".join(texts)


def _missing(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what XDI demands and the run does not know."""
    if not told.get("element") or not told.get("edge"):
        yield (
            "Element.symbol and Element.edge are missing, for the edge was given as an energy; scans with "
            '--edge "Fe K" have them'
        )
    if not told.get("d_spacing"):
        yield (
            "Mono.d_spacing is missing; set d_spacing in the section [crystal] of the station file, and scans from "
            "then on have it"
        )
