"""The one door from an instrument's client to its simulator."""

import importlib
from types import ModuleType


def simulator(name: str) -> ModuleType:
    """Return the simulator of this name, a module or package of `scantrail.sim`.

    Found by name and not by an import, because what measures never depends on what simulates.
    """
    return importlib.import_module(f"scantrail.sim.{name}")
