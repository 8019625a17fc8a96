"""The journal lines of events: what is the same in all events of a stream is encoded once."""

from collections.abc import Iterable, Mapping

from scantrail.readings import Scalar
from scantrail.runs.documents import value_text


class EventLine:
    """Encodes the events of the stream whose descriptor has this `uid` and these `keys`."""

    def __init__(self, uid: str, keys: Iterable[str]) -> None:
        labels = [(key, f"{value_text(key)}:") for key in keys]
        self._unique = uid[:24]  # with its number an event's uid is as unique as its descriptor's
        self._descriptor = f'"descriptor":"{uid}","seq_num":'
        self._labels = labels
        # the event's one time goes between these
        self._timestamps = [f"{',' if i else ''}{label}" for i, (_, label) in enumerate(labels)] + ['},"filled":{}}]\n']

    def encode(self, number: int, time: float, data: Mapping[str, Scalar | None]) -> bytes:
        """Return the line of event `number` at unix `time` [s], as `documents.encode` would encode its document."""
        stamp = value_text(time)
        values = ",".join([label + value_text(data[key]) for key, label in self._labels])
        return (
            f'["event",{{"uid":"{self._unique}{number:012x}",{self._descriptor}{number},"time":{stamp},'
            f'"data":{{{values}}},"timestamps":{{{stamp.join(self._timestamps)}'
        ).encode(errors="backslashreplace")
