"""The page Positions: the detector as a map, today, at a date or in a run period; what fits into a free one."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scantrail.errors import InputError
from scantrail.tracker import fitting_components, list_positions, moment
from scantrail.web.finding import Words
from scantrail.web.layout import detector_map
from scantrail.web.rendering import page
from scantrail.web.site import TheSite

router = APIRouter()


@router.get("/positions")
def index(request: Request, site: TheSite, at: Words = "", period: Words = "") -> Response:
    """Show who sits where: today, at the end of a day or at a moment, or through a run period."""
    database = site.database
    profile = database.profile
    when, fault = None, ""
    try:
        when = moment(at, end_of_day=True) if at.strip() else None
    except InputError as error:
        fault = str(error)
    today = list_positions(database)
    if period.strip():
        sat = list_positions(database, run_period=period.strip())
        names = {row["position"] for row in sat}
        free = [{**row, "component": None} for row in today if row["position"] not in names]
        rows = sorted([*sat, *free], key=lambda row: (row["position"].lower(), row["installed"] or 0))
    else:
        rows = list_positions(database, at=when) if when else today
    order = [name for name, _ in profile.positions()]
    context = {
        "map": detector_map(rows, order),
        "at": at,
        "period": period,
        "fault": fault,
        "past": bool(when or period.strip()),
        "taken": len({row["position"] for row in rows if row["component"] is not None}),
        "free": len({row["position"] for row in rows if row["component"] is None}),
        "periods": sorted({row["run_period"] for row in today if row["run_period"]}, reverse=True),
    }
    return page(request, "positions.html", context)


@router.get("/positions/{position}")
def one(request: Request, site: TheSite, position: Annotated[str, InPath(max_length=240)]) -> Response:
    """Show one position: who sits in it, or what fits."""
    database = site.database
    known = [row for row in list_positions(database) if row["position"].lower() == position.strip().lower()]
    if not known:
        raise HTTPException(404, f"there is no position {position!r} yet; a component that is installed there makes it")
    takers = database.profile.takers(position) or ["any type without a position of its own"]
    context = {
        "position": known[0]["position"],
        "sits": known[0] if known[0]["component"] is not None else None,
        "takers": takers,
        "fitting": fitting_components(database, position),
    }
    return page(request, "position.html", context)
