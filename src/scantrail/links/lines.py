"""Framing: requests into writes that the server takes whole, bytes into lines."""

from collections.abc import Iterator, Sequence

LONGEST_LINE = 1022
"""Bytes of a request without its line end; the server resets the connection on longer ones."""
LONGEST_WRITE = 1023
"""Bytes of whole lines that one write may hold."""
LONGEST_REPLY = 1 << 20
"""Bytes of one reply; more is no reply but garbage."""


def batches(requests: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
    """Join whole lines, each with its line end, into as few writes as there can be; yield each with its line count."""
    start = size = 0
    for index, request in enumerate(requests):
        if size and size + len(request) > LONGEST_WRITE:
            yield b"".join(requests[start:index]), index - start
            start, size = index, 0
        size += len(request)
    if size:
        yield b"".join(requests[start:]), len(requests) - start


class LineBuffer:
    """Cuts received bytes into lines."""

    def __init__(self) -> None:
        self.rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Add received bytes; return the lines that are whole now, without their line ends; `rest` is what is left.

        Raises OverflowError for a line that does not end.
        """
        *lines, self.rest = (self.rest + data).split(b"\n")
        if len(self.rest) > LONGEST_REPLY:
            raise OverflowError(f"a line of more than {LONGEST_REPLY} bytes")
        return lines
