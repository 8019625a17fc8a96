"""From an address to a connected client."""

from urllib.parse import urlsplit

from scantrail.errors import InputError
from scantrail.links.client import LineClient
from scantrail.links.devices import Devices
from scantrail.links.protocol import Client
from scantrail.links.simulated import simulator
from scantrail.links.tcp import DeviceClient

PORT = 5064
"""Where a device server listens unless its address says otherwise."""


def connect(url: str, timeout: float = 5.0, devices: Devices | None = None) -> Client:
    """Return a connected client of "tcp://host[:port]" or "sim://[name]", a simulated beamline in this process.

    Two clients of one "sim://name" share a beamline, as long as one of them lives; "sim://" is a new one every time.
    timeout [s] bounds every call that takes no deadline. Raises InputError for an address that is none, LinkError,
    ReplyTimeout.
    """
    scheme, mark, rest = url.partition("://")
    if scheme in ("ca", "pva"):
        raise InputError(f"{url}: clients for {scheme}:// are not built yet; tcp:// and sim:// are")
    if scheme not in ("tcp", "sim") or not mark:
        raise InputError(f'{url}: an address like "tcp://host:5064" or "sim://" is needed')
    client = _tcp(url, timeout, devices) if scheme == "tcp" else _sim(url, rest, timeout, devices)
    client.connect()
    return client


def _tcp(url: str, timeout: float, devices: Devices | None) -> LineClient:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise InputError(f'{url}: an address like "tcp://host:5064" is needed, with a port from 1 to 65535')
    return DeviceClient(host, PORT if port is None else port, timeout, devices=devices)


def _sim(url: str, name: str, timeout: float, devices: Devices | None) -> LineClient:
    return LineClient(url, simulator("beamline").dialer(name), timeout, devices)
