"""Runs by what an address names, and never by a path."""

from pathlib import Path
from typing import Annotated

from fastapi import Path as InPath
from fastapi import Query

from scantrail.runs import find
from scantrail.web.site import Site

REF = r"^[0-9A-Fa-f-]{1,36}$"

Ref = Annotated[str, InPath(pattern=REF, description="Number of a run, or 4 characters or more of its uid.")]
Refs = Annotated[list[Annotated[str, Query(pattern=REF)]], Query(description="Numbers or uids of runs.", max_length=12)]
PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000_000, description="Which page, from 1.")]
PageSize = Annotated[int, Query(ge=1, le=1000, description="Rows a page.")]
Words = Annotated[str, Query(max_length=200)]


def directory_of(site: Site, run: str) -> Path:
    """Return the directory of a run. Raises RunNotFound."""
    return find(site.root, run)
