"""The API: all of it described truly, the client, the same rules as the forms; and whatever a fuzzer thinks of."""

import inspect
import json
import re
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from beamlines import beamline
from commands import BIN, newest, run_with_points, scantrail, started
from lines import COLUMNS, line_header, row

from scantrail.errors import LinkError
from scantrail.runs import RunWriter, note_run, report, shown_run, summarize, summary_document
from scantrail.station import data_root
from scantrail.tracker import (
    TestResult,
    add_component,
    add_maintenance_log,
    assemble_module,
    detail,
    history,
    install_component,
    link_run,
    list_test_types,
    new_token,
    summary,
)
from scantrail.web import Api, ApiError

SCAN = ("threshold", "parallel", "--mock", "--thresholds", "1:300;2:308;3:292", "--nsteps", 2, "--step", 4)


@pytest.fixture
def api(site, parts):
    return Api(site.address, new_token(parts, "script", "change"))


def test_a_script_does_what_the_forms_do(api, tmp_path):
    assert (
        api.add("M1", "module", serial="7", attributes={"channel_count": 640})["said"] == "added M1, a module, incoming"
    )
    api.add("S1", "sensor")
    api.assemble("M1", {"sensor": "S1"})
    api.move("M1", "Lab A")
    done = api.install("M1", "Layer0_top_axial", run_period="2025_spring_run")
    assert done["notices"] == ["M1 goes from incoming to installed; this is recorded as a waiver"]
    curve, image = tmp_path / "iv curve.csv", tmp_path / "bond.png"
    curve.write_text("voltage_V,current_A\n1,2e-6\n2,3e-6\n")
    image.write_bytes(b"\x89PNG")
    api.test("M1", "iv_curve", True, data=(curve,), images=(image,), measurements={"voltage": 100.0})
    api.log("M1", "Bond wire 17 lifted", type="issue", severity="minor")
    card = api.component("m1")
    assert card["place"] == "Layer0_top_axial"
    assert card["tests"][0]["measurements"] == {"voltage": 100.0}
    assert {file["name"] for file in card["tests"][0]["files"]} == {"iv curve.csv", "bond.png"}
    assert [event["command"] for event in api.history("M1")] == ["add", "assemble", "move", "install", "test", "log"]
    assert api.matrix("module")["rows"][0]["verdicts"] == {"iv_curve": "pass"}
    assert {row["component"] for row in api.positions(type="module")} == {"M1", None}
    assert [row["measurements"] for row in card["tests"]] == [{"voltage": 100.0}]
    assert api.component_file("M1", card["tests"][0]["files"][0]["path"], tmp_path / "copy").stat().st_size > 0
    api.remove("M1", outcome="spare", location="Lab B")
    assert api.disassemble("M1", "sensor")["said"] == "detached S1 from M1"
    api.assemble("M1", {"sensor": "S1"})
    found = api.components(q="lab b")
    assert [row["id"] for row in found["components"]] == ["M1", "S1"]


def test_a_refusal_is_the_sentence_of_the_command_line(api):
    api.add("M1", "module")
    api.add("M2", "module")
    api.install("M1", "Layer0_top_axial")
    with pytest.raises(ApiError, match="Layer0_top_axial is taken: M1 sits there since") as refused:
        api.install("M2", "layer0_TOP_axial")
    assert refused.value.status == 409
    for ask, status in (
        (lambda: api.component("nobody"), 404),
        (lambda: api.run(7), 404),
        (lambda: api.add("M1", "module"), 409),
        (lambda: api.add("a/b", "module"), 422),
        (lambda: api.pause("../../etc"), 404),
        (lambda: api.positions(at="soon"), 422),
        (lambda: api.matrix("nothing"), 422),
    ):
        with pytest.raises(ApiError) as refused:
            ask()
        assert refused.value.status == status


