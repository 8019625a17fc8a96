"""Errors as answers: a page for a browser, JSON for a script, the sentence of the command line in both."""

import errno
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from scantrail.errors import (
    AlreadyExists,
    ComponentNotFound,
    ConflictError,
    DatabaseError,
    InputError,
    OutputError,
    Refused,
    RunNotFound,
    RunStateError,
    ScantrailError,
)
from scantrail.web.rendering import page

STATUSES: tuple[tuple[type[ScantrailError], int], ...] = (
    (ComponentNotFound, 404),
    (RunNotFound, 404),
    (AlreadyExists, 409),
    (ConflictError, 409),
    (Refused, 409),
    (RunStateError, 409),
    (DatabaseError, 503),
    (OutputError, 507),
    (InputError, 422),
)
"""HTTP status of each error; of any other 409: the request was understood, and things are not so."""
FULL = (errno.ENOSPC, errno.EDQUOT)


BARE = {404: "there is no such page", 405: "{method} is not answered here"}
"""What the framework says without a sentence."""


def status_of(error: ScantrailError) -> int:
    """Return the HTTP status that tells of an error."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 409)


def refusal(scope: MutableMapping[str, Any], status: int, sentence: str) -> Response:
    """Return the answer to a request that is refused: a page where somebody reads it, JSON to scripts."""
    accepted = Headers(scope=scope).get("accept", "text/html")
    if scope["path"].startswith("/api/") or "text/html" not in accepted:
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        return JSONResponse({"detail": sentence}, status, headers)
    title = HTTPStatus(status).phrase
    return page(None, "refused.html", {"title": title, "sentence": sentence, "bare": status in (401, 421)}, status)


def add_refusals(app: FastAPI) -> None:
    """Let every error of ours, and of the framework's, be answered with its sentence."""

    def ours(request: Request, error: Exception) -> Response:
        status = status_of(error) if isinstance(error, ScantrailError) else 500
        return refusal(request.scope, status, str(error))

    def http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return refusal(request.scope, 500, "this failed")
        if isinstance(error.__cause__, OSError):  # met while the body was read
            return system(request, error.__cause__)
        told = error.detail
        if told == HTTPStatus(error.status_code).phrase:
            told = BARE.get(error.status_code, told).format(method=request.method)
        answer = refusal(request.scope, error.status_code, told.rstrip("."))
        answer.headers.update(error.headers or {})
        return answer

    def system(request: Request, error: Exception) -> Response:
        if not isinstance(error, OSError) or error.errno not in FULL:
            raise error
        return refusal(request.scope, 507, "there is no room left on the disk; nothing of this was kept")

    def invalid(request: Request, error: Exception) -> Response:
        faults = error.errors() if isinstance(error, RequestValidationError) else []
        told = "; ".join(f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in faults)
        return refusal(request.scope, 422, told or "the request cannot be understood")

    app.add_exception_handler(ScantrailError, ours)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(OSError, system)
    app.add_exception_handler(RequestValidationError, invalid)
