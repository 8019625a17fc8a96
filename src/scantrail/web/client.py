"""A small client of the API: the standard library alone, one method a question."""

import json
import mimetypes
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from scantrail.errors import LinkError, ReplyTimeout, ScantrailError

TIMEOUT = 30.0
"""Seconds that an answer may take."""

Json = dict[str, Any]


class ApiError(ScantrailError):
    """The server refused; the message is its sentence. status: of HTTP, such as 409 for what is against the rules."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Api:
    """The API of a page that is served at `url`, with a token made by `scantrail web token new`.

    Every method raises ApiError with the server's sentence, LinkError where nobody answers, ReplyTimeout.
    """

    def __init__(self, url: str, token: str, *, timeout: float = TIMEOUT) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._timeout = timeout

    # --- reading ------------------------------------------------------------------------------------------------------

    def runs(self, **search: Any) -> Json:  # noqa: ANN401 - q, kind, status, component, page, size
        """Return a page of runs: `runs`, `total`. search: q, kind, status, component, page, size."""
        return self._get("runs", search)

    def run(self, run: int | str) -> Json:
        """Return one run whole."""
        return self._get(f"runs/{_segment(run)}")

    def export(self, run: int | str, format_: str, path: Path) -> Path:
        """Write a run in another format to the new file `path` and return it. Raises FileExistsError."""
        return self._save(f"runs/{_segment(run)}/export/{_segment(format_)}", path)

    def components(self, **search: Any) -> Json:  # noqa: ANN401 - q, type, status, location, page, size
        """Return a page of components: `components`, `total`. search: q, type, status, location, page, size."""
        return self._get("components", search)

    def component(self, component: str) -> Json:
        """Return all that is known of a component."""
        return self._get(f"components/{_segment(component)}")

    def history(self, component: str) -> list[Json]:
        """Return the events that concern a component, oldest first."""
        found: list[Json] = self._read(f"components/{_segment(component)}/history")
        return found

    def positions(self, **when: str) -> list[Json]:
        """Return positions and who sits in them. when: at, run_period, type."""
        found: list[Json] = self._read("positions", when)
        return found

    def matrix(self, type_: str, **search: Any) -> Json:  # noqa: ANN401 - lacking, page, size
        """Return the newest verdicts of the components of a type. search: lacking, page, size."""
        return self._get("tests/matrix", {"type": type_, **search})

    def figure(self, run: int | str) -> Json:
        """Return the figure of a run as data: panels, axes, elements."""
        return self._get(f"runs/{_segment(run)}/figure")

    def compare(self, *runs: int | str) -> Json:
        """Return the figure of two or more runs of one kind laid over each other."""
        found: Json = self._read("compare", [("run", run) for run in runs])
        return found

    def run_file(self, run: int | str, name: str, path: Path) -> Path:
        """Write one of the `files` of a run to the new file `path` and return it. Raises FileExistsError."""
        return self._save(f"runs/{_segment(run)}/files/{quote(name)}", path)

    def summary(self) -> Json:
        """Return counts of components, tests, positions and open issues."""
        return self._get("summary")

    def blocks(self, component: str) -> Json:
        """Return what stands between a component and the status qualified."""
        return self._get(f"components/{_segment(component)}/blocks")

    def component_figure(self, component: str, what: str) -> Json:
        """Return the figure of a component's tests of a type, `what`."""
        return self._get(f"components/{_segment(component)}/figure", {"what": what})

    def component_file(self, component: str, file: str, path: Path) -> Path:
        """Write a file of a test, by its `path` there, to the new file `path` and return it. Raises FileExistsError."""
        return self._save(f"components/{_segment(component)}/files/{quote(file)}", path)

    def fitting(self, position: str) -> Json:
        """Return the components that may be installed in a position: `components`, `total`."""
        return self._get(f"positions/{_segment(position)}/fitting")

    def test_types(self) -> list[Json]:
        """Return the test types with their quantities, units and limits."""
        found: list[Json] = self._read("tests/types")
        return found

    def distribution(self, type_: str, quantity: str, *, test_type: str | None = None) -> Json:
        """Return how a quantity is distributed over the components of a type."""
        return self._get("tests/distribution", {"type": type_, "quantity": quantity, "test_type": test_type})

    # --- changing -----------------------------------------------------------------------------------------------------

    def pause(self, run: int | str) -> Json:
        """Ask a run to pause after the present point."""
        return self._post(f"runs/{_segment(run)}/pause")

    def resume(self, run: int | str) -> Json:
        """Ask a paused run to go on."""
        return self._post(f"runs/{_segment(run)}/resume")

    def abort(self, run: int | str) -> Json:
        """Ask a run to stop after the present point; a second time, at once."""
        return self._post(f"runs/{_segment(run)}/abort")

    def add(self, component: str, type_: str, **fields: Any) -> Json:  # noqa: ANN401 - as `svt add` takes them
        """Add a component. fields: status, manufacturer, serial, location, notes, attributes, by."""
        return self._post("components", {"id": component, "type": type_, **fields})

    def move(self, component: str, location: str, **more: str) -> Json:
        """Note that a component is at another location now. more: by."""
        return self._post(f"components/{_segment(component)}/move", {"location": location, **more})

    def install(self, component: str, position: str, **more: str) -> Json:
        """Put a component into a position. more: run_period, date, notes, reason, by."""
        return self._post(f"components/{_segment(component)}/install", {"position": position, **more})

    def remove(self, component: str, **more: str) -> Json:
        """Take a component out of its position. more: outcome, location, reason, date, by."""
        return self._post(f"components/{_segment(component)}/remove", more)

    def assemble(self, component: str, parts: Mapping[str, str], **more: Any) -> Json:  # noqa: ANN401 - replace, notes, by
        """Attach parts, slot -> id. more: replace, notes, by."""
        return self._post(f"components/{_segment(component)}/assemble", {"parts": dict(parts), **more})

    def disassemble(self, component: str, *slots: str, **more: str) -> Json:
        """Detach the parts in these slots, all of them if none is named. more: notes, by."""
        return self._post(f"components/{_segment(component)}/disassemble", {"slots": slots, **more})

    def log(self, component: str, text: str, **more: str) -> Json:
        """Write something down of a component. more: type, severity, by."""
        return self._post(f"components/{_segment(component)}/logs", {"text": text, **more})

    def test(
        self,
        component: str,
        type_: str,
        passed: bool | None = None,
        *,
        images: tuple[Path, ...] = (),
        data: tuple[Path, ...] = (),
        **more: Any,  # noqa: ANN401 - measurements, notes, date, by
    ) -> Json:
        """Record a test with files. more: measurements, notes, date, by."""
        sent = {"images": [self.upload(path, "image") for path in images]}
        sent["data"] = [self.upload(path, "data") for path in data]
        return self._post(f"components/{_segment(component)}/tests", {"type": type_, "passed": passed, **sent, **more})

    def upload(self, path: Path, kind: str) -> str:
        """Send a file, "image" or "data", and return the key by which a test may name it."""
        boundary = secrets.token_hex(16)
        media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="kind"\r\n\r\n{kind}\r\n--{boundary}\r\n'
            f'Content-Disposition: form-data; name="file"; filename="{quote(path.name, safe=" ")}"\r\n'
            f"Content-Type: {media}\r\n\r\n"
        )
        body = head.encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        answer = self._ask("POST", "uploads", body, f"multipart/form-data; boundary={boundary}")
        return str(json.loads(answer)["key"])

    # --- the way there and back ---------------------------------------------------------------------------------------

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Json:
        answer: Json = self._read(path, query)
        return answer

    def _read(self, path: str, query: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None) -> Any:  # noqa: ANN401 - JSON
        pairs = query.items() if isinstance(query, Mapping) else query or ()
        asked = urlencode([(name, value) for name, value in pairs if value is not None])
        return json.loads(self._ask("GET", f"{path}?{asked}" if asked else path))

    def _post(self, path: str, document: Mapping[str, Any] | None = None) -> Json:
        body = None if document is None else json.dumps(document).encode()
        answer: Json = json.loads(self._ask("POST", path, body, "application/json"))
        return answer

    def _save(self, asked: str, path: Path) -> Path:
        """Write what is answered to a new file, or nothing."""
        content = self._ask("GET", asked)
        with path.open("xb") as file:
            file.write(content)
        return path

    def _ask(self, method: str, path: str, body: bytes | None = None, media: str | None = None) -> bytes:
        headers = {"Authorization": f"Bearer {self._token}", **({"Content-Type": media} if media else {})}
        asked = urllib.request.Request(f"{self.url}/api/v1/{path}", body, headers, method=method)
        try:
            answer: HTTPResponse
            with urllib.request.urlopen(asked, timeout=self._timeout) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise ApiError(_sentence(error), error.code) from None
        except TimeoutError as error:
            raise ReplyTimeout(f"{self.url} did not answer within {self._timeout:g} s") from error
        except (urllib.error.URLError, OSError) as error:
            raise LinkError(f"{self.url} does not answer: {getattr(error, 'reason', error)}") from error


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["detail"])
    except (ValueError, KeyError, TypeError):
        return f"the server answered {error.code} {error.reason}"


def _segment(text: object) -> str:
    return quote(str(text), safe="")
