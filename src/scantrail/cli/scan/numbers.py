"""Arguments of the scan commands as numbers; what does not fit is refused in one sentence."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scantrail.errors import InputError, OutputError

if TYPE_CHECKING:
    from scantrail.daq import Region

Ramp = tuple[str, float, float, int]
"""One motor's way: MOTOR START STOP STEPS."""

WAY = 4


def ramps(words: Sequence[str]) -> list[Ramp]:
    """Return the ways in the arguments MOTOR START STOP STEPS …. Raises InputError, NoSuchOption."""
    refuse_options(words)
    if not words or len(words) % WAY:
        raise InputError(f"each motor needs MOTOR START STOP STEPS; got {' '.join(words) or 'nothing'}")
    return [_ramp(words[i : i + WAY]) for i in range(0, len(words), WAY)]


def positions(words: Sequence[str]) -> list[float]:
    """Return the numbers in the arguments, or in the file of the one argument @FILE. Raises InputError, OutputError."""
    refuse_options(words)
    if len(words) == 1 and words[0].startswith("@"):
        return [number(word, f"{words[0][1:]}, line {line}") for line, word in _words_of(Path(words[0][1:]))]
    return [number(word, f"position {i}") for i, word in enumerate(words, 1)]


def regions(text: str, k_weight: float = 0.0) -> "list[Region]":
    """Return the regions in "START:STOP:STEP START:STOP:STEP …"; dwells grow by `k_weight` in those that are in k.

    Raises InputError, also for a k_weight where there is no such region.
    """
    from dataclasses import replace

    from scantrail.daq import region_in

    try:
        found = [region_in(part) for part in text.split()]
    except InputError as error:
        raise InputError(f"--regions {error}") from None
    if k_weight and all(region.unit != "k" for region in found):
        raise InputError(f"--k-weight {k_weight:g} is for regions in k, such as 30:12k:0.05k; --regions has none")
    return [replace(region, k_weight=k_weight) if region.unit == "k" else region for region in found]


def edge_or_energy(text: str) -> float | str:
    """Return the energy of an edge [eV], or its name."""
    try:
        return float(text)
    except ValueError:
        return text


def number(word: str, where: str) -> float:
    """Return a number; `where` it stands goes into the InputError for what is none."""
    try:
        return float(word)
    except ValueError:
        raise InputError(f'{where}: "{word}" is no number') from None


def refuse_options(words: Sequence[str]) -> None:
    """Raise NoSuchOption for an argument that is meant as an option: it begins with a dash and is no number."""
    for word in words:
        if re.match(r"--?[A-Za-z]", word) and word.lstrip("-").lower() not in ("inf", "nan", "infinity"):
            raise click.NoSuchOption(word.partition("=")[0], ctx=click.get_current_context(silent=True))


def _ramp(words: Sequence[str]) -> Ramp:
    motor, first, last, steps = words
    if not re.fullmatch(r"[+-]?\d+", steps, re.ASCII):
        raise InputError(f'{motor}: the number of steps must be a whole number, not "{steps}"')
    return motor, number(first, motor), number(last, motor), int(steps)


def _words_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, word) of a file of numbers, apart by spaces or commas; `#` begins a comment."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise OutputError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no text: {error}") from error
    for line, text in enumerate(lines, 1):
        for word in text.partition("#")[0].replace(",", " ").split():
            yield line, word
