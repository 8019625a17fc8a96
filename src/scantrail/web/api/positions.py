"""Positions over the API: who sits where, today or then, and what fits."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from scantrail.errors import InputError
from scantrail.tracker import fitting_components, moment
from scantrail.tracker import list_positions as positions_of
from scantrail.web.api.answers import BEARER, READING
from scantrail.web.api.models import ComponentList, Sitting
from scantrail.web.finding import Words
from scantrail.web.site import TheSite

router = APIRouter(tags=["positions"], dependencies=[BEARER], responses=READING)


@router.get("/positions")
def list_positions(
    site: TheSite,
    at: Annotated[str, Query(max_length=100, description="A date, meaning its end, or a time.")] = "",
    run_period: Words = "",
    type_: Annotated[str, Query(alias="type", max_length=200)] = "",
) -> list[Sitting]:
    """List positions and who sits in them: today, at a moment, or everybody of a run period."""
    if at and run_period:
        raise InputError("a moment and a run period exclude each other; give one of them, or neither")
    when = moment(at, end_of_day=True) if at else None
    rows = positions_of(site.database, at=when, run_period=run_period or None, kind=type_ or None)
    return [Sitting.model_validate(row) for row in rows]


@router.get("/positions/{position}/fitting")
def list_fitting(site: TheSite, position: Annotated[str, InPath(max_length=240)]) -> ComponentList:
    """List the first components that may be installed in a position."""
    found = fitting_components(site.database, position)
    return ComponentList.model_validate({"components": found.rows, "total": found.total, "first": found.first})
