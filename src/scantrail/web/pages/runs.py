"""The pages of runs: search, one run whole, several compared, files; and what may be asked of one under way."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from scantrail import acquire
from scantrail.runs import (
    PRIMARY,
    Shown,
    ask,
    cell,
    chain,
    heading,
    main_columns,
    plan_lines,
    report,
    shown_run,
)
from scantrail.web.exports import exports_of
from scantrail.web.figures import answer
from scantrail.web.finding import PageNumber, Ref, Refs, Words, directories_of, directory_of
from scantrail.web.judged import by_component, judged
from scantrail.web.live.growth import Look
from scantrail.web.live.telling import ended, state
from scantrail.web.rendering import local, page
from scantrail.web.searching import PAGE, STATUSES, Wanted, search
from scantrail.web.sending import run_export, run_file
from scantrail.web.site import TheSite

router = APIRouter()

FIRST, LAST = 20, 10
"""Points of a long run that its page shows, of the beginning and of the end."""


@router.get("/runs")
def index(
    request: Request,
    site: TheSite,
    q: Words = "",
    kind: Words = "",
    status: Words = "",
    component: Words = "",
    number: PageNumber = 1,
) -> Response:
    """List the runs that are searched for."""
    wanted = Wanted(q.strip(), kind, status, component.strip())
    found = search(site, wanted, page=number)
    query = urlencode([(name, value) for name, value in wanted.asked() if value])
    context = {
        "found": found,
        "wanted": wanted,
        "size": PAGE,
        "kinds": found.kinds,
        "statuses": STATUSES,
        "address": f"/runs?{query}{'&' if query else ''}",
    }
    return page(request, "runs.html", context)


@router.get("/runs/{run}")
def one(request: Request, site: TheSite, run: Ref) -> Response:
    """Show one run whole."""
    directory = directory_of(site, run)
    shown = shown_run(directory)
    running = shown.run.status == "running"
    tests, notice = judged(site, shown.run)
    context = {
        "run": shown.run,
        "number": shown.run.number,
        "later": shown.later,
        "state": state(directory, running=running) if running else ended(shown.run),
        "report": (found := report(shown)),
        "plan": list(plan_lines(found["plan"])),
        "components": by_component(shown.run, tests),
        "notice": notice,
        "exports": exports_of(directory),
        **_points(shown),
    }
    return page(request, "run.html", context)


@router.get("/runs/{run}/figure")
def figure(site: TheSite, run: Ref, dark: bool = False, narrow: bool = False) -> Response:
    """Return the figure of a run, with what was found in it."""
    directory = directory_of(site, run)
    return answer(lambda: Look(dark, narrow).document(acquire.draw_records(chain(directory).records)))


@router.get("/runs/{run}/export/{format_}")
def export(site: TheSite, run: Ref, format_: Annotated[str, InPath(max_length=20)]) -> Response:
    """Return a run as a file of another format."""
    return run_export(site, run, format_)


@router.get("/runs/{run}/files/{name:path}")
def file(site: TheSite, run: Ref, name: str) -> Response:
    """Return one of the files of a run: of those that its page names."""
    return run_file(site, run, name)


@router.post("/runs/{run}/{command}")
def control(site: TheSite, run: Ref, command: Literal["pause", "resume", "abort"]) -> Response:
    """Ask a run under way to pause, go on, or stop."""
    ask(directory_of(site, run), command)
    return RedirectResponse("/", 303)


@router.get("/compare")
def compare(request: Request, site: TheSite, run: Refs) -> Response:
    """Show two or more runs laid over each other."""
    shown = [shown_run(directory).run for directory in directories_of(site, run)]
    query = urlencode([("run", each.number) for each in shown])
    return page(request, "compare.html", {"runs": shown, "query": query})


@router.get("/compare/figure")
def compared(site: TheSite, run: Refs, dark: bool = False, narrow: bool = False) -> Response:
    """Return the figure of runs laid over each other."""
    directories = directories_of(site, run)
    return answer(lambda: Look(dark, narrow).document(acquire.compare_runs(directories)))


def _points(shown: Shown) -> dict[str, object]:
    """Return the table of points, a long one without its middle."""
    record = shown.record
    points = record.stream(PRIMARY)
    columns = main_columns(record.start, record.descriptors.get(PRIMARY, ()))
    count = len(points)
    left_out = range(FIRST, count - LAST) if count > FIRST + LAST + 1 else range(0)
    rows = [
        [str(points.seq[i]), local(points.time[i], "%H:%M:%S"), *(cell(row.get(key)) for key in columns)]
        for i, row in enumerate(points.rows())
        if i not in left_out
    ]
    return {
        "headings": ["#", "time", *(heading(key, about["units"]).replace("\n", " ") for key, about in columns.items())],
        "rows": rows,
        "left_out": len(left_out),
        "first": FIRST,
    }
