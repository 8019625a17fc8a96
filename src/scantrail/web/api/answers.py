"""How refusals read in the API's description, and which a request may meet."""

from typing import Any

from fastapi import Depends
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field

BEARER = Depends(HTTPBearer(auto_error=False, description='Made by "scantrail web token new NAME".'))
"""Describes how a script is known; the guard before all pages is who asks for it."""


class Refusal(BaseModel):
    """Why a request was refused."""

    detail: str = Field(description="One sentence, as the command line says it.")


WORDS = {
    400: "The request cannot be understood.",
    401: "No token, or one that is not known or holds no more.",
    403: "The token may read alone, or another page asked.",
    404: "There is no such run, component or position.",
    409: "Against the rules, or not the state of things; the sentence names reason and occupant.",
    413: "Too large.",
    421: "Not the host that this page is served to.",
    422: "A value that cannot be.",
    503: "The database cannot be used now.",
    507: "There is no room for it; nothing of it was kept.",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the refusals of an operation besides those that any may meet."""
    return {status: {"model": Refusal, "description": WORDS[status]} for status in (401, 421, 422, 503, *statuses)}


READING = refusals(404, 409)
CHANGING = refusals(400, 403, 404, 409, 413, 507)
