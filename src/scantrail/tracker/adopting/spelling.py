"""Ids, names and commands as they must be spelled here, from texts that know no rule."""

import hashlib
import json
import shlex
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from scantrail.errors import InputError
from scantrail.tracker.texts import BREAKS, INVISIBLE, LONGEST_NAME, component_id

_BREAKS = BREAKS | {"Cs"}


def one_line(text: str) -> str:
    """Return a text as a name can be: one line of 120 characters at most; a longer one ends in a mark of its own.

    >>> one_line(" Clean  Room ")
    'Clean Room'
    """
    line = " ".join("".join(map(_kept, text)).split())
    return line if len(line) <= LONGEST_NAME else _shortened(line)


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    return "" if category == INVISIBLE else " " if category in _BREAKS else character


def fitting_id(given: str, is_taken: Callable[[str], bool]) -> str:
    r"""Return the id that a component of this id is given here; `is_taken` is asked of ids in lower case.

    >>> fitting_id("HPK/12", lambda key: False), fitting_id("FEB-1", lambda key: key == "feb-1")
    ('HPK-12', 'FEB-1-2')
    >>> fitting_id("FEB\u200b-1", lambda key: False)
    'FEB-1'
    """
    wanted = one_line(given).replace("/", "-").replace("\\", "-").lstrip(".") or "unnamed"
    try:
        component_id(wanted)
    except InputError:  # too many bytes for the name of a directory
        wanted = _shortened(wanted)
    if not is_taken(wanted.lower()):
        return wanted
    return next(each for each in (f"{wanted}-{number}" for number in count(2)) if not is_taken(each.lower()))


def is_id(given: str) -> bool:
    """Tell whether a component may be called so as it stands."""
    return fitting_id(given, lambda key: False) == given


def svt(command: str, *words: str, **options: str | Sequence[str] | bool | None) -> str:
    """Return a command line of `svt`, quoted for a shell; an option that is None, empty or False is left out.

    An option of several values is repeated; one that is True has none.

    >>> svt("assemble", "M 1", sensor="S1", notes="", replace=True)
    "svt assemble --sensor S1 --replace 'M 1'"
    """
    given: list[str] = []
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(value, bool | None):
            given += [option] if value else []
        else:
            for each in [value] if isinstance(value, str) else value:
                given += [option, each] if each else []
    end = ["--"] if any(word.startswith("-") for word in words) else []
    return shlex.join(["svt", command, *given, *end, *words])


def svt_test(component: str, kind: str, stated: bool | None, measurements: Mapping[str, Any], **options: str) -> str:
    """Return the command that records a test with these measurements."""
    words = ["svt", "test", "--type", kind]
    words += ["--pass" if stated else "--fail"] if stated is not None else []
    for name, value in measurements.items():
        words += ["--set", f"{name}={value if _is_plain(value) else json.dumps(value, ensure_ascii=False)}"]
    for name, given in options.items():
        words += [f"--{name}", given]
    return shlex.join([*words, "--", component])


def _is_plain(value: object) -> bool:
    """Whether a measurement is a text that `--set` takes for one."""
    if not isinstance(value, str) or value.lstrip()[:1] in {"[", "{"}:
        return False
    try:
        json.loads(value)
    except ValueError:
        return True
    return False


def _shortened(text: str) -> str:
    """As much of a text as fits before eight characters that stand for the whole of it."""
    mark = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    kept = text.encode("utf-8", "ignore")[: LONGEST_NAME - 20].decode("utf-8", "ignore").strip()
    return f"{kept}-{mark}"
