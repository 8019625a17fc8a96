"""The journal lines of events: what is the same in all events of a stream is encoded once."""

from collections.abc import Collection, Mapping
from operator import itemgetter

from scantrail.readings import Scalar, all_numbers
from scantrail.runs.documents import value_text


class EventLine:
    """Encodes the events of the stream whose descriptor has this `uid` and these `keys`."""

    def __init__(self, uid: str, keys: Collection[str]) -> None:
        labels = [f"{value_text(key)}:" for key in keys]
        self._values = itemgetter(*keys) if len(keys) > 1 else lambda data: tuple(data[key] for key in keys)
        self._unique = uid[:24]  # with its number an event's uid is as unique as its descriptor's
        self._descriptor = f'"descriptor":"{uid}","seq_num":'
        self._data = ",".join(label.replace("%", "%%") + "%s" for label in labels)
        # the event's one time goes between these
        self._timestamps = [f"{',' if i else ''}{label}" for i, label in enumerate(labels)] + ['},"filled":{}}]\n']

    def encode(self, number: int, time: float, data: Mapping[str, Scalar | None]) -> bytes:
        """Return the line of event `number` at unix `time` [s], as `documents.encode` would encode its document."""
        stamp = value_text(time)
        values = self._values(data)
        if not all_numbers(values):  # what is a plain number needs no encoder
            values = tuple(map(value_text, values))
        return (
            f'["event",{{"uid":"{self._unique}{number:012x}",{self._descriptor}{number},"time":{stamp},'
            f'"data":{{{self._data % values}}},"timestamps":{{{stamp.join(self._timestamps)}'
        ).encode(errors="backslashreplace")
