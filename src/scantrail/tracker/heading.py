"""What stands at the head of a column, taken apart into words and a unit."""

import re
from dataclasses import dataclass

UNIT = re.compile(
    r"[fpnuµμmkM]?(?:V|A|C|s|Hz|Ohm|Ω)|°C|K|deg\.? ?C|%|k?e-?|ADC|DAC|mV/fC"
    r"|(?i:volts?|amps?|amperes?|celsius|kelvin|electrons?|seconds?)"
)
"""A unit as it may stand after a name without brackets, or in a row of its own."""

_BRACKETED = re.compile(r"(.*?)\s*[(\[{<]\s*([^)\]}>]*?)\s*[)\]}>]\W*", re.DOTALL)
_SEPARATED = re.compile(r"[_\s]+")
_WORD = re.compile(r"[A-Z]?[a-zµμ]+|[A-Z]+(?![a-z])|\d+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's name as written, its words in lower case but for single letters, and its unit, empty if none is named.

    The case of a letter tells a current I from an index i, a temperature T from a time t.
    """

    text: str
    words: tuple[str, ...]
    unit: str


def heading(text: str) -> Heading:
    """Take a column's name apart.

    >>> heading("Leakage current [uA]").unit, heading("current_nA").words, heading("T / K").words
    ('uA', ('current',), ('T',))
    """
    whole = text.strip()
    name, unit = whole, ""
    if match := _BRACKETED.fullmatch(whole):
        name, unit = match[1], match[2]
    elif "/" in whole:
        name, _, unit = (part.strip() for part in whole.rpartition("/"))
    else:
        head, parted, last = _SEPARATED.sub(" ", whole).rpartition(" ")
        if parted and UNIT.fullmatch(last):
            name, unit = head, last
    words = (word if len(word) == 1 else word.lower() for word in _WORD.findall(name))
    return Heading(whole, tuple(words), unit)
