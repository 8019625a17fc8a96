"""How a browser is let in: the link is used up, and a session takes its place."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from scantrail.web.keys import SESSION_SECONDS
from scantrail.web.refusing import refusal
from scantrail.web.rendering import page
from scantrail.web.site import TheSite

router = APIRouter()


@router.get("/open")
def open_page(request: Request, site: TheSite, token: str = "") -> Response:
    """Use a link up and let the browser in.

    The page that answers goes on by itself: a redirection would be followed without the new cookie where the link
    stands on a page of another site, for that cookie is strict.
    """
    if not site.keys.redeem(token, site.port):
        return refusal(
            request.scope, 401, 'this link was used before, or is too old; "scantrail web link" prints a new one'
        )
    answer = page(request, "opened.html", {})
    answer.set_cookie(site.cookie, site.keys.session(), SESSION_SECONDS, httponly=True, samesite="strict", path="/")
    return answer
