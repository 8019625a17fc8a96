"""Values for channels as a command line spells them: "1:200;2:300", or one value for all."""

import json
from collections.abc import Iterator, Sequence

from scantrail.errors import InputError
from scantrail.station import CHANNELS, STEPS, THRESHOLDS


def parse_thresholds(text: str, what: str = "--thresholds") -> dict[int, int]:
    """Return threshold [DAC] by channel from "1:200;2:300", in the order written.

    `what` is what a message calls the text. Raises InputError: empty, no `channel:threshold`, a channel that does not
    exist or stands twice, a threshold that is no whole number 1-1023.
    """
    return dict(_pairs(text, CHANNELS, what, THRESHOLDS, "1:200;2:300"))


def parse_per_channel(text: str, channels: Sequence[int], what: str) -> dict[int, int]:
    """Return a number (or size [DAC]) of steps by channel: "8" is for all `channels`, "1:8;2:10" for the named ones.

    `what` is what a message calls the text ("--nsteps"). Raises InputError: empty, a channel that is not among
    `channels` or stands twice, a value that is no whole number 1-1022.
    """
    if ":" in text or ";" in text:
        return dict(_pairs(text, channels, what, STEPS, "1:8;2:10"))
    value = _whole(text, STEPS)
    if value is None:
        raise InputError(f'{what} {_shown(text)} must be a whole number {_span(STEPS)}, or one a channel: "1:8;2:10"')
    return dict.fromkeys(channels, value)


def _pairs(
    text: str, channels: Sequence[int], what: str, limits: tuple[int, int], example: str
) -> Iterator[tuple[int, int]]:
    seen: set[int] = set()
    for part in text.split(";"):
        left, colon, right = part.partition(":")
        if not (left.strip() and colon and right.strip()):
            raise InputError(f'{what} {_shown(text)} must give each channel its value, such as "{example}"')
        channel, value = _whole(left, (CHANNELS[0], CHANNELS[-1])), _whole(right, limits)
        if channel is None or channel not in channels:
            known = ", ".join(map(str, channels))
            raise InputError(f"{what} {_shown(text)}: channel {_shown(left)} must be one of {known}")
        if channel in seen:
            raise InputError(f"{what} {_shown(text)}: channel {channel} must stand only once")
        if value is None:
            raise InputError(
                f"{what} {_shown(text)}: {_shown(right)} for channel {channel} must be a whole number {_span(limits)}"
            )
        seen.add(channel)
        yield channel, value


def _whole(text: str, limits: tuple[int, int]) -> int | None:
    """Return the whole number within `limits` that `text` spells in plain digits, else None."""
    digits = text.strip()
    # Longer is out of range anyway; and int() refuses thousands of digits with an error of its own.
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        return None
    value = int(digits)
    return value if limits[0] <= value <= limits[1] else None


def _shown(text: str) -> str:
    """Return `text` as a message can carry it: in quotes, on one line, not too long."""
    return json.dumps(text if len(text) <= 60 else f"{text[:57]}...", ensure_ascii=not text.isprintable())


def _span(limits: tuple[int, int]) -> str:
    return f"{limits[0]}-{limits[1]}"
