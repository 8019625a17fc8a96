"""Components over the API: lists, cards, histories, attached files."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from starlette.responses import Response

from scantrail.tracker import blocks, detail, history, plot_component, search_components, summary
from scantrail.web.api.answers import BEARER, READING
from scantrail.web.api.models import BlockList, Component, ComponentList, Event, Summary
from scantrail.web.api.runs import FILE
from scantrail.web.finding import PageNumber, PageSize, Words
from scantrail.web.sending import test_file
from scantrail.web.site import TheSite

router = APIRouter(tags=["components"], dependencies=[BEARER], responses=READING)

Id = Annotated[str, InPath(max_length=240, description="Of a component; case makes no difference.")]


@router.get("/summary")
def summarize(site: TheSite) -> Summary:
    """Count components by type and status, tests by verdict, positions taken and free."""
    return Summary.model_validate(summary(site.database))


@router.get("/components")
def list_components(
    site: TheSite,
    q: Words = "",
    type_: Annotated[str, Query(alias="type", max_length=200)] = "",
    status: Words = "",
    location: Words = "",
    number: PageNumber = 1,
    size: PageSize = 50,
) -> ComponentList:
    """List components by id. q: words of id, serial number, maker, location or notes."""
    found = search_components(
        site.database,
        q,
        kind=type_ or None,
        status=status or None,
        location=location or None,
        page=number,
        size=size,
    )
    return ComponentList.model_validate({"components": found.rows, "total": found.total, "first": found.first})


@router.get("/components/{component}")
def show_component(site: TheSite, component: Id) -> Component:
    """Return all that is known of a component."""
    return Component.model_validate(detail(site.database, component))


@router.get("/components/{component}/history")
def show_history(site: TheSite, component: Id) -> list[Event]:
    """Return everything that happened to a component, oldest first."""
    return [Event.model_validate(event) for event in history(site.database, component)]


@router.get("/components/{component}/blocks")
def show_blocks(site: TheSite, component: Id) -> BlockList:
    """Return what stands between a component and the status qualified."""
    return BlockList.model_validate(asdict(blocks(site.database, component)))


@router.get("/components/{component}/figure")
def draw_tests(site: TheSite, component: Id, what: Words) -> dict[str, Any]:
    """Return the figure of a component's tests of a type, `what`, as data: panels, axes, elements."""
    return plot_component(site.database, component, what).figure.document()


@router.get("/components/{component}/files/{name:path}", responses=FILE, response_class=Response)
def fetch_file(site: TheSite, component: Id, name: str) -> Response:
    """Return a file that is attached to a test, by its `path` there."""
    return test_file(site, component, name)
