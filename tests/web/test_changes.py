"""Changes by forms: seen before they are written, refused as the command line refuses, files kept safely."""

import base64
import errno
import html
import io
import os
import re
import shlex
import time
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from commands import until
from playwright.sync_api import expect

from scantrail.cli.main import _svt
from scantrail.errors import AlreadyExists
from scantrail.station import data_root
from scantrail.tracker import Database, add_component, assemble_module, detail, history, install_component
from scantrail.web import staging
from scantrail.web.orders import Assemble, Install, Log, Move, NewComponent, Order, Test

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
HOSTILE = '<b>"x"</b><script>alert(1)</script>&amp;'


def test_a_module_is_installed_and_the_second_is_refused_with_its_occupant(page, site, parts):
    for number in (1, 2):
        add_component(f"MODULE-00{number}", "module", {}, db=parts)
    page.goto(f"{site.address}/positions")
    page.get_by_label("Layer0_top_axial: free").click()
    page.locator("tr", has_text="MODULE-001").get_by_role("link", name="Install").click()
    page.get_by_role("button", name="See what will be written").click()
    expect(page.get_by_text("Installed MODULE-001 in Layer0_top_axial")).to_be_visible()
    expect(page.get_by_text("recorded as a waiver")).to_be_visible()
    expect(page.get_by_text("svt install MODULE-001 Layer0_top_axial")).to_be_visible()
    assert detail(parts, "MODULE-001")["status"] == "incoming"  # nothing is written before it was seen
    page.get_by_role("button", name="Install it").click()
    expect(page.get_by_role("status")).to_contain_text("Installed MODULE-001 in Layer0_top_axial")
    assert detail(parts, "MODULE-001")["place"] == "Layer0_top_axial"

    refusing = page.context.new_page()  # a refusal is an answer that a console mentions
    refusing.goto(f"{site.address}/change/install?id=MODULE-002&position=Layer0_top_axial")
    refusing.get_by_role("button", name="See what will be written").click()
    expect(refusing.get_by_role("alert")).to_contain_text("Layer0_top_axial is taken: MODULE-001 sits there since")
    expect(refusing.get_by_label("Component")).to_have_value("MODULE-002")
    told = refusing.get_by_label("Position")
    assert told.get_attribute("aria-invalid") == "true"
    expect(refusing.locator(f"#{told.get_attribute('aria-describedby')}")).to_contain_text("MODULE-001 sits there")
    expect(refusing.get_by_role("alert")).to_be_focused()
    refusing.close()
    assert detail(parts, "MODULE-002")["status"] == "incoming"


def test_a_test_is_recorded_with_an_image(page, site, parts, tmp_path):
    add_component("MODULE-001", "module", {}, db=parts)
    image = tmp_path / "under the microscope.png"
    image.write_bytes(PNG)
    page.goto(f"{site.address}/components/MODULE-001")
    page.get_by_role("link", name="Record a test").click()
    page.get_by_label("Test type").select_option("noise_test")
    page.get_by_role("button", name="Show its quantities").click()
    page.get_by_label("pass", exact=True).check()
    page.get_by_label("Noise", exact=True).fill("1520")
    page.get_by_label("Images").set_input_files(image)
    page.get_by_role("button", name="See what will be written").click()
    expect(page.get_by_text("with 1 file")).to_be_visible()
    assert detail(parts, "MODULE-001")["tests"] == []
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("status")).to_contain_text("Recorded noise_test of MODULE-001: pass, 1 file")
    [test] = detail(parts, "MODULE-001")["tests"]
    assert test["measurements"] == {"noise": 1520}
    [file] = test["files"]
    assert (parts.data_dir / file["path"]).read_bytes() == PNG
    assert file["name"] == "under the microscope.png"
    until(lambda: page.evaluate("() => document.querySelector('.thumbs img').naturalWidth"), "the image to be shown")


@pytest.fixture
def filled(parts):
    for number in (1, 2):
        add_component(f"M{number}", "module", {}, db=parts)
    add_component("S1", "sensor", {}, db=parts)
    add_component("S2", "sensor", {}, db=parts)
    return parts


def sure(values):
    return {**values, "sure": "yes"}


