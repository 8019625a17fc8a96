"""Tests over the API: types and limits, the matrix of verdicts, distributions."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from scantrail.tracker import list_test_types as test_types_of
from scantrail.tracker import plot_type, verdict_matrix
from scantrail.web.api.answers import BEARER, READING
from scantrail.web.api.models import TestMatrix, TestType
from scantrail.web.finding import PageNumber, PageSize, Words
from scantrail.web.site import TheSite

router = APIRouter(tags=["tests"], dependencies=[BEARER], responses=READING)

Kind = Annotated[str, Query(alias="type", max_length=200, description="Component type.")]


@router.get("/tests/types")
def list_test_types(site: TheSite) -> list[TestType]:
    """List the test types with their quantities, units and limits."""
    return [TestType.model_validate(row) for row in test_types_of(site.database)]


@router.get("/tests/matrix")
def show_matrix(
    site: TheSite, type_: Kind, lacking: Words = "", number: PageNumber = 1, size: PageSize = 50
) -> TestMatrix:
    """Return the newest verdict of each test for the components of a type; lacking: those without it passed alone."""
    found = verdict_matrix(site.database, type_, lacking=lacking or None, page=number, size=size)
    return TestMatrix.model_validate(asdict(found))


@router.get("/tests/distribution")
def show_distribution(site: TheSite, type_: Kind, quantity: Words, test_type: Words = "") -> dict[str, Any]:
    """Return how a quantity is distributed over the components of a type: median, spread, limits, who stands out."""
    return dict(plot_type(site.database, type_, quantity, test_type=test_type or None).facts)
