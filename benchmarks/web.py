"""The page: from the journal to the screen, with few points and with 10,000; lists of 100,000 components; the start.

Bars: a live point on the screen within 100 ms at 20 points a second (median), and no slower with 10,000 points before
it; a scan that was killed told within 3 s; a page of components in 0.3 s; a page that answers 2 s after the command.
Floor: a browser that is told of each point by an EventSource and writes one number, nothing else; a process that
imports FastAPI and uvicorn.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Page, sync_playwright

from scantrail.runs import Column, Header, RunWriter
from scantrail.tracker import Database
from tracker import fill

POINTS = 200
BEFORE = 10_000
RATE = 20.0
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]

# when a browser has painted what a change of the document asked for: in the task after its next frame
STAMPS = """([selector, attribute]) => {
  window.observer?.disconnect();
  window.seen = {};
  const look = () => {
    const count = Number(document.querySelector(selector)?.getAttribute(attribute) ?? 0);
    if (count in window.seen) return;
    requestAnimationFrame(() => setTimeout(() => { window.seen[count] ??= Date.now(); }));
  };
  window.observer = new MutationObserver(look);
  window.observer.observe(document, {subtree: true, attributes: true, childList: true});
}"""


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        environment = {**os.environ, "SCANTRAIL_HOME": place, "SCANTRAIL_DB": f"{place}/base.db"}
        start_up(environment)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            floor(browser.new_page())
            with served(environment) as (address, link):
                page = browser.new_page()
                page.goto(link)
                page.wait_for_url(f"{address}/")
                live(page, root, before=0)
                live(page, root, before=BEFORE)
                killed(page, environment)
            browser.close()
        lists(environment, f"{place}/base.db")


def live(page: Page, root: Path, before: int) -> None:
    """Write points into a journal and ask the page when each was on the screen."""
    count = before + POINTS
    plan = {"type": "linear", "motor": "x", "start": 0.0, "stop": 1.0, "steps": count, "detectors": ["i0", "it"]}
    roles = {"x": "axis", "i0": "i0", "it": "itrans", "x_setpoint": "setpoint", "point": "point"}
    header = Header(
        kind="linear",
        plan={**plan, "dwell_time": 0.01},
        num_points=count,
        motors=["x"],
        detectors=["i0", "it"],
        dimensions=[["x"]],
        shape=[count],
        extents=[(0, 1)],
        columns=[{"key": key, "role": role} for key, role in roles.items()],
    )
    columns = {name: Column("sim://", "", "number", role) for name, role in roles.items()}
    written: dict[int, float] = {}
    with RunWriter.create(root, header) as run:
        run.describe("primary", columns)
        for i in range(before):
            run.event("primary", point(i), time.time())
        card = f"[data-run='{run.number}'] [data-words]"
        page.wait_for_selector(f"{card}[data-points='{before}']", timeout=60_000)
        time.sleep(2.0)
        page.evaluate(STAMPS, [card, "data-points"])
        for i in range(before, before + POINTS):
            run.event("primary", point(i), time.time())
            written[i + 1] = time.time()
            time.sleep(1.0 / RATE)
        page.wait_for_selector(f"{card}[data-points='{before + POINTS}']")
        page.wait_for_timeout(300)
        seen = {int(count): stamp / 1000.0 for count, stamp in page.evaluate("() => window.seen").items()}
    tell(f"live, after {before} points", written, seen)


def killed(page: Page, environment: dict[str, str]) -> None:
    """Kill scans and ask how long the page says that they run."""
    scan = ["scan", "linear", "BL02:SAMPLE:X", "0", "100", "2000", "--det", "BL02:DET:I0", "--dwell", "0.02", "--sim"]
    late = []
    for _ in range(5):
        page.wait_for_function("() => !document.querySelector('#cards .s-running')")
        with subprocess.Popen(
            [sys.executable, "-m", "scantrail", *scan],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        ) as run:
            card = page.locator("#cards [data-run]", has=page.locator(".s-running")).first
            card.locator("td").first.wait_for(timeout=60_000)
            number = card.get_attribute("data-run")
            run.kill()
            late.append(seconds(lambda number=number: page.wait_for_selector(f"[data-run='{number}'] .s-interrupted")))
    print(f"{'a killed scan is told':28s} median {statistics.median(late):6.2f} s   worst {max(late):.2f} s   bar 3 s")


def point(i: int) -> dict[str, float]:
    """The i-th point of a scan along a line."""
    return {"point": i, "x": float(i), "x_setpoint": float(i), "i0": float(i % 97), "it": float(i % 89)}


def tell(name: str, written: dict[int, float], seen: dict[int, float]) -> None:
    """A point that was drawn together with a later one was seen with that."""
    late = []
    for count, stamp in written.items():
        shown = [at for number, at in seen.items() if number >= count]
        late.append((min(shown) - stamp) * 1000.0)
    worst = statistics.quantiles(late, n=20)[-1]
    print(f"{name:28s} median {statistics.median(late):6.0f} ms   95 % {worst:6.0f} ms   bar 100 ms")


class Told(BaseHTTPRequestHandler):
    """A page that writes the number it is told, and who tells it."""

    written: ClassVar[dict[int, float]] = {}

    def do_GET(self) -> None:
        self.send_response(200)
        kind = "text/event-stream" if self.path == "/events" else "text/html"
        self.send_header("Content-Type", kind)
        self.end_headers()
        if self.path != "/events":
            script = "new EventSource('/events').onmessage = e => p.setAttribute('data-points', e.data)"
            self.wfile.write(f"<p id=p data-points=0>told</p><script>{script}</script>".encode())
            return
        time.sleep(0.5)
        for i in range(1, POINTS + 1):
            self.written[i] = time.time()
            self.wfile.write(f"data: {i}\n\n".encode())
            self.wfile.flush()
            time.sleep(1.0 / RATE)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def floor(page: Page) -> None:
    """The same over a bare EventSource, nothing drawn."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    page.evaluate(STAMPS, ["#p", "data-points"])
    page.wait_for_selector(f"#p[data-points='{POINTS}']", timeout=60_000)
    page.wait_for_timeout(200)
    seen = {int(count): stamp / 1000.0 for count, stamp in page.evaluate("() => window.seen").items()}
    tell("floor: a bare EventSource", Told.written, seen)
    page.close()
    server.shutdown()


