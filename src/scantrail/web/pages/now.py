"""The page Now: what is being taken, and what ended last."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from scantrail.web.live.telling import recent
from scantrail.web.rendering import page
from scantrail.web.site import TheSite

router = APIRouter()


@router.get("/")
def now(request: Request, site: TheSite) -> Response:
    """Show the runs under way; the stream of events fills in the rest."""
    watch = site.watch
    return page(request, "now.html", {"running": len(watch.running), "recent": recent(watch.newest)})
