"""Absorption edges by their names: element and edge, for Cr K and Ba L1 have the same energy."""

import re
from functools import cache
from pathlib import Path

from scantrail.daq.measured import Edge
from scantrail.errors import InputError
from scantrail.links import nearest

TABLE = Path(__file__).with_name("xafs_edges.csv")


def edge_named(name: str) -> Edge:
    """Return the edge of a name such as "Fe K" or "pb l3", with its tabulated energy [eV].

    Raises InputError with the nearest names.
    """
    words = re.split(r"[\s_-]+", name.strip())
    element, edge = words[0].capitalize(), " ".join(words[1:]).upper()
    known = _table()
    if edge in known.get(element, {}):
        return Edge(element, edge, known[element][edge])
    if element in known:
        told = f"{element} has {', '.join(known[element])}"
    else:
        near = nearest(f"{element} {edge}", (f"{one} {of}" for one, edges in known.items() for of in edges))
        told = f"did you mean {' or '.join(near)}?" if near else 'write the element and its edge, such as "Fe K"'
    raise InputError(f'there is no absorption edge "{name}" in the table; {told}')


@cache
def _table() -> dict[str, dict[str, float]]:
    """Energies [eV] by element and edge; the file tells where they are from."""
    lines = [line.split(",") for line in TABLE.read_text(encoding="ascii").splitlines() if not line.startswith("#")]
    names = lines[0][1:]
    return {
        element: {name: float(energy) for name, energy in zip(names, energies, strict=False) if energy}
        for element, *energies in lines[1:]
    }
