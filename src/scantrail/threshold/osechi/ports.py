"""Which serial port the detector is on, and its opening."""

import errno
import os
import termios
from typing import NamedTuple

import serial
from serial.tools import list_ports

from scantrail.errors import LinkError, PortBusy, PortNotFound
from scantrail.threshold.osechi.intake import SerialLike

POLL = 0.5
"""Longest time [s] that one read of the port waits."""

_MAKERS = ("ftdi", "silicon lab", "prolific")


class Candidate(NamedTuple):
    """A serial port of this machine. `likely`: `auto` would consider it."""

    port: str
    description: str
    manufacturer: str
    likely: bool

    def __str__(self) -> str:
        what = ", ".join(filter(None, (self.description, self.manufacturer)))
        return f"{self.port} ({what})" if what else self.port


def candidates() -> list[Candidate]:
    """List the serial ports; those by FTDI, Silicon Labs or Prolific are likely, without any those called UART."""
    found = sorted((info.device, _text(info.description), _text(info.manufacturer)) for info in list_ports.comports())
    made = {port for port, _, maker in found if maker.lower().startswith(_MAKERS)}
    likely = made or {port for port, description, _ in found if "UART" in description}
    return [Candidate(port, description, maker, port in likely) for port, description, maker in found]


def _text(said: str | None) -> str:
    """Return what the system says of a port; pyserial writes "n/a" where it says nothing."""
    return "" if said in (None, "n/a") else said


def resolve_port(port: str) -> str:
    """Return the port to open: `port` itself, or for "auto" the one likely candidate.

    Raises PortNotFound with the candidates where the port does not exist, or `auto` finds none or several.
    """
    if port != "auto":
        if os.path.exists(port):  # noqa: PTH110 - a name such as "" or "COM3" is a port's, not a file's
            return port
        raise PortNotFound(f"There is no port {port}. {_listed(candidates())}")
    found = candidates()
    likely = [candidate for candidate in found if candidate.likely]
    if len(likely) == 1:
        return likely[0].port
    if likely:
        raise PortNotFound(f"Several ports may be the detector's: {_names(likely)}; name one in [device] port")
    raise PortNotFound(f"No serial port looks like a detector's. {_listed(found)}")


def _names(found: list[Candidate]) -> str:
    return ", ".join(map(str, found))


def _listed(found: list[Candidate]) -> str:
    if not found:
        return "This machine has no serial port; connect the detector, or use the simulated one"
    return f"Ports of this machine: {_names(found)}; name one in [device] port"


def open_serial(port: str, baudrate: int, timeout: float) -> SerialLike:
    """Open a port for us alone (flock); a write gives up after `timeout` [s].

    Raises PortBusy, PortNotFound or LinkError.
    """
    try:
        return serial.Serial(port, baudrate, timeout=POLL, write_timeout=timeout, exclusive=True)
    except (OSError, ValueError, termios.error) as error:
        raise _refusal(port, error) from error


def flush(port: SerialLike, name: str) -> None:
    """Drop what came while the board started. Raises LinkError."""
    try:
        port.reset_input_buffer()
    except (OSError, termios.error) as error:
        raise LinkError(f"{name} went away while it was opened: {error}") from error


def _refusal(port: str, error: Exception) -> LinkError:
    code = getattr(error, "errno", None)
    if code in (errno.EAGAIN, errno.EBUSY):
        return PortBusy(f"{port} is in use by a program that does not say its name; `fuser {port}` shows it")
    if code in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return PortNotFound(f"There is no device behind {port}. {_listed(candidates())}")
    if code in (errno.EACCES, errno.EPERM):
        return LinkError(f"You may not open {port}: join the group that owns it (often dialout), then log in again")
    return LinkError(f"{port} cannot be used as a serial port: {error}")
