"""The columns of a threshold run's streams."""

from collections.abc import Iterable, Iterator
from itertools import product

from scantrail.runs import Column
from scantrail.threshold.plan import counts_key, threshold_key

AUDIT = "thresholds"
"""Stream of threshold writes."""

AIR = {"temperature_C": "°C", "pressure_Pa": "Pa", "humidity_pct": "%"}
"""What events may say of the air around the detector, with units."""


def pattern_key(bits: int, channels: Iterable[int]) -> str:
    """Return the data key of a coincidence pattern, channel 1 first: channels 1 and 3 of three give `pattern_101`."""
    return "pattern_" + "".join(str(bits >> (channel - 1) & 1) for channel in channels)


def patterns(channels: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    """Yield (data key, bits) of every coincidence pattern but the empty one; bit 0 is channel 1."""
    for fired in product((0, 1), repeat=len(channels)):
        if any(fired):
            bits = sum(1 << (channel - 1) for channel, bit in zip(channels, fired, strict=True) if bit)
            yield pattern_key(bits, channels), bits


def primary_columns(channels: tuple[int, ...], source: str) -> dict[str, Column]:
    """Return the columns of the primary stream of a detector with these channels."""
    columns = {"point": Column(f"{source}: plan", None, "integer", "index")}
    for channel in channels:
        columns[threshold_key(channel)] = Column(
            f"{source}: channel {channel} threshold", "DAC", "integer", "threshold"
        )
        columns[counts_key(channel)] = Column(f"{source}: channel {channel} events", "counts", "integer", "counts")
    for key, _ in patterns(channels):
        columns[key] = Column(f"{source}: events of this coincidence pattern", "counts", "integer", "counts")
    for key in ("live_time", "window", "start_time", "stop_time"):
        columns[key] = Column(f"{source}: counting window", "s", "number", "time")
    columns["lost"] = Column(f"{source}: events known to be lost", "counts", "integer", "losses")
    columns["link_full"] = Column(f"{source}: the link, not the detector, set the rate", None, "integer", "losses")
    columns["unparsable"] = Column(f"{source}: lines that are no event", "lines", "integer", "losses")
    return columns


def audit_columns(source: str) -> dict[str, Column]:
    """Return the columns of the stream of threshold writes."""
    number = {key: Column(source, "DAC", "integer", "threshold") for key in ("old_threshold", "new_threshold")}
    text = {key: Column(source, None, "string", "audit") for key in ("status", "purpose", "exchange")}
    return {
        "channel": Column(source, None, "integer", "audit"),
        **number,
        **text,
        "attempts": Column(source, None, "integer", "audit"),
        "latency": Column(source, "s", "number", "audit"),
    }


SKIPPED = {
    "point": Column("plan", None, "integer", "index"),
    "channel": Column("plan", None, "integer", "audit"),
    "threshold": Column("plan", "DAC", "integer", "threshold"),
    "reason": Column("detector", None, "string", "audit"),
}
ENVIRONMENT = {
    "point": Column("plan", None, "integer", "index"),
    **{key: Column("detector", unit, "number", "environment") for key, unit in AIR.items()},
}
