"""The life of a component as data: its statuses, what may follow what, and where a policy has a say."""

from typing import Literal

from scantrail.errors import InputError, Refused

Policy = Literal["warn", "enforce"]
"""What a starred step needs: `warn` does it with a warning and a waiver, `enforce` asks for force and reason."""

STATUSES = ("incoming", "testing", "qualified", "spare", "installed", "degraded", "failed", "repair", "retired", "lost")
OUTCOMES = tuple(status for status in STATUSES if status != "installed")
"""What a component may be once it is removed, and what a new one may start as."""

NOT_INSTALLABLE = frozenset({"failed", "repair", "retired", "lost"})

_STEPS = {
    "incoming": "testing qualified* spare installed* failed retired lost",
    "testing": "qualified* installed* degraded failed repair retired lost",
    "qualified": "spare installed testing degraded failed retired lost",
    "spare": "installed qualified testing degraded failed retired lost",
    "installed": "",
    "degraded": "testing repair failed retired lost installed*",
    "failed": "repair testing retired lost",
    "repair": "testing failed retired lost",
    "lost": "testing retired",
    "retired": "testing*",
}
TRANSITIONS: dict[str, dict[str, bool]] = {
    origin: {step.removesuffix("*"): step.endswith("*") for step in steps.split()} for origin, steps in _STEPS.items()
}
"""Status -> the statuses that may follow -> whether the policy has a say."""


def known_status(status: str) -> str:
    """Return `status`. Raises InputError if there is none of this name."""
    if status not in STATUSES:
        raise InputError(f"there is no status {status!r}; it is one of {', '.join(STATUSES)}")
    return status


def starred(component: str, origin: str, target: str) -> bool:
    """Tell whether the policy has a say in this step. Raises Refused for a step that is never taken."""
    if origin == "installed":
        raise Refused(f"{component} is installed; its status changes when it is removed (--outcome says to what)")
    if target == "installed":
        if target in TRANSITIONS[origin]:
            return TRANSITIONS[origin][target]
        raise Refused(f"{component} is {_in_words(origin)} and cannot be installed")
    if target not in TRANSITIONS[origin]:
        may = ", ".join(step for step in TRANSITIONS[origin] if step != "installed")
        raise Refused(f"{component} is {_in_words(origin)} and cannot become {target}; it may become {may}")
    return TRANSITIONS[origin][target]


def default_outcome(prior: str) -> str:
    """Return what a component becomes on removal if nobody says; `prior`: its status before it was installed."""
    return "spare" if prior in {"qualified", "spare"} else "testing"


def _in_words(status: str) -> str:
    return "in repair" if status == "repair" else status
