"""What must be refused, each by itself: strangers, forged sessions, other pages, other hosts, too much, path tricks."""

import http.client
import re
import signal
import stat
import time

import pytest
from commands import scantrail
from hypothesis import given
from hypothesis import strategies as st
from pages import served
from starlette.datastructures import Headers

from scantrail.errors import InputError, LinkError
from scantrail.station import data_root
from scantrail.tracker import TestResult, add_component, new_token
from scantrail.web import new_link, serve
from scantrail.web.guard import HEADERS, POLICY, same_origin
from scantrail.web.keys import LINK_SECONDS, Keys

PATHS = ("/", "/runs", "/components", "/positions", "/tests", "/live/now", "/change/add", "/api/v1/runs")


def test_nothing_is_shown_before_the_link_is_opened(shared):
    for path in PATHS:
        answer = shared.ask("GET", path, let_in=False)
        assert answer.status == 401, path
        assert "scantrail web" in answer.text
    assert shared.ask("GET", "/favicon.ico", let_in=False).status == 200


def test_the_link_opens_once(site):
    site.enter()
    assert site.ask("GET", "/").status == 200
    again = site.ask("GET", site.link.removeprefix(site.address), let_in=False)
    assert again.status == 401
    assert "used before" in again.text
    assert "set-cookie" not in again.headers


def test_the_session_is_strict_and_hidden_from_scripts(site):
    answer = site.ask("GET", site.link.removeprefix(site.address))
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert f"scantrail_{site.port}=" in cookie


def test_a_new_link_is_printed_for_a_page_that_is_served(site):
    site.enter()
    done = scantrail("web", "link", "--port", site.port)
    assert site.ask("GET", done.out.strip().removeprefix(site.address), let_in=False).status == 200


@pytest.mark.parametrize("token", ["", "x", "WzEsInkiXQ.aaaa.bbbb", "é", "%00", "a" * 3000])
def test_a_forged_link_opens_nothing(shared, token):
    answer = shared.ask("GET", f"/open?token={token.encode('ascii', 'xmlcharrefreplace').decode()}")
    assert answer.status == 401


def test_a_link_holds_for_its_port_and_its_time(tmp_path, monkeypatch):
    keys = Keys(tmp_path)
    assert keys.redeem(keys.link(80), 80)
    assert not keys.redeem(keys.link(80), 81)
    late, now = keys.link(80), time.time
    monkeypatch.setattr(time, "time", lambda: now() + LINK_SECONDS + 2)
    assert not keys.redeem(late, 80)


@pytest.mark.parametrize("change", ["x", "", "InNlc3Npb24i.aaaaaa.bbbb"])
def test_a_forged_cookie_lets_nobody_in(shared, change):
    [(name, value)] = shared.cookies.items()
    forged = change or value[:-2] + "AA"
    assert shared.ask("GET", "/", headers={"Cookie": f"{name}={forged}"}, let_in=False).status == 401


@given(st.text(max_size=60))
def test_no_text_is_a_session(tmp_path_factory, text):
    assert not Keys(tmp_path_factory.getbasetemp()).lets_in(text)


def test_a_link_is_no_session_and_a_session_no_link(tmp_path):
    keys = Keys(tmp_path)
    assert not keys.lets_in(keys.link(80))
    assert not keys.redeem(keys.session(), 80)


def test_the_secret_is_for_this_user_alone(tmp_path):
    Keys(tmp_path)
    assert stat.S_IMODE((tmp_path / "web" / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "web").stat().st_mode) == 0o700
    assert new_link(tmp_path, 5).startswith("http://127.0.0.1:5/open?token=")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""])
def test_a_foreign_host_is_not_answered(shared, host):
    answer = shared.ask("GET", "/", headers={"Host": host.format(port=shared.port)})
    assert answer.status == 421
    assert str(data_root()) not in answer.text


def test_the_other_names_of_this_machine_are(shared):
    for host in (f"localhost:{shared.port}", f"[::1]:{shared.port}", f"LOCALHOST:{shared.port}"):
        assert shared.ask("GET", "/", headers={"Host": host}).status == 200


def test_every_answer_tells_the_browser_what_it_may(shared):
    for path in (*PATHS, "/nowhere", "/static/0/x.js", "/favicon.ico", "/runs/1/files/..%2f..%2fetc"):
        if path == "/live/now":
            continue
        answer = shared.ask("GET", path)
        for name, value in HEADERS.items():
            assert answer.headers[name.lower()] == value, (path, name)
    assert POLICY.startswith(
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'"
    )


ADD = "id=EVIL-1&type=module&sure=yes"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Origin": "https://{host}"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://{host}"},
    ],
)
def test_another_page_changes_nothing(shared, headers):
    sent = {name: value.format(host=shared.host) for name, value in headers.items()}
    answer = shared.ask("POST", "/change/add", ADD, {**FORM, **sent})
    assert answer.status == 403
    assert shared.ask("GET", "/components/EVIL-1").status == 404


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://{host}"}])
def test_this_page_does(shared, headers):
    sent = {name: value.format(host=shared.host) for name, value in headers.items()}
    added = ADD.replace("EVIL", next(iter(headers)))
    assert shared.ask("POST", "/change/add", added, {**FORM, **sent}).status == 303


