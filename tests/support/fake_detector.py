"""A counting detector without hardware, for what the simulated board cannot be told to do."""

from collections.abc import Callable

from scantrail.errors import ThresholdRefused
from scantrail.threshold import Counts, ThresholdWrite

Answer = Callable[[int, int, int], Exception | None]
"""`answer(channel, value, attempt)`: what a write fails with; attempts are counted from 1."""


class FakeDetector:
    """Obeys, unless `answer` says otherwise; counts 1000 - threshold in each channel, at once.

    attempts: every (channel, value) tried. windows: the thresholds confirmed at each window's opening.
    on_count: called with the number of the window (from 1) while it is open.
    """

    name = "fake"
    limits = (1, 1023)
    speed = 1e6

    def __init__(
        self,
        answer: Answer = lambda channel, value, attempt: None,
        *,
        on_count: Callable[[int], None] = lambda window: None,
        channels: tuple[int, ...] = (1, 2, 3),
    ) -> None:
        self.channels = channels
        self.answer = answer
        self.on_count = on_count
        self.attempts: list[tuple[int, int]] = []
        self.windows: list[dict[int, int]] = []
        self._confirmed: dict[int, int] = {}

    def confirmed(self, channel: int) -> int | None:
        return self._confirmed.get(channel)

    def set_threshold(self, channel: int, value: int) -> ThresholdWrite:
        self.attempts.append((channel, value))
        error = self.answer(channel, value, len(self.attempts))
        if error is not None:
            if not isinstance(error, ThresholdRefused):
                self._confirmed.pop(channel, None)
            raise error
        self._confirmed[channel] = value
        return ThresholdWrite(channel, value, 1, 0.001, f"set {channel} {value} -> ok")

    def count(self, seconds: float, wait: Callable[[float], str]) -> Counts:
        self.windows.append(dict(self._confirmed))
        number = len(self.windows)
        self.on_count(number)
        whole = wait(0.0) != "halt"
        counts = {channel: 1000 - self._confirmed.get(channel, 1000) for channel in self.channels}
        start = 1_761_560_625.0 + number
        return Counts(counts, {1: sum(counts.values())}, start, seconds, None, whole, stop=start + seconds)
