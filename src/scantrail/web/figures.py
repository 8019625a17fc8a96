"""Figures as a page asks for them: what plotly.js draws, or the sentence that stands in its place."""

from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse

from scantrail.errors import ScantrailError


def answer(draw: Callable[[], dict[str, Any]]) -> JSONResponse:
    """Return a drawn figure, or under `refused` why there is none.

    That is an answer like any other: a status of its own would only stand as an error in the browser's console.
    """
    try:
        return JSONResponse(draw())
    except ScantrailError as error:
        return JSONResponse({"refused": str(error)})
