"""What stands before every page: which host, who, from where, how much, and what a browser may do with the answer."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException

from scantrail.errors import ScantrailError
from scantrail.tracker import token_of
from scantrail.web.refusing import refusal
from scantrail.web.site import Site

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

MOST_BYTES = 64 * 1024 * 1024
"""Size of a request with all its files."""
OPEN = frozenset({"/open", "/favicon.ico"})
STATIC = "/static/"
"""What is answered without a session: the link itself, and style sheets."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Refusal(NamedTuple):
    """Why a request is not answered: an HTTP status and a sentence."""

    status: int
    sentence: str


class TooLarge(HTTPException):
    """A request that is longer than any may be, and did not say so."""

    def __init__(self) -> None:
        super().__init__(413, _too_large())


class Guard:
    """Lets through what may pass to `app` and refuses the rest; a middleware."""

    def __init__(self, app: Application, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks over a web socket
            return
        headers = Headers(scope=scope)
        answer = _Answer(send)
        found = await self._refusal(scope, headers)
        if found is not None:
            await refusal(scope, found.status, found.sentence)(scope, receive, answer)
            return
        try:
            await self._app(scope, _Counted(receive), answer)
        except Exception:  # a fault of ours: the answer guards the browser all the same, the log has the rest
            if not answer.has_begun:
                told = "this failed, and it is no fault of yours; the terminal of the server says where"
                await refusal(scope, 500, told)(scope, receive, answer)
            raise

    async def _refusal(self, scope: Message, headers: Headers) -> Refusal | None:
        method, path = scope["method"], scope["path"]
        if headers.get("host", "").lower() not in self._site.hosts:
            told = headers.get("host", "")[:100]
            return Refusal(
                421, f"this page is not served to the host {told!r}; open http://127.0.0.1:{self._site.port}"
            )
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return Refusal(413, _too_large())
        if (path in OPEN or path.startswith(STATIC)) and method in READING:
            return None
        cookies = _cookies(headers, self._site.cookie)
        bearer = headers.get("authorization")
        if bearer is not None:
            refused = await to_thread.run_sync(self._token_refusal, bearer, method, path)
            if refused is not None:
                return refused
        elif not any(map(self._site.keys.lets_in, cookies)):
            return Refusal(401, 'you are not let in yet; open the link that "scantrail web" printed, or a new one')
        if method not in READING and (cookies or bearer is None) and not same_origin(headers):
            return Refusal(403, "another page asked for this change; only this page itself may")
        return None

    def _token_refusal(self, header: str, method: str, path: str) -> Refusal | None:
        scheme, _, secret = header.partition(" ")
        if not path.startswith("/api/"):
            return Refusal(401, "tokens are taken by the API alone, below /api/v1")
        try:
            token = token_of(self._site.database, secret.strip()) if scheme.lower() == "bearer" else None
        except ScantrailError as error:
            return Refusal(503, str(error))
        if token is None:
            return Refusal(401, 'this token is not known, or holds no more; "scantrail web token new" makes one')
        if method not in READING and token.scope != "change":
            return Refusal(403, f"the token {token.name!r} may read alone; a change needs one of the scope change")
        return None


def same_origin(headers: Headers) -> bool:
    """Tell whether a request comes from a page of the very host and port that it is sent to.

    Browsers say so in Sec-Fetch-Site; those that do not, in Origin. Neither can be set by a page. Said twice, it must
    be said alike.
    """
    sites = {*headers.getlist("sec-fetch-site")}
    if sites:
        return sites == {"same-origin"}
    return {*headers.getlist("origin")} == {f"http://{headers.get('host', '')}"}


class _Counted:
    """A request's body as it comes, ended where it grows too long: one sent in pieces does not say its length."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._size = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > MOST_BYTES:
            raise TooLarge
        return message


class _Answer:
    """The answer as it goes out, with what a browser may do with it; `has_begun`: its status is sent."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)


def _cookies(headers: Headers, name: str) -> list[str]:
    """Return every value of a cookie: those of other servers on this host stand beside ours, however they look."""
    pairs = (pair.strip().partition("=") for line in headers.getlist("cookie") for pair in line.split(";"))
    return [value for called, _, value in pairs if called == name]


def _too_large() -> str:
    return f"a request may hold {MOST_BYTES // 2**20} MiB with all its files"
