"""Every page in a browser: quiet, whole on a phone, and passing axe-core's serious and critical rules."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from commands import scantrail, started
from pages import served
from playwright.sync_api import Page, expect

from scantrail.tracker import (
    TestResult,
    add_component,
    add_maintenance_log,
    assemble_module,
    get_default_db,
    install_component,
    set_limit,
)

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"
SCAN = ("threshold", "parallel", "--mock", "--thresholds", "1:300;2:308;3:292", "--nsteps", 4, "--step", 4)

PAGES = {
    "now": "/",
    "runs": "/runs",
    "run": "/runs/1",
    "compare": "/compare?run=1&run=2",
    "components": "/components",
    "component": "/components/MODULE-001",
    "positions": "/positions",
    "position": "/positions/Layer0_top_stereo",
    "tests": "/tests?kind=module&quantity=noise_test:noise",
    "add": "/change/add",
    "test": "/change/test?id=MODULE-001&type=noise_test",
    "install": "/change/install?id=MODULE-002&position=Layer0_top_axial",
}


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A page that shows a detector with some modules, two runs of one kind, and one of another."""
    home = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("SCANTRAIL_HOME", str(home))
        patch.setenv("SCANTRAIL_DB", f"{home}/base.db")
        with get_default_db() as database:
            fill(database)
        quick = (*SCAN, "--duration", 5, "--speed", 200, "--seed")
        with started(*quick, 1) as one, started(*quick, 2) as other:
            assert (one.ended().code, other.ended().code) == (0, 0)
        done = scantrail("scan", "linear", "BL02:SAMPLE:X", 0, 1, 3, "--det", "BL02:DET:I0", "--dwell", 0.01, "--sim")
        assert done.code == 0, done.err
    with served(home=home) as (site, _):
        site.enter()
        yield site


def fill(parts):
    for number in range(1, 7):
        add_component(f"MODULE-00{number}", "module", {"location": "Lab A", "manufacturer": "SLAC"}, db=parts)
        noise = TestResult(f"MODULE-00{number}", "noise_test", number != 3, {"noise": 1500.0 + 20 * number})
        noise.tested = datetime(2025, 6, number, tzinfo=UTC)
        noise.save(parts)
    measured = {"noise": [1500.0 + i for i in range(512)], "mean_noise": 1755.4321, "mean_noise_error": 0.1234}
    TestResult("MODULE-002", "noise_test", None, measured).save(parts)
    add_component("SENSOR-001", "sensor", {}, db=parts)
    add_component("FEB-01", "feb", {"notes": HOSTILE}, db=parts)
    assemble_module("MODULE-001", "SENSOR-001", db=parts)
    for month in (1, 6):
        test = TestResult("MODULE-001", "iv_curve", True, {"voltage": 100.0, "current": 1e-6 * month})
        test.tested = datetime(2025, month, 1, tzinfo=UTC)
        test.save(parts)
    set_limit("module", "noise_test", "noise", high=2500.0, source="TDR 2014", db=parts)
    install_component("MODULE-001", "Layer0_top_axial", run_period="2025_spring_run", db=parts)
    install_component("FEB-01", "FEB3", db=parts)
    add_maintenance_log("MODULE-001", "Bond wire 17 lifted; rebonded.", "repair", severity="minor", db=parts)


def settle(page: Page) -> None:
    """Wait until every figure is drawn."""
    expect(page.locator(".waiting")).to_have_count(0)
    for place in page.locator("[data-figure]").all():
        expect(place.locator(".main-svg").first).to_be_visible()


def shoot(page: Page, path: Path) -> None:
    """Write a picture of a whole page; by ourselves, for playwright would leave a thread behind that writes."""
    path.write_bytes(page.screenshot(full_page=True))


def broken_rules(page: Page) -> list[str]:
    rules = ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    grave = [one for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in grave]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_quiet_legible_and_as_wide_as_its_window(looking, filled, shots, name, width):
    looking.set_viewport_size({"width": width, "height": 900})
    looking.goto(filled.address + PAGES[name])
    settle(looking)
    shoot(looking, shots / f"{name}-{width}.png")
    assert looking.evaluate("() => document.documentElement.scrollWidth") == width
    assert broken_rules(looking) == []


@pytest.mark.parametrize("name", PAGES)
def test_dark_pages_pass_the_same_rules(looking, filled, shots, name):
    looking.emulate_media(color_scheme="dark")
    looking.goto(filled.address + PAGES[name])
    settle(looking)
    shoot(looking, shots / f"{name}-1280-dark.png")
    assert broken_rules(looking) == []


