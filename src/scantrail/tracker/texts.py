"""What may be kept as text: anything a person can type, and nothing a database or a directory would choke on."""

import unicodedata

from scantrail.errors import InputError

LONGEST_NAME = 120
BREAKS = {"Cc", "Zl", "Zp"}
"""Categories of characters that end a line or command a terminal."""

INVISIBLE = "Cf"
"""Category of marks that nobody sees: zero width, direction of writing."""


def text(value: str, what: str) -> str:
    """Return `value` if a database can keep it. Raises InputError, naming `what`, for NUL and broken characters."""
    if not isinstance(value, str):
        raise InputError(f"{what} is {value!r}; it must be text")
    if "\0" in value:
        raise InputError(f"{what} holds a NUL character, which no database keeps; leave it out")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{what} is not valid Unicode at character {error.start + 1}") from error
    return value


def is_text(value: str) -> bool:
    """Tell whether a database can keep this, and so look for it."""
    try:
        text(value, "")
    except InputError:
        return False
    return True


def name(value: str, what: str) -> str:
    """Return a name without blanks around it: one line, not empty, 120 characters at most. Raises InputError.

    Letters with accents are written in one way (NFC), for two names that look the same are one.
    """
    kept = unicodedata.normalize("NFC", text(value, what)).strip()
    if not kept:
        raise InputError(f"{what} is empty")
    if len(kept) > LONGEST_NAME:
        raise InputError(f"{what} has {len(kept)} characters; {LONGEST_NAME} are the most")
    categories = {unicodedata.category(character) for character in kept}
    if categories & BREAKS:
        raise InputError(f"{what} {kept!r} holds a line break or a control character; a name is one line")
    if INVISIBLE in categories:
        raise InputError(f"{what} {kept!r} holds an invisible character; write it with those that can be seen")
    return kept


def component_id(value: str) -> str:
    """Return an id that may become the name of a directory. Raises InputError."""
    kept = name(value, "the id")
    if "/" in kept or "\\" in kept:
        raise InputError(f"the id {kept!r} holds a slash; an id names a directory, so write it without / and \\")
    if kept.startswith("."):
        raise InputError(f"the id {kept!r} begins with a dot; begin it with a letter or a digit")
    if len(kept.encode()) > 2 * LONGEST_NAME:
        raise InputError(f"the id {kept!r} is too long for the name of a directory")
    return kept
