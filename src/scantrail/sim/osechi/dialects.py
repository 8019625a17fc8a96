r"""The lines that the board sends, byte for byte, in each dialect; all end in `\r\n`.

v1: `hit1 hit2 hit3 adc temp_C pressure_Pa humidity_pct` for events, JSON for replies. v2: JSON lines throughout.
legacy: events as v1, three lines for a reply.
"""

import json
from collections.abc import Sequence
from typing import Literal

from scantrail.sim.osechi.environment import Environment

Dialect = Literal["v1", "v2", "legacy"]

HEADERS = ("hit1", "hit2", "hit3", "adc", "tmp_c", "atm_pa", "hmd_pct")
ADC_MILLIVOLTS = 3300 / 4095
"""Millivolts of one ADC count."""


def text_event(hits: Sequence[int], adc: int, air: Environment) -> bytes:
    """Write an event as v1 and legacy do; about 34 bytes, so that 115200 baud carry 339 a second."""
    return b"%d %d %d %d %.2f %.2f %.2f\r\n" % (*hits, adc, *air)


def json_event(hits: Sequence[int], adc: int, air: Environment, time: float, since_last: float, epoch: float) -> bytes:
    """Write an event as v2 does; about 230 bytes, so that 115200 baud carry some 50 a second.

    time: since the start [s]. since_last: since the event before [s]. epoch: unix time of the start [s].
    """
    pattern = sum(1 << i for i, hit in enumerate(hits) if hit)
    return (
        b'{"type":"event","status":"ok","hit1":%d,"hit2":%d,"hit3":%d,"adc":%d,"hit_type":%d,"adc_raw":%d,"adc_mv":%d,'
        b'"tmp_c":%.2f,"atm_pa":%.2f,"hmd_pct":%.2f,"uptime_ms":%d,"timedelta_us":%d,"detected_us":%d}\r\n'
        % (
            *hits,
            adc,
            pattern,
            adc,
            round(adc * ADC_MILLIVOLTS),
            *air,
            round(time * 1e3),
            round(since_last * 1e6),
            round((epoch + time) * 1e6),
        )
    )


def response(status: Literal["ok", "error"], **fields: object) -> bytes:
    """Write a reply as v1 and v2 do, one JSON line without spaces."""
    return json.dumps({"type": "response", "status": status, **fields}, separators=(",", ":")).encode() + b"\r\n"


def legacy_reply(channel: int, high: int, low: int) -> bytes:
    """Write the three lines that confirm a legacy write: the channel, and its two value bytes in decimal."""
    return b"%d\r\n%d\r\n%d\r\n" % (channel, high, low)


LEGACY_REFUSAL = b"dame\r\n0\r\n0\r\n"
