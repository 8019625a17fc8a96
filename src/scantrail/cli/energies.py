"""How the commands put the energies of an XAFS scan into words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scantrail.daq import XAFSScanConfig
    from scantrail.station import Station

UNITS = {"eV": "eV", "k": "1/Å"}


def dwells_in_words(plan: "XAFSScanConfig") -> str:
    """Write the dwell of all points, or the shortest and the longest."""
    low, high = f"{plan.dwells.min():.3g}", f"{plan.dwells.max():.3g}"
    return f"{low} s" if low == high else f"{low} to {high} s"


def energies_in_words(plan: "XAFSScanConfig", station: "Station") -> Iterator[str]:
    """Yield the edge, each region with its points and true step, and the angles of the crystal, a line each."""
    edge = plan.target
    yield f"  edge: {edge.element} {edge.name}, {edge.energy:g} eV" if edge.element else f"  edge: {edge.energy:g} eV"
    for number, told in enumerate(regions_told(plan), 1):
        unit = UNITS[told["unit"]]
        yield (
            f"  region {number}: {told['start']:g} to {told['stop']:g} {unit}, {told['points']} points in steps of "
            f"{told['step']:.5g} {unit}, {told['seconds']:.4g} s"
        )
    angles = angles_of(plan, station)
    if angles is not None and station.crystal is not None:
        yield f"  Bragg angles with {station.crystal.name}: {angles[0]:.4f} to {angles[1]:.4f} deg"


def regions_told(plan: "XAFSScanConfig") -> list[dict[str, Any]]:
    """Return each region as JSON-safe values: ends, unit, points, true step, counting time of one pass [s]."""
    upward = plan.dwells[::-1] if plan.descending else plan.dwells
    told, first = [], 0
    for region, points, step in zip(plan.spans, plan.counts, plan.steps, strict=True):
        told.append(
            {
                "start": region.start,
                "stop": region.stop,
                "unit": region.unit,
                "points": points,
                "step": step,
                "seconds": float(upward[first : first + points].sum()),
            }
        )
        first += points
    return told


def angles_of(plan: "XAFSScanConfig", station: "Station") -> tuple[float, float] | None:
    """Return the Bragg angles [deg] of the first and the last energy, None without a crystal or an angle."""
    from scantrail.daq import bragg_angle

    if station.crystal is None:
        return None
    energies = plan.generate_energies()
    first, last = (bragg_angle(float(energies[end]), station.crystal.d_spacing) for end in (0, -1))
    return None if first is None or last is None else (first, last)
