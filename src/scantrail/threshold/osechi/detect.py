"""Which dialect a detector speaks."""

from scantrail.errors import ReplyTimeout
from scantrail.threshold.osechi.commands import Dialect, command
from scantrail.threshold.osechi.link import Link
from scantrail.threshold.osechi.replies import Reply, answers_version
from scantrail.threshold.osechi.stream import Stream

QUICK = 0.3
"""Longest wait [s] for a version: firmware of v1 never answers, firmware of v2 answers at once."""

TRIES = 3


def greet(link: Link, stream: Stream, dialect: str, timeout: float) -> tuple[Dialect, str]:
    """Stop the events and return the dialect, with the firmware's version where it tells.

    `auto`: GET_VERSION answered in JSON is v2; else SET_STREAM 0 answered in JSON is v1; else legacy. Each is asked
    more than once, for a board that is still starting loses what it is sent. Raises LinkLost; ReplyTimeout where the
    named dialect is not answered.
    """
    if dialect == "legacy":
        return "legacy", ""
    version = _version(link, min(timeout, QUICK)) if dialect != "v1" else None
    if dialect == "auto" and version is not None and not version.ok:
        return "legacy", ""
    if stream.insist(False, TRIES) is None:
        if dialect == "auto" and version is None:
            return "legacy", ""
        raise ReplyTimeout(
            f"The detector on {link.name} does not answer SET_STREAM 0 within {TRIES} x {timeout:g} s: "
            "check [device] port, baudrate and dialect"
        )
    if version is None and dialect != "v1":
        version = _version(link, min(timeout, QUICK))
    if dialect == "v2" or (dialect == "auto" and version is not None):
        return "v2", _firmware(version)
    return "v1", ""


def _version(link: Link, timeout: float) -> Reply | None:
    answer = link.ask(command("GET_VERSION"), answers_version(), timeout)
    return None if answer is None else answer.reply


def _firmware(version: Reply | None) -> str:
    found = None if version is None else version.fields.get("version")
    return found if isinstance(found, str) else ""
