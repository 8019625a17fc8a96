"""Runs over the API: lists, reports, figures, exports, and what may be asked of one under way."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi import Path as InPath
from starlette.responses import Response

from scantrail import acquire
from scantrail.runs import ask, chain, report, shown_run, summary_document
from scantrail.web.api.answers import BEARER, CHANGING, READING
from scantrail.web.api.models import Request, RunList, RunReport
from scantrail.web.exports import exports_of
from scantrail.web.finding import PageNumber, PageSize, Ref, Refs, Words, directories_of, directory_of
from scantrail.web.judged import judged
from scantrail.web.searching import PAGE, Wanted, search
from scantrail.web.sending import run_export, run_file
from scantrail.web.site import Site, TheSite

router = APIRouter(tags=["runs"], dependencies=[BEARER], responses=READING)

BINARY: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"application/octet-stream": {}}}
}
FILE: dict[int | str, dict[str, Any]] = {200: {"description": "The file.", "content": {"*/*": {}}}}


@router.get("/runs")
def list_runs(
    site: TheSite,
    q: Words = "",
    kind: Words = "",
    status: Literal["", "running", "success", "abort", "fail", "interrupted"] = "",
    component: Words = "",
    number: PageNumber = 1,
    size: PageSize = PAGE,
) -> RunList:
    """List runs, newest first. q: words of number, uid, kind, operator, host, reason or components."""
    found = search(site, Wanted(q, kind, status, component), page=number, size=size)
    return RunList.model_validate(
        {"runs": [summary_document(run) for run in found.rows], "total": found.total, "notice": found.notice}
    )


@router.get("/runs/{run}")
def show_run(site: TheSite, run: Ref) -> RunReport:
    """Return one run whole, with every point."""
    directory = directory_of(site, run)
    shown = shown_run(directory)
    tests, notice = judged(site, shown.run)
    found = report(shown._replace(tests=tests))
    return RunReport.model_validate({**found, "exports": list(exports_of(directory)), "notice": notice})


@router.get("/runs/{run}/figure")
def draw_run(site: TheSite, run: Ref) -> dict[str, Any]:
    """Return the figure of a run as data: panels, axes, elements."""
    return acquire.draw_records(chain(directory_of(site, run)).records).document()


@router.get("/runs/{run}/export/{format_}", responses=BINARY, response_class=Response)
def export_run(site: TheSite, run: Ref, format_: Annotated[str, InPath(max_length=20)]) -> Response:
    """Return a run as a file of another format, such as csv."""
    return run_export(site, run, format_)


@router.get("/runs/{run}/files/{name:path}", responses=FILE, response_class=Response)
def fetch_run_file(site: TheSite, run: Ref, name: str) -> Response:
    """Return one of the files of a run, by its path in `files` of the report."""
    return run_file(site, run, name)


@router.get("/compare")
def compare(site: TheSite, run: Refs) -> dict[str, Any]:
    """Return the figure of two or more runs of one kind laid over each other."""
    return acquire.compare_runs(directories_of(site, run)).document()


@router.post("/runs/{run}/pause", responses=CHANGING)
def pause_run(site: TheSite, run: Ref) -> Request:
    """Ask a run under way to pause after the present point."""
    return _asked(site, run, "pause")


@router.post("/runs/{run}/resume", responses=CHANGING)
def resume_run(site: TheSite, run: Ref) -> Request:
    """Ask a paused run to go on."""
    return _asked(site, run, "resume")


@router.post("/runs/{run}/abort", responses=CHANGING)
def abort_run(site: TheSite, run: Ref) -> Request:
    """Ask a run under way to stop after the present point; a second time, at once."""
    return _asked(site, run, "abort")


def _asked(site: Site, run: str, command: Literal["pause", "resume", "abort"]) -> Request:
    return Request.model_validate(ask(directory_of(site, run), command)._asdict())
