"""The pages of components: search, and the card of one."""

from collections import Counter
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from starlette.responses import Response

from scantrail.runs import listing
from scantrail.tracker import STATUSES, blocks, detail, history, plot_component, search_components
from scantrail.web.figures import answer
from scantrail.web.finding import PageNumber, Words
from scantrail.web.live.growth import Look
from scantrail.web.rendering import page
from scantrail.web.searching import of_component
from scantrail.web.sending import test_file
from scantrail.web.site import Site, TheSite

router = APIRouter()

PAGE = 50
RUNS = 20
"""Newest runs that a card lists."""
PLOTTED = 6
"""Figures of tests that a card shows."""

Id = Annotated[str, InPath(max_length=240)]
Event = Annotated[int | None, Query(ge=0, le=2**53)]


@router.get("/components")
def index(
    request: Request,
    site: TheSite,
    number: PageNumber = 1,
    q: Words = "",
    kind: Words = "",
    status: Words = "",
) -> Response:
    """List the components that are searched for."""
    database = site.database
    found = search_components(database, q, kind=kind or None, status=status or None, page=number, size=PAGE)
    query = urlencode([(name, value) for name, value in (("q", q), ("kind", kind), ("status", status)) if value])
    context = {
        "found": found,
        "size": PAGE,
        "q": q,
        "kind": kind,
        "status": status,
        "kinds": list(database.profile.types),
        "statuses": STATUSES,
        "asked": bool(q or kind or status),
        "address": f"/components?{query}{'&' if query else ''}",
    }
    return page(request, "components.html", context)


@router.get("/components/{component}")
def one(request: Request, site: TheSite, component: Id, done: Event = None) -> Response:
    """Show the card of a component; `done` is the event that was just written."""
    database = site.database
    found = detail(database, component)
    past = history(database, component)
    context = {
        "found": found,
        "blocks": blocks(database, component),
        "history": past[::-1],
        "runs": _runs(site, found["id"]),
        "figures": _figures(found["tests"]),
        "done": next((event for event in past if event["number"] == done), None),
        "accepted": bool(found["slots"]),
    }
    return page(request, "component.html", context)


@router.get("/components/{component}/figure")
def figure(
    site: TheSite, component: Id, what: Words, trend: bool = False, dark: bool = False, narrow: bool = False
) -> Response:
    """Return the figure of the tests of a type; trend: of their numbers against time."""
    database, look = site.database, Look(dark, narrow)

    def draw() -> dict[str, Any]:
        drawn = plot_component(database, component, "trend" if trend else what, test_type=what if trend else None)
        document = look.document(drawn.figure)
        document["layout"]["meta"]["notes"] += [{"text": problem, "warning": True} for problem in drawn.problems]
        return document

    return answer(draw)


@router.get("/components/{component}/files/{name:path}")
def file(site: TheSite, component: Id, name: str) -> Response:
    """Return a file that is attached to a test of a component: of those that its card names."""
    return test_file(site, component, name)


def _runs(site: Site, component: str) -> list[Any]:
    runs, _ = listing(site.root, site.catalogue, of_component(site, component), limit=RUNS)
    return runs


def _figures(tests: list[dict[str, Any]]) -> list[tuple[str, bool]]:
    """Return what there is to draw: a test type, and whether its numbers against time.

    A type is drawn for a data file or a list, its numbers if they were measured twice. Of a test that a run made, the
    run has the better figure.
    """
    drawn, counted = set(), Counter[str]()
    for test in tests:
        values, test_type = test["measurements"].values(), test["test_type"]
        counted[test_type] += any(map(_is_number, values))
        if test["run_uid"] is None and (_has_data(test) or any(map(_is_list, values))):
            drawn.add(test_type)
    found = [(name, True) for name, count in counted.items() if count > 1] + [(name, False) for name in drawn]
    return sorted(found)[:PLOTTED]


def _has_data(test: dict[str, Any]) -> bool:
    return any(file["kind"] == "data" for file in test["files"])


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_number, value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
