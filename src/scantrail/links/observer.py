"""The half of the client that looks and changes nothing: connection, values, names."""

import contextlib
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from scantrail.errors import InputError, ProtocolError
from scantrail.links import replies, requests
from scantrail.links.devices import Devices, column
from scantrail.links.refusals import INVALID_VALUE, UNKNOWN_PV, refused, unknown
from scantrail.links.replies import Refusal
from scantrail.links.transport import Dial
from scantrail.links.wire import Wire
from scantrail.readings import Column, Reading, readings_at

LONGEST_TIMEOUT = 86400.0
"""A call that may wait longer than a day [s] has no deadline."""
_FLOAT = frozenset({float})
INVALID = 3
"""Severity of a reading without a value, as in EPICS."""


class Observer:
    """Connects, and reads: values, names, descriptions. See `LineClient`."""

    def __init__(self, url: str, dial: Dial, timeout: float = 5.0, devices: Devices | None = None) -> None:
        if not 0.0 < timeout <= LONGEST_TIMEOUT:
            raise InputError(f"timeout {timeout} s of {url}: a number above 0, at most {LONGEST_TIMEOUT:g}, is needed")
        self.url = url
        self.timeout = timeout
        self.devices: Devices = {} if devices is None else devices
        self._dial = dial
        self._wire = Wire(url, dial)

    def __enter__(self) -> Self:
        """Connect."""
        self.connect()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        """Disconnect."""
        self.disconnect()

    def connect(self) -> None:
        """Open the connection; nothing happens to an open one. Raises LinkError, ReplyTimeout."""
        self._wire.open(self.timeout)

    def disconnect(self) -> None:
        """Close the connection, after the call that another thread may have in flight; harmless when done twice."""
        self._wire.close()

    def close(self) -> None:
        """Close the connection, as `disconnect` does."""
        self.disconnect()

    @property
    def connected(self) -> bool:
        """Whether the connection is open, as far as is known."""
        return self._wire.is_open

    def ping(self) -> float:
        """Return how long a round trip took [s]."""
        began = time.monotonic()
        self._send_command("PING")
        return time.monotonic() - began

    def get(self, pv: str) -> float:
        """Read one PV. Raises UnknownPV with the nearest names, UnreadableReply (a ValueError), ProtocolError."""
        return self.get_many((pv,))[0]

    def get_many(self, pvs: Sequence[str]) -> list[float]:
        """Read several PVs in one round trip; raises for the first that fails, as `get` does."""
        values: list[float] = []
        for pv, value in zip(pvs, self._numbers(pvs, self.timeout), strict=True):
            if isinstance(value, Refusal):
                raise self._refused(f"GET:{pv}", pv, value)
            values.append(value)
        return values

    def read(self, pvs: Sequence[str], deadline: float) -> list[Reading]:
        """Read several PVs in one round trip; a PV's failure stays in its slot, the connection's failure raises."""
        found = self._numbers(pvs, deadline)
        now = time.time()
        if _FLOAT.issuperset(map(type, found)):
            return readings_at(now, found)  # type: ignore[arg-type]  # as was just seen
        return [
            Reading(value, now)
            if isinstance(value, float)
            else Reading(None, now, INVALID, str(refused(self.url, f"GET:{pv}", value)))
            for pv, value in zip(pvs, found, strict=True)
        ]

    def list_pvs(self, pattern: str | None = None) -> list[str]:
        """Name the PVs, all or those that match a glob pattern such as "BL02:DET:*"."""
        listed = self._send_command("LIST" if pattern is None else f"LIST:{pattern}")
        return [name for name in listed.split(",") if name]

    def describe(self, pvs: Sequence[str]) -> dict[str, Column]:
        """Return what is known of each PV: units, limits and role from `devices`. Raises UnknownPV."""
        names = self.list_pvs()
        # a server need not list all it has
        unlisted = [pv for pv in pvs if pv not in names]
        for pv, value in zip(unlisted, self._numbers(unlisted, self.timeout), strict=True):
            if isinstance(value, Refusal) and value.code == UNKNOWN_PV:
                raise unknown(self.url, pv, names)
        return {pv: column(pv, self.url, self.devices, names) for pv in pvs}

    def _numbers(self, pvs: Sequence[str], seconds: float) -> list[float | Refusal]:
        return self._wire.exchange(requests.about_all("GET", tuple(pvs)), seconds, replies.numbers)

    def _send_command(self, command: str) -> str:
        """Send one request line and return the data of its reply. Raises ProtocolError for a refusal."""
        (answer,) = self._wire.exchange(((requests.line(command), 1),), self.timeout, replies.texts)
        if isinstance(answer, Refusal):
            raise refused(self.url, command, answer)
        return answer

    def _parse_response(self, response: str) -> tuple[str, str]:
        """Split a reply into ("OK", data) or ("ERR", code). Raises ProtocolError if it is neither."""
        try:
            return replies.parse(response)
        except replies.OutOfStep as error:
            raise ProtocolError(f"{self.url} answered {error}, which is no reply of its protocol") from None

    def _refused(self, request: str, pv: str, refusal: Refusal) -> ProtocolError:
        """Return the error for a refusal, with the nearest names where the name was wrong."""
        names: list[str] = []
        if refusal.code in (UNKNOWN_PV, INVALID_VALUE):
            with contextlib.suppress(OSError, ProtocolError):  # the refusal is what matters
                names = self.list_pvs()
        if refusal.code == UNKNOWN_PV or (names and pv not in names):
            return unknown(self.url, pv, names)
        return refused(self.url, request, refusal, self._limits(pv))

    def _limits(self, pv: str) -> str:
        known = self.devices.get(pv)
        if known is None or known.limits is None:
            return ""
        low, high = known.limits
        return f"{low:g} to {high:g} {known.units or ''}".strip()
