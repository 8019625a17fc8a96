"""How a scan is taken where neither the plan nor the station file says: hooks, baseline, and what a failure means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias, get_args

from scantrail.errors import InputError
from scantrail.readings import Scalar
from scantrail.runs import Point, RunWriter

OnError = Literal["nan", "retry", "abort"]
"""What becomes of a point at which a detector fails: NaN, another try and then NaN, or the end of the scan."""

Row: TypeAlias = Mapping[str, Scalar | None]
RunHook: TypeAlias = Callable[[RunWriter], object]
PointHook: TypeAlias = Callable[[RunWriter, Point, Row], object]

ATTEMPTS = 3
"""Tries of one point with on_error="retry", in all."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to take a scan.

    before: called with the run before its first point; point: with the run, each point and its row, once it is
    recorded; after: with the run after its last point, on every way out. baseline: what to read before and after,
    by default what the station file names.
    """

    before: RunHook | None = None
    point: PointHook | None = None
    after: RunHook | None = None
    baseline: tuple[str, ...] = ()
    on_error: OnError = "nan"

    def __post_init__(self) -> None:
        """Refuse a word that is none."""
        if self.on_error not in get_args(OnError):
            raise InputError(f'on_error = "{self.on_error}" must be one of {", ".join(get_args(OnError))}')

    def document(self) -> dict[str, Any]:
        """Return the manner as JSON-safe values, hooks by their names."""
        hooks = {moment: name_of(hook) for moment in ("before", "point", "after") if (hook := getattr(self, moment))}
        return {"on_error": self.on_error, "baseline": list(self.baseline), "hooks": hooks}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Bring the manner back from a start document, but for its hooks, which stand there by name alone."""
        return cls(baseline=tuple(document.get("baseline", ())), on_error=document.get("on_error", "nan"))


def name_of(hook: Callable[..., object]) -> str:
    """Return what to call a hook."""
    return str(getattr(hook, "__qualname__", None) or hook)
