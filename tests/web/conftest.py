"""A page that is served, and a browser that looks at it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from commands import PATIENCE
from pages import ARGUMENTS, CHROMIUM, SHOTS, Site, served, served_here
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from scantrail.tracker import Database, get_default_db

expect.set_options(timeout=PATIENCE * 1000)
"""A machine at work is slow; what never comes fails all the same."""


@pytest.fixture(autouse=True)
def database_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue and the components of each test in a file of its own."""
    monkeypatch.setenv("SCANTRAIL_DB", str(tmp_path / "base" / "scantrail.db"))


@pytest.fixture
def parts() -> Iterator[Database]:
    """The database of the components."""
    with get_default_db() as database:
        yield database


@pytest.fixture
def site() -> Iterator[Site]:
    """A page that is served, its link not yet opened."""
    with served_here() as found:
        yield found


@pytest.fixture
def entered(site: Site) -> Site:
    """A page that is served, and its link opened."""
    site.enter()
    return site


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for tests that do not mind what others left in it."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="session")
def shared(shared_home: Path) -> Iterator[Site]:
    """One page for all of them, its link opened."""
    with served(home=shared_home) as (found, _):
        found.enter()
        yield found


@pytest.fixture(scope="module")
def browser(needs_system_part: Callable[[str, object, str], None], families: set[int]) -> Iterator[Browser]:
    """The system's Chromium; one a module, for its driver's event loop stays in this thread as long as it is there."""
    needs_system_part("Chromium", CHROMIUM.exists(), "chromium")
    before = set(psutil.Process().children())
    with sync_playwright() as play:
        drivers = {child.pid for child in set(psutil.Process().children()) - before}
        families |= drivers
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS])
        yield chromium
        chromium.close()
    families -= drivers


class Quiet:
    """Notes what a page says to its console, and every request that leaves the host."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.said: list[str] = []

    def listen(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", lambda message: self.said.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self._seen(request.url))

    def _seen(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.said.append(f"asked for {url}")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without any cookie."""
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    yield made
    made.close()


@contextmanager
def _quiet_page(context: BrowserContext, site: Site) -> Iterator[Page]:
    quiet = Quiet(site.address)
    made = context.new_page()
    quiet.listen(made)
    yield made
    made.close()
    assert quiet.said == []


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Iterator[Page]:
    """A browser that has opened the link; it must say nothing, and ask nobody else."""
    with _quiet_page(context, site) as made:
        made.goto(site.link)
        made.wait_for_url(f"{site.address}/")
        yield made


@pytest.fixture
def looking(context: BrowserContext, filled: Site) -> Iterator[Page]:
    """The same at the page that a module has filled, with the session that it has."""
    [(name, value)] = filled.cookies.items()
    context.add_cookies([{"name": name, "value": value, "url": filled.address, "sameSite": "Strict"}])
    with _quiet_page(context, filled) as made:
        yield made


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where screenshots go."""
    place = Path(SHOTS) if SHOTS else tmp_path / "shots"
    place.mkdir(parents=True, exist_ok=True)
    return place
