"""The page as a user has it: `scantrail web` in a process of its own, or its server in a thread, and who asks it."""

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from commands import until

from scantrail.station import data_root
from scantrail.web import Site as Shown
from scantrail.web.serving import Server, bound

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SHOTS = os.environ.get("SCANTRAIL_SHOTS")
"""Directory that screenshots are written to; read before SCANTRAIL_* is hidden from the tests."""


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass
class Site:
    """A page that is served, and the cookie of a session once its link was opened."""

    address: str
    link: str
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.address).netloc

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.host.rpartition(":")[2])

    @property
    def cookie(self) -> str:
        """The header that lets in."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        let_in: bool = True,
    ) -> Answer:
        """Send one request as it stands; with the session's cookie unless `let_in` is false."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {"Cookie": self.cookie} if let_in and self.cookies else {}
            connection.request(method, path, body, {**sent, **(headers or {})})
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def enter(self) -> None:
        """Open the link, and keep the session."""
        answer = self.ask("GET", self.link.removeprefix(self.address))
        found = re.match(r"([^=]+)=([^;]+);", answer.headers["set-cookie"])
        assert found
        self.cookies[found[1]] = found[2]

    def post(self, path: str, values: Mapping[str, str], **headers: str) -> Answer:
        """Send a form as this page's own script would."""
        said = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", **headers}
        return self.ask("POST", path, urlencode(values), said)


@contextmanager
def served_here() -> Iterator[Site]:
    """The server in a thread of this process: nothing has to start, and nothing that it runs goes unmeasured."""
    with bound(0) as listening:
        server = Server(Shown(data_root(), port=listening.getsockname()[1]))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="the page")
        thread.start()
        try:
            until(lambda: server.started, "the server to start")
            yield Site(server.served.address, server.served.link)
        finally:
            server.handle_exit(signal.SIGTERM, None)
            thread.join()


@contextmanager
def served(*options: object, home: Path | None = None) -> Iterator[tuple[Site, subprocess.Popen[str]]]:
    """`scantrail web --port 0`, with further options, until the block ends; `home`: another than the test's."""
    environment = {**os.environ, "SCANTRAIL_HOME": str(home), "SCANTRAIL_DB": f"{home}/base.db"} if home else None
    command = [sys.executable, "-m", "scantrail", "web", "--port", "0", *map(str, options)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            address = re.search(r"http://[\d.]+:\d+", process.stdout.readline())
            assert address
            yield Site(address[0], process.stdout.readline().strip()), process
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(10)
