"""Stays in positions over time: two cannot be in one at once, and one cannot be in two."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A stay of a component in a position; `end` None: it sits there."""

    component: str
    position: str
    begin: datetime
    end: datetime | None

    def overlaps(self, other: "Span") -> bool:
        """Whether the two were at once; one may begin in the moment in which the other ends."""
        return (self.end is None or other.begin < self.end) and (other.end is None or self.begin < other.end)

    def in_words(self) -> str:
        """Say who was where, and when."""
        until = f"until {self.end.astimezone():%Y-%m-%d %H:%M}" if self.end is not None else "to this day"
        return f"{self.component} was in {self.position} from {self.begin.astimezone():%Y-%m-%d %H:%M} {until}"


@dataclass(slots=True)
class Spans:
    """Every stay, by position and by component."""

    _by: dict[tuple[str, str], list[Span]] = field(default_factory=dict)

    def add(self, span: Span) -> None:
        """Note a stay."""
        for key in (("position", span.position), ("component", span.component)):
            self._by.setdefault(key, []).append(span)

    def against(self, span: Span) -> tuple[str, Span] | None:
        """Return a stay that a new one overlaps, and whether they share the position or the component; None if none."""
        for key in (("position", span.position), ("component", span.component)):
            for other in self._by.get(key, ()):
                if other.overlaps(span):
                    return key[0], other
        return None
