"""Errors as answers: a page for a browser, JSON for a script, the sentence of the command line in both."""

from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from scantrail.errors import (
    AlreadyExists,
    ComponentNotFound,
    ConflictError,
    DatabaseError,
    InputError,
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
    (InputError, 422),
)
"""HTTP status of each error; of any other 409: the request was understood, and things are not so."""


def status_of(error: ScantrailError) -> int:
    """Return the HTTP status that tells of an error."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 409)


def refusal(scope: MutableMapping[str, Any], status: int, sentence: str) -> Response:
    """Return the answer to a request that is refused: JSON below /api, a page elsewhere."""
    if scope["path"].startswith("/api/"):
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
        told = error.detail
        if error.status_code == 404 and told == "Not Found":
            told = "there is no such page"
        answer = refusal(request.scope, error.status_code, told)
        answer.headers.update(error.headers or {})
        return answer

    def invalid(request: Request, error: Exception) -> Response:
        faults = error.errors() if isinstance(error, RequestValidationError) else []
        told = "; ".join(f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in faults)
        return refusal(request.scope, 422, told or "the request cannot be understood")

    app.add_exception_handler(ScantrailError, ours)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
