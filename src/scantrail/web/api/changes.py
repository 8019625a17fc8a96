"""Changes over the API: the same orders as the forms', the same rules and sentences as the command line's."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, UploadFile
from fastapi import Path as InPath
from pydantic import Field

from scantrail.errors import InputError
from scantrail.tracker import Done
from scantrail.web import staging
from scantrail.web.api.answers import BEARER, CHANGING
from scantrail.web.api.models import Change, Upload
from scantrail.web.orders import Assemble, Disassemble, Install, Log, Move, NewComponent, Order, Remove, Test
from scantrail.web.site import Site, TheSite

router = APIRouter(tags=["changes"], dependencies=[BEARER], responses=CHANGING)

MOST_FILES = 20

Id = Annotated[str, InPath(max_length=240, description="Of a component; case makes no difference.")]
Keys = Annotated[list[Annotated[str, Field(max_length=64)]], Field(default_factory=list, max_length=MOST_FILES)]


class ToAdd(NewComponent):
    """A component to add, with its id."""

    id: str = Field(max_length=240, description="It names a directory, too, so it has no slash.")


class ToRecord(Test):
    """A test to record, with the keys of files that were uploaded for it."""

    images: Keys
    data: Keys


@router.post("/components", status_code=201)
def add_component(site: TheSite, order: ToAdd) -> Change:
    """Add a component."""
    given = NewComponent.model_validate(order.model_dump(exclude={"id"}))
    return _done(given.carry_out(site.database, order.id))


@router.post("/components/{component}/move")
def move_component(site: TheSite, component: Id, order: Move) -> Change:
    """Note that a component, with all its parts, is at another location now."""
    return _carry_out(site, component, order)


@router.post("/components/{component}/install")
def install_component(site: TheSite, component: Id, order: Install) -> Change:
    """Put a component into a position."""
    return _carry_out(site, component, order)


@router.post("/components/{component}/remove")
def remove_component(site: TheSite, component: Id, order: Remove) -> Change:
    """Take a component out of its position."""
    return _carry_out(site, component, order)


@router.post("/components/{component}/assemble")
def assemble(site: TheSite, component: Id, order: Assemble) -> Change:
    """Attach parts to a component."""
    return _carry_out(site, component, order)


@router.post("/components/{component}/disassemble")
def disassemble(site: TheSite, component: Id, order: Disassemble) -> Change:
    """Detach parts of a component, all of them if no slot is named."""
    return _carry_out(site, component, order)


@router.post("/components/{component}/logs", status_code=201)
def log(site: TheSite, component: Id, order: Log) -> Change:
    """Write something down of a component."""
    return _carry_out(site, component, order)


@router.post("/uploads", status_code=201)
def upload(
    site: TheSite,
    kind: Annotated[Literal["image", "data"], Form()],
    file: Annotated[UploadFile, File(description="Its name ends in a type that is taken.")],
) -> Upload:
    """Send a file; a test that is recorded within the hour may name it by its key."""
    kept = staging.stage(site.staging, kind, file.filename or "", file.file)
    return Upload(key=kept.key, kind=kept.kind, name=kept.name, size=kept.size)


@router.post("/components/{component}/tests", status_code=201)
def record_test(site: TheSite, component: Id, order: ToRecord) -> Change:
    """Record a test of a component, with the files that were uploaded for it."""
    images, data = ([staging.staged(site.staging, key) for key in keys] for keys in (order.images, order.data))
    for files, kind in ((images, "image"), (data, "data")):
        if strange := [file for file in files if file.kind != kind]:
            raise InputError(f"{strange[0].name} was uploaded as {strange[0].kind}; it cannot be among the others")
    paths = (tuple(file.path for file in images), tuple(file.path for file in data))
    done = order.record(site.database, component, *paths)
    staging.drop(site.staging, [*images, *data])
    return _done(done)


def _carry_out(site: Site, component: str, order: Order) -> Change:
    return _done(order.carry_out(site.database, component))


def _done(done: Done) -> Change:
    return Change.model_validate(asdict(done))
