"""Runs by what an address names, and never by a path."""

import re
from pathlib import Path
from typing import Annotated

from fastapi import Path as InPath
from fastapi import Query

from scantrail.errors import InputError, RunNotFound
from scantrail.runs import find
from scantrail.web.site import Site

_REF = re.compile(r"[0-9A-Fa-f-]{1,36}", re.ASCII)
MOST_COMPARED = 12

Ref = Annotated[str, InPath(max_length=240, description="Number of a run, or 4 characters or more of its uid.")]
Refs = Annotated[list[str], Query(default_factory=list, description="Numbers or uids of runs, two or more.")]
PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000_000, description="Which page, from 1.")]
PageSize = Annotated[int, Query(ge=1, le=1000, description="Rows a page.")]
Words = Annotated[str, Query(max_length=200)]


def directory_of(site: Site, run: str) -> Path:
    """Return the directory of a run. Raises RunNotFound, also for a path: that is for the command line alone."""
    if not _REF.fullmatch(run):
        raise RunNotFound(f"there is no run {run!r}; a run has a number, and a uid of which 4 characters will do")
    return find(site.root, run)


def directories_of(site: Site, runs: list[str]) -> list[Path]:
    """Return the directories of runs to compare. Raises InputError for too few or too many, RunNotFound."""
    found = list(dict.fromkeys(directory_of(site, run) for run in runs))
    if not 2 <= len(found) <= MOST_COMPARED:
        raise InputError(f"choose two to {MOST_COMPARED} runs to compare, not {len(found)}")
    return found
