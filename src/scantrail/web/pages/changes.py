"""Changes by forms: a form, a look at what will be written, and the writing; refusals as the command line says them."""

import secrets
from collections.abc import Iterator
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi import Path as InPath
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from scantrail.errors import InputError, ScantrailError
from scantrail.tracker import Done, rehearsal
from scantrail.web import staging
from scantrail.web.forms import FORMS, Entered, Form, entered, order_of
from scantrail.web.orders import Order, Test
from scantrail.web.refusing import status_of
from scantrail.web.rendering import page, segment
from scantrail.web.site import Site, TheSite

router = APIRouter()

MOST_FILES, MOST_FIELDS = 20, 500

Command = Annotated[str, InPath(pattern="^[a-z]{1,20}$")]


@router.get("/change/{command}")
def form(request: Request, site: TheSite, command: Command) -> Response:
    """Show the form of a change, filled in with what the address says."""
    found = _form(command)
    given = Entered(dict(request.query_params))
    return _shown(request, site, found, given)


@router.post("/change/{command}")
async def change(request: Request, site: TheSite, command: Command) -> Response:
    """Show what will be written; or, where that was seen, write it."""
    found = _form(command)
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as sent:
        return await to_thread.run_sync(_answer, request, site, found, sent)


def _answer(request: Request, site: Site, form: Form, sent: FormData) -> Response:
    given = entered(sent)
    files: list[staging.Staged] = []
    try:
        with site.once(given.once) as is_first:
            if not is_first:  # an impatient second click
                return RedirectResponse(f"/components/{segment(given.component)}", 303)
            files.extend(_sent(site, given, sent))  # one by one: what was taken is kept where the next is refused
            return _taken(request, site, form, given, files)
    except ValidationError as error:
        return _shown(request, site, form, given, _faults(error), 422, files)
    except ScantrailError as error:
        return _shown(request, site, form, given, str(error), status_of(error), files)


def _taken(request: Request, site: Site, form: Form, given: Entered, files: list[staging.Staged]) -> Response:
    """Show the form again, show what will be written, or write it: whatever the person asked for."""
    if given.is_open:
        return _shown(request, site, form, given, files=files)
    order, component = order_of(form, given), given.component
    if given.is_sure:
        done = _do(site, order, component, files)
        staging.drop(site.staging, files)
        event = f"?done={done.event}" if done.event is not None else ""
        return RedirectResponse(f"/components/{segment(component)}{event}", 303)
    with rehearsal():
        done = order.carry_out(site.database, component)
    line = _line(site, order, component, files)
    context = {"form": form, "given": given, "done": done, "files": files, "line": line, "once": secrets.token_hex(8)}
    return page(request, "confirm.html", context)


def _do(site: Site, order: Order, component: str, files: list[staging.Staged]) -> Done:
    if not isinstance(order, Test):
        return order.carry_out(site.database, component)
    images = tuple(file.path for file in files if file.kind == "image")
    data = tuple(file.path for file in files if file.kind == "data")
    return order.record(site.database, component, images, data)


def _line(site: Site, order: Order, component: str, files: list[staging.Staged]) -> str:
    options = {"image": "--images", "data": "--data"}
    words = [word for file in files for word in (options[file.kind], file.name)]
    return order.line(component, words, db_path=site.db_path)


def _sent(site: Site, given: Entered, sent: FormData) -> Iterator[staging.Staged]:
    """Yield the files that wait already, then those that came with the form."""
    for key in given.staged:
        yield staging.staged(site.staging, key)
    kinds: dict[str, staging.FileKind] = {"images": "image", "data": "data"}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile) and value.filename and name in kinds:
            yield staging.stage(site.staging, kinds[name], value.filename, value.file)


def _shown(
    request: Request,
    site: Site,
    form: Form,
    given: Entered,
    refused: str = "",
    status: int = 200,
    files: list[staging.Staged] | None = None,
) -> Response:
    try:
        fields = form.fields(site.database, given)
    except ScantrailError as error:  # of a component that there is not
        fields, refused, status = form.fields(site.database, given.without_component()), str(error), status_of(error)
    context: dict[str, Any] = {"form": form, "given": given, "fields": fields, "refused": refused, "files": files or []}
    return page(request, "change.html", context, status)


def _faults(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].lower()}" for fault in error.errors())


def _form(command: str) -> Form:
    if command not in FORMS:
        raise InputError(f"there is no change {command!r}; there are {', '.join(FORMS)}")
    return FORMS[command]