def test_every_change_is_shown_then_written_as_the_command_line_does_it(entered, filled):
    changes = [
        (
            "add",
            {"id": "M3", "type": "module", "serial": "7", "attributes": "channel_count = 640"},
            "added M3, a module",
        ),
        ("move", {"id": "M3", "location": "Lab B"}, "moved M3 to Lab B"),
        ("assemble", {"id": "M3", "slot:sensor": "S1"}, "attached S1 to M3 as sensor"),
        ("disassemble", {"id": "M3", "slot:sensor": "yes"}, "detached S1 from M3"),
        (
            "install",
            {"id": "M3", "position": "Layer1_top_axial", "run_period": "r"},
            "installed M3 in Layer1_top_axial",
        ),
        ("log", {"id": "M3", "text": "a line\r\nand more", "type": "issue"}, "logged issue"),
        (
            "test",
            {"id": "M3", "type": "visual", "passed": "no", "measurements": "dust = [1, 2]"},
            "recorded visual of M3",
        ),
        ("remove", {"id": "M3", "outcome": "repair", "location": "Lab C"}, "removed M3 from Layer1_top_axial"),
    ]
    for command, values, said in changes:
        before = len(history(filled, "M3")) if command != "add" else 0
        shown = entered.post(f"/change/{command}", values)
        assert shown.status == 200, shown.text
        assert said.lower() in shown.text.lower()
        assert f"svt {command}" in shown.text
        if command != "add":
            assert len(history(filled, "M3")) == before
        written = entered.post(f"/change/{command}", sure(values))
        assert written.status == 303, written.text
        assert said.lower() in entered.ask("GET", written.headers["location"]).text.lower()
    card = detail(filled, "M3")
    assert (card["status"], card["place"], card["attributes"]) == ("repair", "Lab C", {"channel_count": 640})
    assert "a line\nand more" in [log["text"] for log in card["logs"]]
    assert card["tests"][0]["measurements"] == {"dust": [1, 2]}


@pytest.mark.parametrize(
    ("command", "values", "told"),
    [
        ("install", {"id": "M2", "position": "Layer0_top_axial"}, "is taken: M1 sits there since"),
        ("install", {"id": "M2", "position": "Layer9"}, "there is no position"),
        ("install", {"id": "S1", "position": "Layer0_top_stereo"}, "takes a module; S1 is a sensor"),
        ("install", {"id": "M9", "position": "Layer0_top_stereo"}, "there is no component"),
        ("install", {"id": "M2", "position": "Layer0_top_stereo", "date": "soon"}, "is no date"),
        ("install", {"position": "Layer0_top_stereo"}, "the id of the component is missing"),
        ("remove", {"id": "M2"}, "M2 is not installed"),
        ("assemble", {"id": "M2", "slot:sensor": "M1"}, "takes a sensor; M1 is a module"),
        ("assemble", {"id": "M2", "slot:sensor": "S2"}, "S2 is part of M1"),
        ("assemble", {"id": "M1", "slot:sensor": "S1"}, "S2"),
        ("assemble", {"id": "S1"}, "has no slots"),
        ("disassemble", {"id": "M2"}, "M2 has no parts to detach"),
        ("disassemble", {"id": "M1"}, "M1 is installed"),
        ("add", {"id": "m1", "type": "module"}, "M1 exists already"),
        ("add", {"id": "../x", "type": "module"}, "holds a slash"),
        ("add", {"id": "N", "type": "module", "attributes": "x"}, "is no name = value"),
        ("test", {"id": "M2", "type": "noise_test", "measurements": "noise = NaN, or so"}, ""),
        ("test", {"id": "M2", "type": "noise_test", "measurements": "noises = [1, 2"}, "is no JSON"),
        ("add", {"id": "N", "type": "module", "attributes": "x = " + "[" * 9000}, "nested too deep"),
        ("log", {"id": "M2", "text": " "}, "text"),
    ],
)
def test_a_refusal_says_what_the_command_line_says(shared, shared_home, command, values, told):
    with_parts(shared_home)
    for given in (values, sure(values)):
        answer = shared.post(f"/change/{command}", given)
        if told:
            assert answer.status in (404, 409, 422), answer.text
            assert told.lower() in unescaped(answer.text).lower()


def with_parts(home):
    with Database(f"{home}/base.db") as database:
        try:
            for name, kind in (("M1", "module"), ("M2", "module"), ("S1", "sensor"), ("S2", "sensor")):
                add_component(name, kind, {}, db=database)
            assemble_module("M1", "S2", db=database)
            install_component("M1", "Layer0_top_axial", db=database)
        except AlreadyExists:
            return


def unescaped(text):
    return html.unescape(text)


