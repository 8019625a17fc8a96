"""What a server's refusal means, as an error with its story."""

from scantrail.errors import ProtocolError, UnknownPV, UnreadableReply, ValueRefused
from scantrail.links.names import nearest
from scantrail.links.replies import Refusal

UNKNOWN_PV = "UNKNOWN_PV"
INVALID_VALUE = "INVALID_VALUE"
MOTOR_FAULT = "MOTOR_FAULT"


def unknown(url: str, pv: str, names: list[str]) -> UnknownPV:
    """Return the error for a PV that is none, or no motor, with the nearest of the server's `names`."""
    if pv in names:
        return UnknownPV(f"{pv} at {url} is no motor", UNKNOWN_PV)
    close = nearest(pv, names)
    hint = f". Did you mean {', '.join(close)}?" if close else ""
    return UnknownPV(f'{url} has no PV "{pv}"{hint}', UNKNOWN_PV, close)


def refused(url: str, request: str, refusal: Refusal, limits: str = "") -> ProtocolError:
    """Return the error for a refused or unreadable answer to `request`; `limits` [units] as far as they are known."""
    code, text = refusal
    if not code:
        return UnreadableReply(f"{url} answered {request} with {text!r}, which is no number")
    if code == INVALID_VALUE:
        known = f" ({limits})" if limits else ""
        return ValueRefused(
            f"{url} refused {request} ({code}): outside the limits{known}, read-only, or not a motor", code
        )
    return ProtocolError(f"{url} answered {request} with the error {code}", code)
