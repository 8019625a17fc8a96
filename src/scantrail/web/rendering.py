"""Pages from templates: everything in them is text, unless a template itself says otherwise."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from scantrail import __version__
from scantrail.runs import cell, duration
from scantrail.tracker import in_words
from scantrail.web.measured import measured, with_error
from scantrail.web.staging import SHOWN, media_type

HERE = Path(__file__).parent
SECTIONS = (
    ("Now", "/"),
    ("Runs", "/runs"),
    ("Components", "/components"),
    ("Positions", "/positions"),
    ("Tests", "/tests"),
)
SCRIPT = "plotly.min.js"


def page(
    request: Request | None,
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Return a page made of a template; `request` tells which section is open."""
    path = request.url.path if request is not None else ""
    text = _environment().get_template(template).render(path=path, **context)
    return HTMLResponse(encodable(text), status, headers)


def fragment(template: str, context: Mapping[str, Any]) -> str:
    """Return a part of a page."""
    return encodable(_environment().get_template(template).render(path="", **context))


def encodable(text: str) -> str:
    """Return text that can be sent: a name of a file need not be any, nor what stands in a journal that was edited."""
    return text.encode(errors="replace").decode()


@cache
def static(name: str) -> str:
    """Return the address of a file of the page, with a hash in it: it may be kept for ever, and a new one is seen.

    Our own files share the hash of all of them, so that a script finds the others beside it.
    """
    contents = [script()] if name == SCRIPT else [path.read_bytes() for path in sorted((HERE / "static").iterdir())]
    return f"/static/{hashlib.sha256(b''.join(contents)).hexdigest()[:16]}/{name}"


@cache
def script() -> bytes:
    """Return plotly.js from the installed package."""
    return files("plotly").joinpath("package_data", SCRIPT).read_bytes()


def local(moment: datetime | float | None, spec: str = "%Y-%m-%d %H:%M") -> str:
    """Write a moment (unix seconds, too) in local time; empty for none."""
    if moment is None:
        return ""
    at = moment if isinstance(moment, datetime) else datetime.fromtimestamp(moment)
    return at.astimezone().strftime(spec)


def segment(text: object) -> str:
    """Return text as one segment of an address."""
    return quote(str(text), safe="", errors="replace")


def size(count: int) -> str:
    """Write a size in bytes as people do.

    >>> size(999), size(1536000)
    ('999 B', '1.5 MB')
    """
    for unit, power in (("GB", 9), ("MB", 6), ("kB", 3)):
        if count >= 10**power:
            return f"{count / 10**power:.1f} {unit}"
    return f"{count} B"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"local": local, "segment": segment, "size": size, "duration": duration, "cell": cell}
    made.filters["urlencode"] = lambda text: quote(str(text), errors="replace")
    made.filters["limits"] = lambda limit: in_words(limit["low"], limit["high"], None)
    made.filters |= {"measured": measured, "with_error": with_error}
    made.tests["shown"] = lambda name: media_type(str(name)) in SHOWN
    made.globals |= {"static": static, "version": __version__, "sections": SECTIONS}
    return made
