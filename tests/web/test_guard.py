"""What must be refused, each by itself: strangers, forged sessions, other pages, other hosts, too much, path tricks."""

import http.client
import json
import re
import shutil
import signal
import socket
import stat
import time

import pytest
from commands import scantrail, until
from hypothesis import given
from hypothesis import strategies as st
from lines import COLUMNS, line_header, row
from pages import served
from starlette.datastructures import Headers

from scantrail.errors import InputError, LinkError, OutputError
from scantrail.runs import RunWriter
from scantrail.station import data_root
from scantrail.tracker import Database, TestResult, add_component, new_token
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


@pytest.mark.parametrize("beside", ['x={"a": "b"}', "a[b]=c", "n=é", "x=a,b c", "no value", "NAME=stale", "NAME", ""])
def test_cookies_of_other_servers_stand_beside_ours(shared, beside):
    """Cookies know no ports: whatever else is served on this machine leaves its own."""
    [(name, value)] = shared.cookies.items()
    foreign, ours = beside.replace("NAME", name), f"{name}={value}"
    for line in (f"{foreign}; {ours}", f"{ours}; {foreign}"):
        assert shared.ask("GET", "/", headers={"Cookie": line.encode()}, let_in=False).status == 200, line


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


def test_a_place_that_was_opened_to_others_is_closed_again(tmp_path):
    (tmp_path / "web").mkdir(mode=0o755)
    Keys(tmp_path)
    assert stat.S_IMODE((tmp_path / "web").stat().st_mode) == 0o700


@pytest.mark.parametrize("left", ["", "short"])
def test_a_secret_that_was_cut_short_is_made_anew(tmp_path, left):
    Keys(tmp_path)
    (tmp_path / "web" / "secret").write_text(left)
    keys = Keys(tmp_path)
    assert len((tmp_path / "web" / "secret").read_text()) >= 32
    assert keys.lets_in(Keys(tmp_path).session())
    assert not [path for path in (tmp_path / "web").iterdir() if path.name not in ("secret", "used")]


def test_a_link_opens_though_the_list_of_used_ones_was_removed(tmp_path):
    keys = Keys(tmp_path)
    assert keys.redeem(keys.link(80), 80)
    shutil.rmtree(tmp_path / "web" / "used")
    assert keys.redeem(keys.link(80), 80)


def test_a_link_that_cannot_be_noted_as_used_opens_nothing(tmp_path):
    keys = Keys(tmp_path)
    (tmp_path / "web" / "used").write_text("")
    with pytest.raises(OutputError, match="cannot keep the keys"):
        keys.redeem(keys.link(80), 80)


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


def test_two_hosts_or_none_are_refused(shared):
    for lines in ("GET / HTTP/1.1\r\nHost: {0}\r\nHost: evil.example", "GET / HTTP/1.1", "GET / HTTP/1.0"):
        with socket.create_connection(("127.0.0.1", shared.port), timeout=30) as connection:
            asked = f"{lines.format(shared.host)}\r\nCookie: {shared.cookie}\r\nConnection: close\r\n\r\n"
            connection.sendall(asked.encode())
            assert connection.recv(1000).split()[1] in (b"400", b"421")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "FOO"])
def test_a_method_that_is_not_answered_is_refused_with_all_headers(shared, method):
    for path in ("/", "/api/v1/runs", "/static/0/x.js"):
        answer = shared.ask(method, path, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status == 405
        assert answer.headers["allow"] == "GET"
        assert {name.lower() for name in HEADERS} <= answer.headers.keys()
        assert method == "HEAD" or f"{method} is not answered here" in answer.text


def test_a_fault_of_ours_tells_nothing_and_guards_the_browser(capsys, entered, monkeypatch):
    def fails(newest):
        raise RuntimeError("/home/somebody/secret")

    monkeypatch.setattr("scantrail.web.pages.now.recent", fails)
    answer = entered.ask("GET", "/")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "no fault of yours" in answer.text
    assert answer.headers["content-security-policy"] == POLICY
    until(lambda: "RuntimeError" in capsys.readouterr().err, "the fault in the log")


@pytest.mark.parametrize("accepted", ["application/json", "*/*", "image/avif,image/webp"])
def test_a_script_is_refused_in_json(shared, accepted):
    answer = shared.ask("GET", "/runs/7777/figure", headers={"Accept": accepted})
    assert answer.status == 404
    assert "there is no run" in json.loads(answer.text)["detail"]


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


@pytest.mark.parametrize(
    "lines",
    [
        (("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")),
        (("origin", "http://a:1"), ("origin", "http://evil")),
        (("sec-fetch-site", "cross-site"), ("origin", "http://a:1")),
    ],
)
def test_an_origin_that_is_told_twice_must_be_told_alike(lines):
    raw = [(name.encode(), value.encode()) for name, value in (("host", "a:1"), *lines)]
    assert not same_origin(Headers(raw=raw))
    assert same_origin(Headers(raw=[(b"host", b"a:1"), (b"origin", b"http://a:1"), (b"origin", b"http://a:1")]))


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

    sent = {"Sec-Fetch-Site": "same-origin", "Cookie": shared.cookie, "Content-Type": "application/json"}
    for path in ("/change/test", "/api/v1/uploads", "/api/v1/components"):
        kind = "application/json" if path.endswith("components") else "multipart/form-data; boundary=x"
        connection = http.client.HTTPConnection("127.0.0.1", shared.port, timeout=30)
        status = None
        try:
            connection.request("POST", path, pieces(), {**sent, "Content-Type": kind}, encode_chunked=True)
            status = connection.getresponse().status
        except (BrokenPipeError, ConnectionResetError):
            pass  # it is cut off while it still sends
        finally:
            connection.close()
        assert status in (None, 413 if path.endswith("components") else 400, 413), path
    assert shared.ask("GET", "/").status == 200


TRICKS = ("..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//etc/passwd", "journal.jsonl%00", "/etc/passwd")


def test_no_path_leads_out(entered, parts, tmp_path):
    add_component("M1", "module", {}, db=parts)
    data = tmp_path / "curve.csv"
    data.write_text("voltage_V,current_A\n1,2\n")
    TestResult("M1", "iv_curve", True, data_files=[data]).save(parts)
    with RunWriter.create(data_root(), line_header(1)) as run:
        run.describe("primary", COLUMNS)
        run.event("primary", row(0), time.time())
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


def test_a_token_beside_a_cookie_does_not_free_another_page_of_the_rule(entered, parts):
    add_component("M1", "module", {}, db=parts)
    token = new_token(parts, "writer", "change")
    sent = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "Origin": "http://evil.example"}

    def status(**more: object) -> int:
        return entered.ask("POST", "/api/v1/components/M1/logs", '{"text": "x"}', sent, **more).status

    assert status() == 403
    assert status(let_in=False) == 201


def test_a_token_in_an_address_or_a_cookie_is_none(shared, shared_home):
    with Database(f"{shared_home}/base.db") as database:
        token = new_token(database, "in the address")
    for path in (f"?token={token}", f"?access_token={token}", f"?authorization=Bearer%20{token}"):
        assert shared.ask("GET", f"/api/v1/runs{path}", let_in=False).status == 401
    for cookie in (f"Authorization=Bearer {token}", f"{next(iter(shared.cookies))}={token}"):
        assert shared.ask("GET", "/api/v1/runs", headers={"Cookie": cookie}, let_in=False).status == 401


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