def test_runs_are_read_exported_and_controlled(api, tmp_path):
    done = scantrail(*SCAN, "--duration", 5, "--speed", 200)
    assert done.code == 0, done.err
    [run] = api.runs(status="success")["runs"]
    assert run["number"] == 1
    report = api.run(1)
    assert len(report["rows"]) == report["points"] == 5
    assert report["results"]["fit"]
    assert api.run(run["uid"][:8])["uid"] == run["uid"]
    table = api.export(1, "csv", tmp_path / "run.csv").read_text().splitlines()
    assert len(table) == 6
    assert api.export(1, "nexus", tmp_path / "run.nxs").read_bytes().startswith(b"\x89HDF")
    with pytest.raises(ApiError, match="XDI holds absorption spectra alone"):
        api.export(1, "xdi", tmp_path / "run.xdi")
    with pytest.raises(ApiError, match="there is no export 'exe'; there are csv"):
        api.export(1, "exe", tmp_path / "run.exe")
    with pytest.raises(ApiError, match="is not running"):
        api.pause(1)
    first = newest()
    with beamline(tmp_path) as bench:
        command = ["scan", "linear", "BL02:SAMPLE:X", 0, 9, 300, "--det", "BL02:DET:I0", "--dwell", 0.05]
        with started(*command, "--url", bench.url) as scan:
            run_with_points(2, after=first)
            assert api.runs(status="running")["runs"][0]["number"] == 2
            assert api.pause(2)["command"] == "pause"
            assert api.resume(2)["seq"] == 2
            assert api.abort(2)["seq"] == 3
            assert scan.ended().code == 130


def test_the_client_knows_every_operation(entered, tmp_path):
    """Each operation that the description names is asked for by a method, and no method asks for another."""
    asked = set()

    class Noting(Api):
        def _ask(self, method, path, body=None, media=None):
            asked.add((method.lower(), path.partition("?")[0]))
            return b'{"key": "k"}'

    api, file = Noting("http://127.0.0.1:1", "x"), tmp_path / "a.png"
    file.write_bytes(b"")
    words = {"passed": True, "images": (file,), "kind": "image", "parts": {}, "path": file}
    methods = [name for name, each in inspect.getmembers(Api, inspect.isfunction) if not name.startswith("_")]
    for name in methods:
        parameters = inspect.signature(getattr(api, name)).parameters.values()
        plain = [one for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD and one.default is one.empty]
        if name in ("export", "run_file", "component_file"):
            words["path"] = tmp_path / name
        getattr(api, name)(*(words.get(one.name, f"<{one.name}>") for one in plain))
    document = json.loads(entered.ask("GET", "/api/v1/openapi.json").text)
    described = {(method, path) for path, each in document["paths"].items() for method in each}

    def described_as(method, path):
        return {
            (named, template)
            for named, template in described
            if named == method and re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", template), f"/api/v1/{path}")
        }

    met = [described_as(*one) for one in asked]
    assert all(met), asked
    assert set().union(*met) == described


def test_what_the_pages_show_is_in_the_answers(api, parts, tmp_path):
    """No field that a reader gives is lost on its way: none that its model does not name."""
    for name, kind in (("M1", "module"), ("S1", "sensor")):
        add_component(name, kind, {}, db=parts)
    assemble_module("M1", "S1", db=parts)
    add_maintenance_log("M1", "x", db=parts)
    image = tmp_path / "a.png"
    image.write_bytes(b"")
    directory = scanned(component="M1")
    uid = summarize(directory).uid
    TestResult("M1", "noise_test", True, {"noise": 1500.0}, images=[image], run_uid=uid).save(parts)
    install_component("M1", "Layer0_top_axial", db=parts)
    note_run(parts.url, directory)
    link_run(parts, uid, ["M1"])
    run, card = shown_run(directory), detail(parts, "M1")
    for answer, given in (
        (api.run(1), report(run)),
        (api.runs()["runs"][0], summary_document(run.run)),
        (api.component("M1"), card),
        (api.component("M1")["tests"][0], card["tests"][0]),
        (api.component("M1")["tests"][0]["files"][0], card["tests"][0]["files"][0]),
        (api.component("M1")["slots"][0], card["slots"][0]),
        (api.component("M1")["logs"][0], card["logs"][0]),
        (api.component("M1")["runs"][0], card["runs"][0]),
        (api.history("M1")[0], history(parts, "M1")[0]),
        (api.summary(), summary(parts)),
        (api.test_types()[0], list_test_types(parts)[0]),
    ):
        assert given.keys() <= answer.keys()
    [test] = api.run(1)["tests"]
    assert (test["component"], test["test_type"], test["pass_fail"]) == ("M1", "noise_test", True)
    assert api.component("M1")["tests"][0]["run"] == 1
    assert "csv" in api.run(1)["exports"]
    assert api.component_figure("M1", "noise_test")["panels"]


