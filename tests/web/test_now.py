"""What is being taken, seen in a browser: it appears, grows, is paused and stopped; a killed one is told."""

import signal

from beamlines import beamline
from commands import Detector, detector, newest, points, run_with_points, started, until
from pages import served
from playwright.sync_api import Page, expect
from sample_scans import take

from scantrail.daq import MeshScanConfig
from scantrail.runs import ask, read, summarize
from scantrail.station import data_root

SCAN = ("threshold", "parallel", "--thresholds", "1:300;2:308;3:292", "--nsteps", 10, "--step", 2, "--duration", 10)
INK = "() => document.querySelector('[data-live]').layout.font.color"
AT_REST = {1: 1023, 2: 1023, 3: 1023}


def line(url: str, count: int = 400, dwell: float = 0.05) -> list[object]:
    detectors = ["--det", "BL02:DET:I0", "--det", "BL02:DET:IT"]
    return ["scan", "linear", "BL02:SAMPLE:X", 0, 100, count, *detectors, "--dwell", dwell, "--url", url]


def drawn(page: Page) -> int:
    """Points of the first curve in the page's figure."""
    return int(page.evaluate("() => document.querySelector('[data-live]').data?.[0]?.x.length ?? 0"))


def counted(page: Page) -> int:
    """Points that the page says were taken."""
    return int(page.locator("[data-words]").get_attribute("data-points") or 0)


def test_a_scan_appears_grows_and_is_whole_at_the_end(page, tmp_path):
    expect(page.locator("#idle")).to_be_visible()
    with beamline(tmp_path) as bench, started(*line(bench.url, 150, 0.03)) as scan:
        directory = run_with_points(3)
        ask(directory, "pause")  # for a browser that is slower than the scan
        expect(page.get_by_role("heading", name="Run 1")).to_be_visible()
        first = until(lambda: drawn(page), "points in the figure")
        ask(directory, "resume")
        until(lambda: drawn(page) > first, "a curve that grows")
        assert scan.ended().code == 0
    expect(page.locator("[data-state]")).to_have_text("success")
    expect(page.locator("[data-words]")).to_have_text("150 of 150 points")
    until(lambda: drawn(page) == points(newest()) == 150, "every point of the journal in the figure")
    table = page.locator("table.points tbody tr")
    expect(table).to_have_count(12)
    expect(table.first.locator("td").first).to_have_text("150")
    expect(page.locator("[data-controls]")).to_be_hidden()
    expect(page.locator("#recent [data-run='1']")).to_contain_text("success")


def test_a_threshold_scan_is_paused_goes_on_and_is_aborted_from_the_page(page, tmp_path):
    with detector(tmp_path, speed=30.0) as bench, started(*SCAN, "--config", bench.station) as scan:
        directory = run_with_points(2)
        page.get_by_role("button", name="Pause").focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-state]")).to_have_text("paused")
        expect(page.get_by_role("button", name="Go on")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("[data-state]")).to_have_text("running")
        until(lambda: drawn(page) > 2, "a curve")
        page.get_by_text("Abort …").click()
        page.get_by_role("button", name="Abort run 1").click()
        assert scan.ended().code == 130
        expect(page.locator("#recent [data-run='1']")).to_contain_text("scantrail runs resume 1")
        expect(page.locator(".card [data-state]")).to_have_text("abort")  # its card is still there
        before = page.evaluate(INK)
        page.emulate_media(color_scheme="dark")  # its figure follows, though no stream tells of it any more
        until(lambda: page.evaluate(INK) != before, "a figure in other colours")
        assert at_rest(bench)
        assert read(directory).stop["exit_status"] == "abort"


def at_rest(bench: Detector) -> bool:
    return bench.thresholds == AT_REST


def test_a_browser_that_draws_slowly_draws_many_points_at_once(page, tmp_path):
    page.evaluate("""() => {
      const extend = Plotly.extendTraces;
      window.drawings = 0;
      Plotly.extendTraces = (...given) => {
        window.drawings += 1;
        for (const end = performance.now() + 150; performance.now() < end;);
        return extend(...given);
      };
    }""")
    with beamline(tmp_path) as bench, started(*line(bench.url, 150, 0.03)) as scan:
        assert scan.ended().code == 0
    until(lambda: drawn(page) == 150, "every point in the figure")
    assert 0 < page.evaluate("() => window.drawings") < 100


def test_a_killed_scan_is_told_and_how_to_go_on(page, tmp_path):
    with beamline(tmp_path) as bench:
        with started(*line(bench.url)) as scan:
            directory = run_with_points(3)
            expect(page.locator("[data-state]")).to_have_text("running")
            scan.signal(signal.SIGKILL)
            scan.process.wait()
            expect(page.locator("[data-state]")).to_have_text("interrupted")
        expect(page.locator("[data-command]")).to_have_text("scantrail runs resume 1")
        taken = points(directory)
        assert counted(page) == taken
        with started("runs", "resume", 1) as scan:
            expect(page.locator("[data-state]")).to_have_text("running")
            until(lambda: counted(page) > taken, "the run to go on")
            scan.signal(signal.SIGINT)
            assert scan.ended().code == 130
        expect(page.locator("[data-state]")).to_have_text("abort")


def test_a_scan_goes_on_when_the_page_is_killed(tmp_path):
    with beamline(tmp_path) as bench, started(*line(bench.url, 60, 0.02)) as scan:
        with served() as (site, process):
            site.enter()
            run_with_points(3)
            assert site.ask("GET", "/").status == 200
            process.kill()
            process.wait()
        assert scan.ended().code == 0
    assert summarize(newest()).status == "success"
    assert points(newest()) == 60


def test_a_map_is_drawn(page):
    plan = MeshScanConfig(motor1=("y", -20, 20, 4), motor2=("x", -20, 20, 5), detectors=["it"], dwell_time=0.001)
    take(data_root(), plan)
    page.goto(f"{page.url}runs/1")
    until(lambda: page.evaluate("() => document.querySelector('.plot').data?.[0]?.type") == "heatmap", "a map")
