"""Motors that a run is moving just now: no other scan sends them elsewhere."""

from collections.abc import Collection
from pathlib import Path

from scantrail.errors import RunStateError
from scantrail.runs import directories, documents, held

LOOK_BACK = 20
"""How many of the newest runs may still be taken."""
PRIVATE = "sim:///"
"""How the sources of a simulated beamline begin that every connection has anew."""


def refuse_busy(root: Path, sources: Collection[str]) -> None:
    """Refuse motors that a run below the data root is moving, or holds while it is paused. Raises RunStateError.

    sources: control system and PV of their readbacks, as the descriptors of a run name them.
    """
    wanted = {source for source in sources if not source.startswith(PRIVATE)}
    for directory in directories(root)[:LOOK_BACK] if wanted else ():
        if held(directory) and (shared := wanted & _sources_in(directory)):
            motor = next(iter(shared)).rpartition("/")[2].removesuffix(".RBV")
            raise RunStateError(f"{directory.name} is being taken and moves {motor}; wait for its end or abort it")


def _sources_in(directory: Path) -> set[str]:
    """Return the control system and PV of every motor of a run; none of one that has not begun to record."""
    motors: list[str] = []
    for name, document in documents(directory):
        if name == "start":
            motors = document["motors"]
        elif name == "descriptor" and document["name"] == "primary":
            keys = document["data_keys"]
            return {keys[key]["source"] for key in motors if key in keys}
    return set()