def test_markup_in_every_field_is_shown_as_text(entered, filled):
    texts = {"manufacturer": HOSTILE, "serial": HOSTILE, "location": HOSTILE, "notes": HOSTILE, "by": HOSTILE}
    attributes = f"{HOSTILE} = {HOSTILE}"
    forms = [
        ("add", {"id": HOSTILE.replace("/", ""), "type": "module", "attributes": attributes, **texts}),
        ("move", {"id": "M1", "location": HOSTILE, "by": HOSTILE}),
        ("log", {"id": "M1", "text": HOSTILE, "type": "note", "severity": HOSTILE, "by": HOSTILE}),
        ("test", {"id": "M1", "type": HOSTILE, "measurements": attributes, "notes": HOSTILE, "by": HOSTILE}),
        ("assemble", {"id": "M2", "slot:sensor": "S1", "notes": HOSTILE, "by": HOSTILE}),
        (
            "install",
            {"id": "M1", "position": "Layer0_top_axial", "run_period": HOSTILE, "notes": HOSTILE, "reason": HOSTILE},
        ),
        ("remove", {"id": "M1", "reason": HOSTILE, "location": HOSTILE, "by": HOSTILE}),
    ]
    for command, values in forms:
        shown = entered.post(f"/change/{command}", values)
        assert shown.status == 200, shown.text
        assert "<script>alert" not in shown.text
        written = entered.post(f"/change/{command}", sure(values))
        assert written.status == 303, written.text
        card = entered.ask("GET", written.headers["location"])
        assert card.status == 200
        assert "<script>alert" not in card.text
        assert "&lt;script&gt;alert" in card.text
    for path in (
        "/components",
        "/positions",
        "/tests?kind=module",
        f"/runs?q={'%3Cscript%3Ealert(1)'}",
        "/positions/Layer0_top_axial",
    ):
        answer = entered.ask("GET", path)
        assert answer.status == 200
        assert "<script>alert" not in answer.text


