"""Files given back: always as attachments, under a type of ours, never under one that the file claims."""

from pathlib import Path
from urllib.parse import quote

from starlette.responses import FileResponse, Response

from scantrail.errors import RunNotFound
from scantrail.web.staging import media_type


def sent(path: Path, name: str) -> Response:
    """Return a file as an attachment called `name`. Raises RunNotFound if it is gone."""
    if not path.is_file():
        raise RunNotFound(f"the file {path.name} is not where it was recorded")
    return FileResponse(path, media_type=media_type(name), headers={"Content-Disposition": disposition(name)})


def disposition(name: str) -> str:
    """Return the header that makes a browser save a file, under any name that a file may have."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\/' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
