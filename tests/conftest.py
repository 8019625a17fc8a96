"""Every test runs in a home of its own and must leave nothing behind: no thread, descriptor, socket or process."""

import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import coverage
import hypothesis
import psutil
import pytest
from postgres import ServerFailed, binaries, private_server

GRACE = 3.0
"""Seconds that threads, descriptors and processes have to end after a test."""

FONTS = {".ttf", ".ttc", ".otf"}
"""Files that matplotlib keeps open for the life of the process, once it has set a letter of theirs."""

ALL_PARTS = os.environ.get("SCANTRAIL_TEST_ALL") == "1"
"""Whether a missing system part fails the test instead of skipping it; read before SCANTRAIL_* is hidden."""

NeedsSystemPart = Callable[[str, object, str], None]

# A change is judged by the same examples on every machine; `make long` searches for new ones.
hypothesis.settings.register_profile("scantrail", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, print_blob=True)
hypothesis.settings.load_profile("scantrail")


# Started in the background or under nohup, the tests would have these ignored, and so would every process they start.
for _number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number == signal.SIGINT else signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def coverage_that_survives_signals() -> None:
    """Take the lock of coverage away: a Ctrl-C that arrives while it is held leaves it held, and the next call hangs.

    The lock guards a dictionary that one instruction changes, which the interpreter's own lock guards already.
    """
    measuring = coverage.Coverage.current()
    collector = getattr(measuring, "_collector", None)
    if collector is not None:
        collector.data_lock = None


# --- a home of its own ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def matplotlib_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One font cache for the session: a fresh home would build it again in every process."""
    return tmp_path_factory.mktemp("matplotlib")


@pytest.fixture(autouse=True)
def isolated_home(
    tmp_path_factory: pytest.TempPathFactory, matplotlib_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Point HOME and SCANTRAIL_HOME to fresh directories and hide the user's own settings; return the home."""
    for name in [*os.environ]:
        if name.startswith(("SCANTRAIL_", "XDG_")) or name == "SVT_DB":
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SCANTRAIL_HOME", str(home / ".scantrail"))
    monkeypatch.setenv("MPLCONFIGDIR", str(matplotlib_cache))
    monkeypatch.setenv("MPLBACKEND", "agg")
    return home


@pytest.fixture
def without_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no child process measure its coverage: where files may not grow, it could not write what it measured."""
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
        monkeypatch.delenv(name, raising=False)


# --- nothing left behind ----------------------------------------------------------------------------------------------


def _threads() -> set[str]:
    return {f"thread {thread.name} ({thread.ident})" for thread in threading.enumerate()}


def _descriptors() -> set[str]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir() if Path("/proc/self/fd").is_dir() else ():
        try:
            target = entry.readlink()
        except FileNotFoundError:  # the descriptor of this very listing
            continue
        if target.suffix not in FONTS:
            found.add(f"descriptor {entry.name} -> {target}")
    return found


_FAMILIES: set[int] = set()


@pytest.fixture(scope="session")
def families() -> set[int]:
    """Processes that outlive a test on purpose, and whose children come and go as they like, such as a browser's."""
    return _FAMILIES


def _children() -> set[str]:
    found = set()
    for child in psutil.Process().children(recursive=True):
        try:
            if _FAMILIES.isdisjoint(parent.pid for parent in child.parents()):
                found.add(f"process {child.pid} {child.name()}")
        except psutil.NoSuchProcess:
            continue
    return found


def _held() -> set[str]:
    return _threads() | _descriptors() | _children()


@pytest.fixture(autouse=True)
def nothing_left_behind(isolated_home: Path) -> Iterator[None]:
    """Fail the test that leaves a thread, a file, a socket or a child process, after a short grace."""
    before = _held()
    yield
    deadline = time.monotonic() + GRACE
    while leaked := _held() - before:
        if time.monotonic() > deadline:
            pytest.fail("left behind: " + "; ".join(sorted(leaked)), pytrace=False)
        gc.collect()
        time.sleep(0.01)


# --- parts of the system ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def needs_system_part() -> NeedsSystemPart:
    """`needs_system_part(name, found, package)`: skip where `found` is falsy, fail under SCANTRAIL_TEST_ALL=1."""

    def need(name: str, found: object, package: str) -> None:
        if found:
            return
        reason = f"{name} is not on this machine (Debian package {package})"
        if ALL_PARTS:
            pytest.fail(f"{reason}, and SCANTRAIL_TEST_ALL=1 asks for every part", pytrace=False)
        pytest.skip(reason)

    return need


@pytest.fixture(scope="session")
def postgres_url(needs_system_part: NeedsSystemPart) -> Iterator[str]:
    """URL of an empty database on a private PostgreSQL server, one for the whole session."""
    programs = binaries()
    needs_system_part("PostgreSQL", programs, "postgresql")
    try:
        with private_server(programs) as url:
            yield url
    except ServerFailed as error:
        pytest.fail(str(error), pytrace=False)
