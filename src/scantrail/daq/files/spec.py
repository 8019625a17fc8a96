"""SPEC data files: scans one after the other, each with the command that took it, its columns and comments.

Source: "Standard SPEC Data File Format", certif.com/spec_help/scans.html.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from pathlib import Path

import numpy as np

from scantrail.daq.files.lines import NUMBER, fault, lines_of, numbers
from scantrail.daq.measured import Floats
from scantrail.errors import InputError

BEGIN = re.compile(r"#S\s+(\d{1,9})\b", re.ASCII)
GAP = re.compile(r"\s{2,}|\t")
"""What stands between labels, which may hold single spaces."""


@dataclass(frozen=True, slots=True)
class SpecScan:
    """One scan of a SPEC file.

    number: as in the file, where it may come more than once. columns: the values by their label, in order; a second
    column of one label has a number behind it. dwell: counting time of a point [s], None if it counted to something
    else. detectors: labels that the file itself calls detectors. flaw: why it cannot be used, "" if it can.
    """

    path: Path
    number: int
    command: str
    date: str = ""
    columns: dict[str, Floats] = field(default_factory=dict)
    comments: tuple[str, ...] = ()
    dwell: float | None = None
    detectors: tuple[str, ...] = ()
    flaw: str = ""

    @property
    def name(self) -> str:
        """Which scan it is, in words."""
        return f"{self.path.name}, scan {self.number}"

    @property
    def points(self) -> int:
        """How many points were taken."""
        return len(next(iter(self.columns.values()), ()))

    @property
    def aborted(self) -> bool:
        """Whether the file says that it was ended before its time."""
        return any(re.search(r"\bscan aborted\b", comment, re.IGNORECASE) for comment in self.comments)


def read_spec(path: Path) -> list[SpecScan]:
    """Read all scans of a SPEC file, in its order; one that is broken tells its flaw and does not stand in the way.

    Raises InputError if the file cannot be read or holds no scan.
    """
    blocks = list(_blocks(lines_of(path)))
    if not blocks:
        raise InputError(f"{path} holds no scan: no line begins with #S")
    return [_scan(path, first, lines) for first, lines in blocks]


def choose(scans: Sequence[SpecScan], number: int | None) -> SpecScan:
    """Return the scan of a number, the last of them if there are several; without a number the only one.

    Raises InputError with those that there are, or the flaw of the chosen one.
    """
    path = scans[0].path
    if number is None and len(scans) > 1:
        raise InputError(f"{path} holds {len(scans)} scans, {_told(scans)}; choose one with --scan N")
    chosen = [scan for scan in scans if number in {None, scan.number}]
    if not chosen:
        raise InputError(f"{path} holds no scan {number}; it has {_told(scans)}")
    if chosen[-1].flaw:
        raise InputError(chosen[-1].flaw)
    return chosen[-1]


def _told(scans: Sequence[SpecScan]) -> str:
    """Return the numbers of scans, those that follow one another as a range."""
    found = sorted({scan.number for scan in scans})
    ranges: list[list[int]] = []
    for number in found:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in ranges)


# --- one scan ---------------------------------------------------------------------------------------------------------


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the number of the #S line of each scan, counted from 1, and its lines."""
    begins = [i for i, line in enumerate(lines) if BEGIN.match(line)]
    for first, after in pairwise([*begins, len(lines)]):
        yield first + 1, lines[first:after]


def _scan(path: Path, first: int, lines: Sequence[str]) -> SpecScan:
    head, rows = _sorted(first, lines)
    _, number, command = BEGIN.split(lines[0], maxsplit=1)
    scan = SpecScan(
        path=path,
        number=int(number),
        command=command.strip(),
        date=next(iter(head.get("D", ())), ""),
        comments=tuple(head.get("C", ())),
        dwell=_dwell(head.get("T", ())),
        detectors=_called_detectors(head.get("MD", ())),
    )
    try:
        labels = _labels(path, first, head)
        table = [numbers(path, place, words, len(labels)) for place, words in rows]
    except InputError as error:
        return replace(scan, flaw=str(error))
    return replace(scan, columns=_columns(labels, table))


def _sorted(first: int, lines: Sequence[str]) -> tuple[dict[str, list[str]], list[tuple[int, list[str]]]]:
    """Return the control lines by their letters, and the rows with their places; spectra (@A) are left out."""
    head: dict[str, list[str]] = {}
    rows: list[tuple[int, list[str]]] = []
    in_spectrum = False
    for place, line in enumerate(lines, first):
        if in_spectrum or line.startswith("@"):
            in_spectrum = line.rstrip().endswith("\\")
        elif line.startswith("#"):
            letters, _, rest = line[1:].partition(" ")
            head.setdefault(letters, []).append(rest.strip())
        elif line.strip():
            rows.append((place, line.split()))
    return head, rows


def _labels(path: Path, first: int, head: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the labels of the columns, apart by two spaces, or by one if only so they are as many as #N tells."""
    if not head.get("L"):
        raise fault(path, first, "the scan names no columns: it has no line #L")
    told, text = "".join(head.get("N", ())[-1:]).split(), head["L"][-1]
    labels, words = GAP.split(text), text.split()
    return words if told and told[0] not in {str(len(labels))} and told[0] == str(len(words)) else labels


def _columns(labels: Sequence[str], table: Sequence[Sequence[float]]) -> dict[str, Floats]:
    """Return the columns by label; one that repeats another, label and values, is left out."""
    values = np.array(table, dtype=float).reshape(len(table), len(labels))
    columns: dict[str, Floats] = {}
    for label, column in zip(labels, values.T, strict=True):
        if label not in columns or not np.array_equal(columns[label], column, equal_nan=True):
            columns[_free(label, columns)] = column
    return columns


def _free(label: str, taken: Mapping[str, Floats]) -> str:
    return label if label not in taken else next(f"{label}_{i}" for i in count(2) if f"{label}_{i}" not in taken)


def _dwell(told: Sequence[str]) -> float | None:
    """Return the counting time [s] of a line such as "#T 0.3  (seconds)"."""
    words = "".join(told[-1:]).split()
    return float(words[0]) if words and NUMBER.fullmatch(words[0]) and 0 < float(words[0]) < np.inf else None


def _called_detectors(told: Sequence[str]) -> tuple[str, ...]:
    """Return what a line such as "#MD detectors = ['I0', 'I1']" names, as Bluesky writes it."""
    lists = (line.partition("=")[2] for line in told if line.partition("=")[0].strip() == "detectors")
    return tuple(name for names in lists for name in re.findall(r"'([^']*)'", names))
