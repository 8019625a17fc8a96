"""The line protocol over TCP."""

from functools import partial

from scantrail.errors import InputError
from scantrail.links.client import LineClient
from scantrail.links.devices import Devices
from scantrail.links.sockets import dial


class DeviceClient(LineClient):
    """A client of the beamline's device server at `host`:`port`; connects in `connect` or `with`.

    Thread-safe: one exchange at a time. timeout [s] bounds every call that takes no deadline of its own. devices: units
    and limits by PV, for the protocol tells neither. Raises InputError for a port that is none.
    """

    def __init__(
        self, host: str = "localhost", port: int = 5064, timeout: float = 5.0, *, devices: Devices | None = None
    ) -> None:
        if not 1 <= port <= 65535:
            raise InputError(f"port {port} of {host}: a number from 1 to 65535 is needed")
        self.host = host
        self.port = port
        shown = f"[{host}]" if ":" in host else host
        super().__init__(f"tcp://{shown}:{port}", partial(dial, host, port), timeout, devices)
