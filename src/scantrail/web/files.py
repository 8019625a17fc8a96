"""Files of the page itself: style sheet, scripts, and plotly.js from its installed package."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scantrail.web.rendering import HERE, SCRIPT, script, static

router = APIRouter()

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get("/static/{digest}/{name}")
def static_file(digest: str, name: str) -> Response:
    """Return a file whose address holds its hash."""
    known = {SCRIPT, *(path.name for path in (HERE / "static").iterdir() if path.suffix in TYPES)}
    if name not in known or static(name) != f"/static/{digest}/{name}":
        raise HTTPException(404)
    content = script() if name == SCRIPT else (HERE / "static" / name).read_bytes()
    return Response(content, media_type=TYPES[f".{name.rpartition('.')[2]}"], headers=FOR_EVER)


@router.get("/favicon.ico")
def icon() -> Response:
    """Return the sign of the page."""
    return Response((HERE / "static" / "icon.svg").read_bytes(), media_type="image/svg+xml")
