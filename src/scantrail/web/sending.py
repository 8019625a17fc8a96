"""Files given back: always as attachments, under a type of ours, never under one that the file claims."""

from pathlib import Path
from urllib.parse import quote

from starlette.responses import FileResponse, Response

from scantrail.errors import ComponentNotFound, RunNotFound
from scantrail.runs import files_of
from scantrail.tracker import detail
from scantrail.web.exports import exported
from scantrail.web.finding import directory_of
from scantrail.web.rendering import encodable
from scantrail.web.site import Site
from scantrail.web.staging import media_type


def run_file(site: Site, run: str, name: str) -> Response:
    """Return one of the files of a run: of those that its page names. Raises RunNotFound."""
    directory = directory_of(site, run)
    known = {encodable(path): path for path in files_of(directory)}
    if name not in known:
        raise RunNotFound(f"run {run} has no file {name!r}")
    return sent(directory / known[name], name.rpartition("/")[2])


def run_export(site: Site, run: str, format_: str) -> Response:
    """Return a run as a file of another format. Raises RunNotFound, RunError for one that cannot hold it."""
    content, name = exported(directory_of(site, run), format_)
    headers = {"Content-Disposition": disposition(name)}
    return Response(content, media_type="application/octet-stream", headers=headers)


def test_file(site: Site, component: str, name: str) -> Response:
    """Return a file of a test of a component: of those that its card names. Raises ComponentNotFound."""
    database = site.database
    attached = {each["path"]: each for test in detail(database, component)["tests"] for each in test["files"]}
    if name not in attached:
        raise ComponentNotFound(f"{component} has no file {name!r}")
    return sent(database.data_dir / name, attached[name]["name"])


def sent(path: Path, name: str) -> Response:
    """Return a file as an attachment called `name`. Raises RunNotFound if it is gone."""
    if not path.is_file():
        raise RunNotFound(f"the file {path.name} is not where it was recorded")
    return FileResponse(path, media_type=media_type(name), headers={"Content-Disposition": disposition(name)})


def disposition(name: str) -> str:
    """Return the header that makes a browser save a file, under any name that a file may have."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\/' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