def multipart(values, files):
    boundary = "xxBOUNDARYxx"
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    )
    for name, filename, content in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def send(site, values, files):
    body, kind = multipart(values, files)
    return site.ask("POST", "/change/test", body, {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"})


@pytest.mark.parametrize("name", ["page.html", "vector.svg", "run.exe", "noend", ".png", "image.png.html", ""])
def test_a_file_of_another_type_is_refused(shared, shared_home, name):
    with_parts(shared_home)
    answer = send(shared, {"id": "M2", "type": "visual"}, [("images", name, b"x")])
    assert answer.status == (422 if name else 200)
    assert not name or "it must end in .png" in answer.text


def test_names_of_files_lead_nowhere(entered, filled, tmp_path):
    names = ["../../../evil.png", "..\\\\evil.png", "/etc/passwd.png", "a" * 300 + ".png", "$(touch x);.png"]
    shown = send(entered, {"id": "M1", "type": "visual"}, [("images", name, PNG) for name in names])
    assert shown.status == 200, shown.text
    keys = re.findall(r'name="staged" value="([0-9a-f]{32})"', shown.text)
    assert len(keys) == len(names)
    form = [("id", "M1"), ("type", "visual"), ("sure", "yes"), *(("staged", key) for key in keys)]
    said = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    written = entered.ask("POST", "/change/test", urlencode(form), said)
    assert written.status == 303, written.text
    files = [file["path"] for file in detail(filled, "M1")["tests"][0]["files"]]
    assert len(files) == len(names)
    assert all(re.fullmatch(r"\d{4}/M1/\d{8}_\d{6}_visual_\d+\.png", path) for path in files), files
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize("name", ["vector.png", "page.jpg", "empty.gif", "x.webp", "x.tiff"])
def test_an_image_that_is_none_is_refused(shared, shared_home, name):
    with_parts(shared_home)
    content = (
        b"" if name.startswith("empty") else b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    )
    answer = send(shared, {"id": "M2", "type": "visual"}, [("images", name, content)])
    assert answer.status == 422
    assert f"{name} is no {name.rpartition('.')[2]} image" in answer.text.lower()


def test_what_was_typed_and_sent_is_kept_until_it_is_right(entered, filled):
    """A refused file drops none of the others; back from the last look, the form has all of it."""
    notes = "long\n" * 1900
    typed = {"id": "M1", "type": "visual", "notes": notes}
    refused = send(entered, typed, [("images", "good.png", PNG), ("images", "bad.exe", b"x")])
    assert refused.status == 422
    [key] = re.findall(r'name="staged" value="([0-9a-f]{32})"', refused.text)
    assert "Sent already: good.png" in refused.text
    shown = entered.post("/change/test", {**typed, "staged": key})
    assert "with 1 file" in shown.text
    again = entered.post("/change/test", {**typed, "staged": key, "again": "yes"})
    assert again.status == 200
    assert f'value="{key}"' in again.text
    assert notes in again.text
    assert detail(filled, "M1")["tests"] == []


@pytest.mark.parametrize(
    "where", ["starlette.datastructures.UploadFile.write", "scantrail.web.staging.shutil.copyfileobj"]
)
def test_a_full_disk_keeps_nothing_half(entered, filled, monkeypatch, where):
    def full(*given, **named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(where, full)
    body, kind = multipart(
        {"id": "M1", "type": "visual", "kind": "image"}, [("images", "a.png", PNG), ("file", "a.png", PNG)]
    )
    for path in ("/change/test", "/api/v1/uploads"):
        answer = entered.ask("POST", path, body, {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"})
        assert answer.status == 507, answer.text
    assert not [path for path in (data_root() / "web" / "staged").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("order", "component"),
    [
        (
            Test(
                type="visual",
                passed=True,
                measurements={"a": True, "b": None, "c": "1", "d": [1, 2.5], "e": "[1", "f": "x y"},
            ),
            "M1",
        ),
        (Log(text="--force"), "M1"),
        (Log(text='two\nlines, it\'s "quoted"', type="issue", severity="minor", by="Ada"), "M1"),
        (Move(location="-20 degrees"), "M1"),
        (NewComponent(type="module", attributes={"n": 5, "s": "5"}, notes="-x", by="Ada"), "-M9"),
        (Assemble(parts={"sensor": "S1"}, notes="n"), "M1"),
        (Install(position="Layer0_top_axial", run_period="r", date="2025-01-31", reason="because"), "M1"),
    ],
    ids=lambda value: value.command if isinstance(value, Order) else "",
)
def test_the_command_line_that_is_shown_does_the_same(tmp_path, order, component):
    """What the form would write, and what its command line writes, in two databases."""
    kept = []
    for way in ("order", "line"):
        with Database(tmp_path / f"{way}.db") as database:
            add_component("M1", "module", {}, db=database)
            add_component("S1", "sensor", {}, db=database)
            if way == "order":
                order.carry_out(database, component)
            else:
                line = order.line(component, db_path=str(tmp_path / "line.db"))
                done = CliRunner().invoke(_svt, shlex.split(line)[1:])
                assert done.exit_code == 0, done.output
            card = detail(database, component)
            tests = [(test["measurements"], test["pass_fail"]) for test in card["tests"]]
            logs = [(log["text"], log["type"], log["severity"], log["opened_by"]) for log in card["logs"]]
            slots = [row["child"] for row in card["slots"]]
            kept.append((card["attributes"], card["notes"], card["place"], card["status"], tests, logs, slots))
    assert kept[0] == kept[1]


def test_a_second_click_writes_nothing_more(entered, filled):
    typed = {"id": "M1", "type": "visual", "passed": "yes"}
    shown = entered.post("/change/test", typed)
    [once] = re.findall(r'name="once" value="([0-9a-f]+)"', shown.text)
    answers = [entered.post("/change/test", sure({**typed, "once": once})) for _ in range(3)]
    assert [answer.status for answer in answers] == [303] * 3
    assert len(detail(filled, "M1")["tests"]) == 1
    refused = {"id": "M1", "location": "", "once": "again and again"}
    assert [entered.post("/change/move", sure(refused)).status for _ in range(2)] == [422] * 2
    assert entered.post("/change/move", sure({**refused, "location": "Lab C"})).status == 303
    assert detail(filled, "M1")["place"] == "Lab C"


@pytest.mark.parametrize("key", ["..", "../../secret", "0" * 32, "", "%2e%2e"])
def test_a_key_of_an_upload_leads_nowhere(shared, shared_home, key):
    with_parts(shared_home)
    answer = shared.post("/change/test", sure({"id": "M2", "type": "visual", "staged": key}))
    assert answer.status == 422
    assert "send it again" in answer.text


def test_what_waited_too_long_is_forgotten(tmp_path, monkeypatch):
    kept = staging.stage(tmp_path, "image", "x.png", io.BytesIO(PNG))
    assert staging.staged(tmp_path, kept.key).size == len(PNG)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + staging.KEPT_SECONDS + 1)
    staging.forget(tmp_path)
    assert list(tmp_path.iterdir()) == []