def test_a_form_on_another_port_is_refused_in_a_browser(context, shared):
    """The cookie is sent along, for a port makes no other site; the origin tells."""
    [(name, value)] = shared.cookies.items()
    context.add_cookies([{"name": name, "value": value, "url": shared.address, "sameSite": "Strict"}])
    form = f"<form method=post action='{shared.address}/change/add'><input name=id value=EVIL-1></form>"
    foreign = context.new_page()
    foreign.route("http://127.0.0.1:9/", lambda route: route.fulfill(body=form, content_type="text/html"))
    foreign.goto("http://127.0.0.1:9/")
    with foreign.expect_response(f"{shared.address}/change/add") as answered:
        foreign.evaluate("() => document.querySelector('form').submit()")
    assert answered.value.status == 403
    assert name in answered.value.request.all_headers().get("cookie", "")
    foreign.close()


@given(
    st.dictionaries(st.sampled_from(["sec-fetch-site", "origin", "host"]), st.text(st.characters(max_codepoint=126)))
)
def test_only_the_same_origin_is_the_same_origin(given_headers):
    headers = Headers(given_headers)
    told = given_headers.get("sec-fetch-site")
    by_origin = given_headers.get("origin") == f"http://{given_headers.get('host', '')}"
    assert same_origin(headers) == (told == "same-origin" if told is not None else by_origin)


def test_too_large_a_request_is_refused_whether_it_says_so_or_not(shared):
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "text/plain", "Content-Length": str(1 << 40)}
    connection = http.client.HTTPConnection("127.0.0.1", shared.port, timeout=30)
    connection.putrequest("POST", "/change/add")
    for name, value in {**headers, "Cookie": shared.cookie}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    connection.close()

    def pieces():
        for _ in range(80):
            yield b"x" * (1 << 20)

    connection = http.client.HTTPConnection("127.0.0.1", shared.port, timeout=30)
    sent = {"Sec-Fetch-Site": "same-origin", "Cookie": shared.cookie, "Content-Type": "multipart/form-data; boundary=x"}
    status = None
    try:
        connection.request("POST", "/change/test", pieces(), sent, encode_chunked=True)
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        pass  # it is cut off while it still sends
    finally:
        connection.close()
    assert status in (None, 400, 413)
    assert shared.ask("GET", "/").status == 200


TRICKS = ("..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//etc/passwd", "journal.jsonl%00", "/etc/passwd")


def test_no_path_leads_out(entered, parts, tmp_path):
    add_component("M1", "module", {}, db=parts)
    data = tmp_path / "curve.csv"
    data.write_text("voltage_V,current_A\n1,2\n")
    TestResult("M1", "iv_curve", True, data_files=[data]).save(parts)
    done = scantrail("threshold", "parallel", "--mock", "--nsteps", 1, "--duration", 1, "--speed", 500)
    assert done.code in (0, 3), done.err
    places = ("components/M1/files", "runs/1/files", "runs", "components", "runs/1/export", "positions")
    for trick in TRICKS:
        paths = [f"{root}/{place}/{trick}" for root in ("", "/api/v1") for place in places]
        for path in (*paths, f"/compare?run={trick}&run=1", f"/static/0/{trick}", f"/change/{trick}"):
            answer = entered.ask("GET", path)
            assert answer.status in (404, 422), path
            assert "root:" not in answer.text


def test_a_file_comes_as_an_attachment_of_a_harmless_type(entered, parts, tmp_path):
    add_component("M1", "module", {}, db=parts)
    page = tmp_path / 'evil"\r\n.html'
    page.write_text("<script>alert(1)</script>")
    TestResult("M1", "visual", None, data_files=[page]).save(parts)
    card = entered.ask("GET", "/components/M1").text
    [address] = re.findall(r'href="(/components/M1/files/[^"]+)"', card)
    answer = entered.ask("GET", address)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_token_reads_or_changes_as_it_was_made_and_ends(site, parts):
    reading, changing = new_token(parts, "reader"), new_token(parts, "writer", "change")
    short = new_token(parts, "short", days=1e-9)
    body, sent = '{"id": "M1", "type": "module"}', {"Content-Type": "application/json"}

    def status(method: str, token: str, path: str = "/api/v1/components") -> int:
        headers = {**sent, "Authorization": f"Bearer {token}"}
        return site.ask(method, path, body if method == "POST" else None, headers).status

    assert status("GET", reading) == 200
    assert status("POST", reading) == 403
    assert status("POST", changing) == 201
    assert status("GET", short) == 401
    assert status("GET", reading[:-1]) == 401
    assert status("GET", changing, "/") == 401
    assert scantrail("web", "token", "revoke", "reader").code == 0
    assert status("GET", reading) == 401
    listed = scantrail("web", "token", "list", "--json").document
    assert {row["name"]: row["holds"] for row in listed} == {"reader": False, "writer": True, "short": False}
    assert reading not in str(listed)


def test_a_cookie_does_not_stand_in_for_a_bad_token(shared):
    assert shared.ask("GET", "/api/v1/runs", headers={"Authorization": "Bearer no"}).status == 401
    assert shared.ask("GET", "/api/v1/runs", headers={"Authorization": "Basic eDp5"}).status == 401


def test_no_other_address_is_served(tmp_path):
    with pytest.raises(InputError, match=r"127\.0\.0\.1 alone.*ssh -L"):
        serve(tmp_path, host="0.0.0.0")
    done = scantrail("web", "--host", "0.0.0.0", "--port", 0)
    assert done.code == 2
    assert "ssh -L" in done.err


def test_a_port_that_is_taken_is_named(site, tmp_path):
    with pytest.raises(LinkError, match=f"port {site.port}"):
        serve(tmp_path, port=site.port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_page_ends_at_once_though_somebody_looks(number):
    with served() as (site, process):
        site.enter()
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        connection.request("GET", "/live/now", headers={"Cookie": site.cookie})
        answer = connection.getresponse()
        assert answer.read(5) == b"retry"
        process.send_signal(number)
        assert process.wait(30) in (0, -signal.SIGTERM)
        connection.close()
