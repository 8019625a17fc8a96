"""The detector's flow of events, switched on and off by acknowledged commands."""

from scantrail.threshold.osechi.commands import set_stream
from scantrail.threshold.osechi.link import Answer, Link, Sink, forget
from scantrail.threshold.osechi.replies import answers_stream


class Stream:
    """Switches the events. `on` is None while nobody knows."""

    def __init__(self, link: Link, timeout: float) -> None:
        self.on: bool | None = None
        self._link = link
        self._timeout = timeout
        self._bare = True
        self._unanswered = False

    def switch(self, on: bool, sink: Sink = forget) -> Answer | None:
        """Send SET_STREAM once and return its acknowledgement, None if none came; lines before it go to `sink`.

        Raises LinkLost.
        """
        if self._unanswered and self._bare:  # a late yes to the command before would pass for the yes to this one
            self._link.absorb(self._timeout, sink)
        self.on = None
        answer = self._link.ask(set_stream(on), answers_stream(on), self._timeout, sink)
        self._unanswered = answer is None
        if answer is None or not answer.reply.ok:
            return None
        self._bare = answer.reply.bare
        self.on = on
        return answer

    def insist(self, on: bool, tries: int, sink: Sink = forget) -> Answer | None:
        """Send SET_STREAM until it is acknowledged, at most `tries` times."""
        for _ in range(tries):
            if (answer := self.switch(on, sink)) is not None:
                return answer
        return None
