"""The thresholds that detectors last confirmed, kept by port under the data root.

The detector cannot be asked. What is remembered may be gone: opening the port resets many boards.
"""

import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from scantrail.station import data_root
from scantrail.threshold.detector import ThresholdWrite

_LOG = logging.getLogger(__name__)


class Remembered(NamedTuple):
    """A threshold [DAC] and the unix time [s] of its confirmation."""

    value: int
    time: float


def _directory() -> Path:
    return data_root() / "detectors"


def _file(port: str) -> Path:
    return _directory() / f"{port.strip('/').replace('/', '-') or 'port'}.json"


def remember(port: str, write: ThresholdWrite, time: float) -> None:
    """Keep a confirmed threshold of a port, with the unix time [s] of its confirmation.

    A data root that cannot be written costs the memory, never the scan: it is logged.
    """
    thresholds = {str(channel): kept._asdict() for channel, kept in recall(port).items()}
    thresholds[str(write.channel)] = Remembered(write.value, time)._asdict()
    try:
        _replace(_file(port), json.dumps({"port": port, "thresholds": dict(sorted(thresholds.items()))}, indent=1))
    except OSError as error:
        _LOG.warning("the threshold of channel %d on %s is not remembered: %s", write.channel, port, error)


def recall(port: str) -> dict[int, Remembered]:
    """Return the thresholds last confirmed on a port by channel, empty where none are known."""
    return _thresholds(_read(_file(port)))


def known_ports() -> list[str]:
    """Return the ports whose thresholds are remembered, sorted."""
    documents = map(_read, _directory().glob("*.json"))
    return sorted(document["port"] for document in documents if isinstance(document.get("port"), str))


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _thresholds(document: dict[str, Any]) -> dict[int, Remembered]:
    try:
        kept = document.get("thresholds", {}).items()
        return {int(channel): Remembered(int(one["value"]), float(one["time"])) for channel, one in kept}
    except (AttributeError, KeyError, TypeError, ValueError):  # edited by hand: nothing is known
        return {}


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(handle, 0o644)  # whoever shares the data root may read it
            file.write(text)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
