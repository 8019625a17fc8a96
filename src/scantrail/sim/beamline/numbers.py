"""Numbers as the protocol writes and reads them: `%.6g` out, C's strtod in."""

import re

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|[+-]?nan", re.IGNORECASE | re.ASCII)
_HEX = re.compile(r"[+-]?0x([0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)(p[+-]?\d+)?", re.IGNORECASE | re.ASCII)


def shown(value: float) -> str:
    """Return a number as it leaves the server."""
    return f"{value:.6g}"


def parsed(text: str) -> float | None:
    """Return the number that all of `text` spells, None if it spells none."""
    text = text.strip()
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _HEX.fullmatch(text):
        try:
            return float.fromhex(text)
        except OverflowError:
            return float("-inf" if text.startswith("-") else "inf")
    return None
