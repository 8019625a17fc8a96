"""Passwords and tokens, hidden before anything is printed or kept."""

import re
from typing import Any

MASK = "***"

# Greedy up to the last @: a password with an @ of its own is hidden whole, even where a URL should have escaped it.
_IN_URL = re.compile(r"(://[^:/?#@\s]*):.*@")
_NAMED = re.compile(
    r"""\b(password|passwd|pwd|token|secret|api_?key)(\s*=\s*)('[^']*'|"[^"]*"|[^&\s]+)""", re.IGNORECASE
)


def mask(text: str) -> str:
    """Return `text` with `***` for the password of a URL and for each `password=`, `token=`, `secret=`, `api_key=`."""
    return _NAMED.sub(rf"\1\2{MASK}", _IN_URL.sub(rf"\1:{MASK}@", text))


def masked(document: Any) -> Any:  # noqa: ANN401 - any JSON-like value
    """Return a JSON-like value with every text in it masked."""
    if isinstance(document, str):
        return mask(document)
    if isinstance(document, dict):
        return {key: masked(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [masked(value) for value in document]
    return document
