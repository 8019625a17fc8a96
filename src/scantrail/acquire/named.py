"""Which components an order or a run names, and which of its channels each of them has."""

from collections.abc import Mapping, Sequence

from scantrail.errors import InputError
from scantrail.runs import Plan

Channels = Mapping[str, Sequence[int]]
"""Component -> the channels that belong to it alone."""


def spelled(channels: Channels, ids: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """Return the channels under the ids as the database spells them; `ids`: as named -> as spelled.

    Raises InputError for a component that is named under two spellings, once with its channels and once whole.

    >>> spelled({"L1": (1,), "l1": (2,)}, {"L1": "L1", "l1": "L1"})
    {'L1': (1, 2)}
    """
    found: dict[str, tuple[int, ...]] = {}
    for given, true in ids.items():
        if given in channels:
            found[true] = (*found.get(true, ()), *channels[given])
    for given, true in ids.items():
        if true in found and given not in channels:
            raise InputError(f"{true} is named twice, once with channels and once without")
    return found


def check_channels(plan: Plan, channels: Channels) -> None:
    """Raise InputError for a channel of a component that `plan` does not scan."""
    scanned = getattr(plan, "channels", None)
    for component, wanted in channels.items():
        for channel in wanted:
            if scanned is None:
                raise InputError(f"{component} is given channel {channel}, but only threshold scans have channels")
            if channel not in scanned:
                raise InputError(
                    f"{component} is given channel {channel}, which is not scanned; scanned are "
                    f"{', '.join(map(str, scanned))}"
                )
