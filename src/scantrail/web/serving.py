"""The server: one address on this machine, one line to open it."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn

from scantrail.errors import InputError, LinkError
from scantrail.web.app import application
from scantrail.web.keys import Keys
from scantrail.web.site import Site

HOST = "127.0.0.1"
GRACE = 2
"""Seconds that an answer may still take when the server is ended."""


@dataclass(frozen=True, slots=True)
class Served:
    """Where the page is: its address, and a link that opens it once."""

    address: str
    link: str


def serve(
    root: Path,
    db_path: str | None = None,
    *,
    host: str = HOST,
    port: int = 0,
    opened: Callable[[Served], None] = lambda served: None,
) -> None:
    """Serve the page until Ctrl-C or SIGTERM; port 0 takes a free one. `opened` is told where it is.

    Raises InputError for another host than 127.0.0.1, LinkError for a port that is taken, OutputError.
    """
    if host != HOST:
        raise InputError(
            f"the page is served on {HOST} alone, not on {host}: it knows no users yet; to see it from elsewhere, "
            f"forward its port: ssh -L {port or 8737}:{HOST}:{port or 8737} and the name of this machine"
        )
    with bound(port) as listening:
        server = Server(Site(root, db_path, port=listening.getsockname()[1]))
        opened(server.served)
        server.run(sockets=[listening])


def new_link(root: Path, port: int) -> str:
    """Return a link that opens the page served on this port once, within the next ten minutes. Raises OutputError."""
    return f"http://{HOST}:{port}/open?token={Keys(root).link(port)}"


class Server(uvicorn.Server):
    """Serves a site; its streams of events end as soon as it is told to end."""

    def __init__(self, site: Site) -> None:
        settings = uvicorn.Config(
            application(site),
            lifespan="on",
            access_log=False,
            log_level="error",
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=GRACE,
        )
        super().__init__(settings)
        self._site = site

    @property
    def served(self) -> Served:
        """Where it is, with a new link."""
        return Served(f"http://{HOST}:{self._site.port}", new_link(self._site.root, self._site.port))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        self._site.closing.set()
        super().handle_exit(sig, frame)


def bound(port: int) -> socket.socket:
    """Return a socket that listens on this port, on a free one for 0. Raises InputError, LinkError if it is taken."""
    if not 0 <= port <= 65535:
        raise InputError(f"there is no port {port}; a port is a number from 0 to 65535")
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise LinkError(f"port {port} of {HOST} cannot be used: {error.strerror}; --port 0 takes a free one") from error
    return listening