def test_markup_in_a_text_is_shown_as_text(looking, filled):
    looking.goto(f"{filled.address}/components/FEB-01")
    expect(looking.locator("dl.facts pre")).to_have_text(HOSTILE)
    assert looking.locator("img[src='x']").count() == 0


def test_the_page_is_used_by_keyboard_alone(looking, filled):
    looking.goto(f"{filled.address}/")
    looking.keyboard.press("Tab")
    expect(looking.get_by_text("Skip to the content")).to_be_focused()
    for _ in range(4):
        looking.keyboard.press("Tab")
    expect(looking.get_by_role("link", name="Components")).to_be_focused()
    looking.keyboard.press("Enter")
    expect(looking.get_by_role("heading", name="Components")).to_be_visible()
    looking.get_by_role("searchbox").focus()
    looking.keyboard.type("MODULE-002")
    looking.keyboard.press("Enter")
    expect(looking.locator("tbody tr")).to_have_count(1)


def test_runs_are_found_and_compared(looking, filled):
    looking.goto(f"{filled.address}/runs?q=2")
    looking.goto(f"{filled.address}/runs")
    looking.get_by_label("Compare run 1").check()
    looking.get_by_label("Compare run 2").check()
    looking.get_by_role("button", name="Compare the chosen runs").click()
    settle(looking)
    expect(looking.get_by_role("heading", name="Run 2 and Run 1")).to_be_visible()
    assert looking.locator(".plot .legendtext").filter(has_text="run 1").count() == 1


def heights(page: Page) -> list[list[float]]:
    """Height of each figure's place, and of what is drawn in it."""
    return page.evaluate(
        "() => [...document.querySelectorAll('[data-figure]')].map((place) => "
        "[place.clientHeight, place.querySelector('.main-svg').clientHeight])"
    )


def test_figures_keep_their_height_when_the_window_changes(looking, filled):
    looking.goto(f"{filled.address}/components/MODULE-001")
    settle(looking)
    before = heights(looking)
    looking.set_viewport_size({"width": 1000, "height": 1400})
    looking.wait_for_function("() => document.querySelector('.main-svg').clientWidth < 1000")
    looking.wait_for_timeout(500)  # plotly waits before it fits a figure into its place
    assert heights(looking) == before
    assert all(place == drawn > 200 for place, drawn in before)


def test_no_figure_offers_to_send_itself_elsewhere(looking, filled):
    looking.goto(f"{filled.address}/runs/1")
    settle(looking)
    buttons = looking.locator(".modebar-btn")
    said = [button.get_attribute("data-title") for button in buttons.all()]
    assert said == ["Download plot as a PNG", "Zoom", "Pan", "Zoom in", "Zoom out", "Reset axes"]


def test_figures_follow_the_colours_and_the_width_of_the_page(looking, filled):
    looking.goto(f"{filled.address}/runs/1")
    settle(looking)
    ink = "() => document.querySelector('.plot').layout.font.color"
    light = looking.evaluate(ink)
    looking.emulate_media(color_scheme="dark")
    looking.wait_for_function(f"(light) => ({ink})() !== light", arg=light)


def test_runs_of_two_kinds_are_not_compared_and_the_page_says_why(looking, filled):
    looking.goto(f"{filled.address}/compare?run=1&run=3")
    expect(looking.locator(".plot")).to_have_text(re.compile("^Two or more runs of one kind"))


def test_a_page_is_printed_dark_on_light_without_its_controls(looking, filled):
    looking.goto(f"{filled.address}/components/MODULE-001")
    looking.emulate_media(media="print", color_scheme="dark")
    expect(looking.get_by_role("navigation", name="Sections")).to_be_hidden()
    expect(looking.get_by_role("link", name="Record a test")).to_be_hidden()
    assert looking.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_list_of_numbers_is_told_in_short_and_an_error_beside_its_value(looking, filled):
    looking.goto(f"{filled.address}/components/MODULE-002")
    row = looking.locator("table.numbers tr")
    expect(row.filter(has_text="512 values, 1500 to 2011")).to_have_count(1)
    expect(row.filter(has_text="1755.43 ± 0.12")).to_have_count(1)


def test_empty_pages_say_what_to_do(page, site, shots):
    for name, path in {"now": "/", "runs": "/runs", "components": "/components", "tests": "/tests"}.items():
        page.goto(site.address + path)
        expect(page.locator(".empty").first).to_be_visible()
        shoot(page, shots / f"{name}-empty-1280.png")
        assert broken_rules(page) == [], name
