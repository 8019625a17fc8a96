"""How a run becomes a test of a component: which kinds of runs, of which types, and what their results are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scantrail.errors import Refused


@dataclass(frozen=True, slots=True)
class RunTest:
    """Runs of some kinds are a test of components of some types; `types` empty: of all.

    `results`: what the run calls a number -> the quantity of the test.
    """

    kinds: tuple[str, ...]
    test: str
    results: Mapping[str, str] = field(default_factory=dict)
    types: tuple[str, ...] = ()


_PEAK = {"peak": "peak", "fwhm": "fwhm", "centroid": "centroid", "edge": "edge"}

DEFAULT: Mapping[str, RunTest] = {
    "thresholds": RunTest(
        ("threshold_serial", "threshold_parallel"),
        "threshold_scan",
        {"threshold": "threshold", "mu": "center", "sigma": "width", "plateau": "rate"},
    ),
    "spectrum": RunTest(("xafs",), "xafs_scan", {"E0": "edge", "edge step": "step"}),
    "positions": RunTest(("linear", "list", "lockstep", "mesh"), "position_scan", _PEAK),
}
"""What holds for a profile that says nothing of runs."""


def run_test(runs: Mapping[str, RunTest], kind: str, component: str, component_type: str) -> RunTest | None:
    """Return what a run of this kind is to a component; None for a kind that tests nothing, but may name what it saw.

    Raises Refused for a kind that tests other types alone.
    """
    of_kind = [one for one in (runs or DEFAULT).values() if kind in one.kinds]
    for one in of_kind:
        if not one.types or component_type in one.types:
            return one
    if not of_kind:
        return None
    types = ", ".join(sorted({name for one in of_kind for name in one.types}))
    raise Refused(f"a run of the kind {kind} tests the types {types}, and {component} is of the type {component_type}")