def lists(environment: dict[str, str], database: str) -> None:
    """A page of 100,000 components, its first ask apart."""
    with Database(database) as opened:
        opened.initialize_schema()
        fill(opened)
    with served(environment) as (address, link):
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        opener.open(link).read()
        for name, path in {
            "components": "/components",
            "components, searched": "/components?q=054321",
            "components, last page": "/components?page=2000",
            "positions": "/positions",
            "tests": "/tests?kind=module",
        }.items():
            taken = [seconds(lambda path=path: opener.open(address + path).read()) for _ in range(6)]
            bar = "   bar 0.3 s" if name.startswith("components") else ""
            print(f"{name:28s} median {statistics.median(taken[1:]):6.3f} s   first {taken[0]:.3f} s{bar}")


def start_up(environment: dict[str, str]) -> None:
    """From the command to the first answer."""
    code = "import fastapi, uvicorn, jinja2, sqlalchemy"
    bare = [seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True)) for _ in range(5)]
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        with served(environment) as (_, link):
            urllib.request.urlopen(link).read()
            taken.append(time.perf_counter() - began)
    median, least = statistics.median(taken), statistics.median(bare)
    print(f"{'start':28s} median {median:6.2f} s   floor {least:.2f} s   {median / least:.1f}x   bar 2 s")


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


@contextmanager
def served(environment: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Give address and link of a page."""
    command = [sys.executable, "-m", "scantrail", "web", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            if process.stdout is None:
                sys.exit("the page says nothing")
            found = re.search(r"http://[\d.:]+", process.stdout.readline())
            yield (found[0] if found else "").rstrip(":;"), process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
