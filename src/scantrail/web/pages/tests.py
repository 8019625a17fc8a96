"""The page Tests: which component has passed what, what is missing, and how a quantity is distributed."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from scantrail.tracker import in_words, list_test_types, plot_type, summary, verdict_matrix
from scantrail.web.figures import answer
from scantrail.web.finding import PageNumber, Words
from scantrail.web.live.growth import Look
from scantrail.web.rendering import page
from scantrail.web.site import TheSite

router = APIRouter()

PAGE = 50


@router.get("/tests")
def index(
    request: Request, site: TheSite, number: PageNumber = 1, kind: Words = "", lacking: Words = "", quantity: Words = ""
) -> Response:
    """Show the matrix of a component type, the limits in force, and the distribution of a quantity."""
    database = site.database
    chosen = kind or next(iter([*summary(database)["components"], *database.profile.types]))
    found = verdict_matrix(database, chosen, lacking=lacking or None, page=number, size=PAGE)
    types = list_test_types(database)
    quantities = [(row["name"], name, unit) for row in types for name, unit in row["quantities"].items()]
    query = urlencode([(name, value) for name, value in (("kind", chosen), ("lacking", lacking)) if value])
    context = {
        "found": found,
        "size": PAGE,
        "kind": chosen,
        "kinds": sorted({*database.profile.types, chosen}),
        "lacking": lacking,
        "quantity": quantity,
        "quantities": [(f"{test}:{name}", f"{name.replace('_', ' ')} of {test}") for test, name, _ in quantities],
        "limits": _limits(types, chosen),
        "address": f"/tests?{query}&",
    }
    return page(request, "tests.html", context)


@router.get("/tests/figure")
def figure(site: TheSite, kind: Words, quantity: Words, dark: bool = False, narrow: bool = False) -> Response:
    """Return how a quantity, `test type:quantity`, is distributed over the components of a type."""
    test_type, _, name = quantity.partition(":")
    look, database = Look(dark, narrow), site.database
    return answer(lambda: look.document(plot_type(database, kind, name, test_type=test_type or None).figure))


def _limits(types: list[dict[str, Any]], kind: str) -> list[tuple[str, str, str, str]]:
    return [
        (row["name"], each["quantity"] or "", in_words(each["low"], each["high"], each["required_for"]), each["source"])
        for row in types
        for each in row["limits"]
        if each["type"] == kind
    ]