def scanned(component: str) -> Path:
    """A run along a line that names a component, as it lies on disk."""
    with RunWriter.create(data_root(), replace(line_header(2), components=[component])) as run:
        run.describe("primary", COLUMNS)
        for i in range(2):
            run.event("primary", row(i), time.time())
    return run.directory


def test_nobody_answers():
    with pytest.raises(LinkError, match="does not answer"):
        Api("http://127.0.0.1:1", "x").runs()


def test_the_description_names_every_operation_and_no_foreign_script(entered):
    document = json.loads(entered.ask("GET", "/api/v1/openapi.json").text)
    assert document["info"]["title"] == "Scantrail"
    operations = {(method, path) for path, each in document["paths"].items() for method in each}
    assert ("post", "/api/v1/components/{component}/install") in operations
    assert all(path.startswith("/api/v1/") for _, path in operations)
    for path, each in document["paths"].items():
        for method, operation in each.items():
            assert operation["description"], (method, path)
            assert operation["security"] == [{"HTTPBearer": []}]
            assert {"401", "422", "503"} <= set(operation["responses"])
    assert entered.ask("GET", "/docs").status == 404


def test_texts_that_no_database_keeps_are_refused_not_failed_at(shared):
    sent = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    for text in ("\\u0000", "\\ud800", "x" * 20_000, "\\u202e"):
        for body in (f'{{"id": "{text}", "type": "module"}}', f'{{"id": "M", "type": "{text}"}}'):
            answer = shared.ask("POST", "/api/v1/components", body, sent)
            assert answer.status in (201, 422), answer.text
            assert json.loads(answer.text)
    for body in ("", "[]", "{", "null", '{"id": "M", "type": "module", "more": 1}', "NaN", '{"id": 7}', "[" * 5000):
        assert shared.ask("POST", "/api/v1/components", body, sent).status in (400, 422)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_description_is_true_whatever_is_sent(site, parts, tmp_path):
    """schemathesis sends what the description allows, and what it does not: no failure, no answer it does not name."""
    add_component("M1", "module", {}, db=parts)
    add_component("S1", "sensor", {}, db=parts)
    assert scantrail(*SCAN, "--duration", 2, "--speed", 200).code in (0, 3)
    token = new_token(parts, "fuzz", "change")
    # what there is, so that a request reaches more than the sentence that there is no such thing
    (tmp_path / "schemathesis.toml").write_text('[parameters]\ncomponent = ["M1", "S1", "x"]\nrun = ["1", "2"]\n')
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    command = [BIN / "schemathesis", "run", f"{site.address}/api/v1/openapi.json", "--checks", checks]
    command += ["--header", f"Authorization: Bearer {token}", "--max-examples", "60", "--seed", "1", "--no-color"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-20_000:]
    chosen = re.search(r"Selected: (\d+)/(\d+)\s+Tested: (\d+)", done.stdout)
    assert chosen
    assert chosen[1] == chosen[2] == chosen[3]
