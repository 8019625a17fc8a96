"""Position patterns: `Layer{0-3}_{top,bottom}` stands for eight names, `FEB{n}` for any number."""

import itertools
import re

_PART = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)-(\d+)")


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


def matches(pattern: str, name: str) -> bool:
    """Tell whether a pattern stands for this name, without regard to case.

    >>> matches("FEB{n}", "feb12"), matches("FEB{n}", "FEB012")
    (True, False)
    """
    pieces = _PART.split(pattern)
    regex = "".join(_regex(piece) if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
    return re.fullmatch(regex, name, re.IGNORECASE | re.ASCII) is not None


def _choices(piece: str) -> list[str]:
    if span := _RANGE.fullmatch(piece):
        return [str(number) for number in range(int(span[1]), int(span[2]) + 1)]
    return piece.split(",")


def _regex(piece: str) -> str:
    if piece == "n":
        return "(?:0|[1-9][0-9]*)"
    return f"(?:{'|'.join(map(re.escape, _choices(piece)))})"
