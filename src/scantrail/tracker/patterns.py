"""Position patterns: `Layer{0-3}_{top,bottom}` stands for eight names, `FEB{n}` for any number."""

import itertools
import re

_PART = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d{1,9})-(\d{1,9})")

MOST = 10_000
"""Positions of one pattern; more are a slip of the pen."""


def flaw(pattern: str) -> str:
    """Say what is wrong with a pattern; empty if nothing is.

    >>> flaw("Layer{0-3")
    'has a brace without its other half'
    """
    pieces = _PART.split(pattern)
    if any(brace in piece for piece in pieces[::2] for brace in "{}"):
        return "has a brace without its other half"
    number = 1
    for piece in pieces[1::2]:
        span = _RANGE.fullmatch(piece)
        number *= int(span[2]) - int(span[1]) + 1 if span else len(piece.split(","))
        if piece != "n" and (number < 1 or not all(choice.strip() for choice in piece.split(","))):
            return f"has {{{piece}}}, which stands for nothing; write {{0-3}}, {{top,bottom}} or {{n}}"
    return f"stands for {number} positions; {MOST} are the most, {{n}} is any number" if number > MOST else ""


def expand(pattern: str) -> list[str] | None:
    """Return every name of a pattern in order, None if it has `{n}` in it and so no end.

    >>> expand("Layer{0-1}_{top,bottom}")
    ['Layer0_top', 'Layer0_bottom', 'Layer1_top', 'Layer1_bottom']
    """
    pieces = _PART.split(pattern)
    if "n" in pieces[1::2]:
        return None
    choices = [_choices(piece) if index % 2 else [piece] for index, piece in enumerate(pieces)]
    return ["".join(parts) for parts in itertools.product(*choices)]


def spelled(pattern: str, name: str) -> str | None:
    """Return a name as the pattern spells it, whatever its case; None if the pattern does not stand for it.

    >>> spelled("FEB{n}", "feb12"), spelled("FEB{n}", "FEB012")
    ('FEB12', None)
    """
    pieces = _PART.split(pattern)
    regex = "".join(f"({_regex(piece)})" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
    found = re.fullmatch(regex, name, re.IGNORECASE | re.ASCII)
    if found is None:
        return None
    chosen = iter(found.groups())
    return "".join(_as_written(piece, next(chosen)) if index % 2 else piece for index, piece in enumerate(pieces))


def _choices(piece: str) -> list[str]:
    if span := _RANGE.fullmatch(piece):
        return [str(number) for number in range(int(span[1]), int(span[2]) + 1)]
    return piece.split(",")


def _as_written(piece: str, given: str) -> str:
    return next((choice for choice in _choices(piece) if choice.lower() == given.lower()), given)


def _regex(piece: str) -> str:
    if piece == "n":
        return "(?:0|[1-9][0-9]*)"
    return f"(?:{'|'.join(map(re.escape, _choices(piece)))})"
