"""Text as it can be set: fonts that have the letters, lines that fit, and nothing read as markup."""

from functools import cache
from textwrap import wrap

from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.text import Text

LATIN = "DejaVu Sans"
"""Comes with matplotlib, so that figures look alike everywhere."""
EASTERN = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "IPAexGothic",
    "IPAGothic",
    "TakaoGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
    "Noto Sans CJK SC",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Microsoft YaHei",
    "Malgun Gothic",
)
"""Where the letters come from that the first does not have; those installed are used."""
MISSING = "\N{REPLACEMENT CHARACTER}"
EM_PER_LETTER, EM_PER_BOLD = 0.53, 0.62
"""Mean width of a letter in ems, on the safe side."""


@cache
def families() -> tuple[str, ...]:
    """The font families to use, in order."""
    installed = {entry.name for entry in fontManager.ttflist}
    return (LATIN, *(name for name in EASTERN if name in installed))


def fitting(text: str, inches: float, points: float, *, bold: bool = False) -> str:
    """The text on as many lines as it needs in this width at this size, every letter one that a font has."""
    letter = (EM_PER_BOLD if bold else EM_PER_LETTER) * points / 72.0
    return "\n".join(wrap(_settable(text), max(8, int(inches / letter))))


def shortened(text: str, letters: int) -> str:
    """The text on one line, cut with an ellipsis, every letter one that a font has."""
    plain = _settable(text)
    return plain if len(plain) <= letters else plain[: letters - 1].rstrip() + "…"


def set_plainly(*texts: Text) -> None:
    """Take the fonts of the house, and read no `$` as mathematics."""
    for text in texts:
        text.set_fontfamily(list(families()))
        text.set_parse_math(False)


def _settable(text: str) -> str:
    return "".join(letter if _has(letter) else MISSING for letter in " ".join(text.split()))


@cache
def _has(letter: str) -> bool:
    if letter.isspace():
        return True
    if not letter.isprintable():
        return False
    return any(get_font(_file(name)).get_char_index(ord(letter)) for name in families())


@cache
def _file(family: str) -> str:
    return str(fontManager.findfont(FontProperties(family=[family])))
