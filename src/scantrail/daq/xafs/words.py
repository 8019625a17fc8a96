"""What a spectrum shows, as results and in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scantrail.daq.measured import Edge
from scantrail.daq.stats.results import MISSING, OK
from scantrail.daq.stats.words import written
from scantrail.daq.xafs.edge import EdgeEnergy
from scantrail.daq.xafs.missing import Missing
from scantrail.daq.xafs.normalised import Normalised
from scantrail.daq.xafs.transform import Transform
from scantrail.runs import Result

if TYPE_CHECKING:
    from scantrail.daq.xafs.spectrum import Spectrum

FAR = 20.0
"""Chemistry moves an edge less than this [eV]: farther away, the calibration or the element is another."""
DOUBTFUL = "doubtful"


def results_of(spectrum: "Spectrum") -> Iterator[Result]:
    """Yield E0 [eV], the edge step, the highest peak's R [angstrom] and its |chi(R)| [angstrom^-3]."""
    yield _e0(spectrum.e0, spectrum.edge)
    yield _step(spectrum.normalised)
    yield from _peak(spectrum.transform)


def with_error(value: float, error: float) -> str:
    """Write a value with its error, both to the error's second digit.

    >>> with_error(7110.8123, 0.137)
    '7110.81 ± 0.14'
    """
    if not error > 0.0:
        return f"{value:.6g}"
    return f"{written(value, error / 10.0)} ± {written(error, error / 10.0)}"


def _why(quantity: str, missing: Missing) -> str:
    return f"{quantity} is not available: {missing.reason}" if missing.reason else ""


def _e0(e0: EdgeEnergy | Missing, edge: Edge | None) -> Result:
    if isinstance(e0, Missing):
        return Result("E0", None, None, "eV", MISSING, _why("E0", e0))
    said, doubtful = f"E0 = {with_error(e0.energy, e0.error)} eV", bool(e0.rivals)
    if edge is not None:
        off = e0.energy - edge.energy
        named = f"tabulated {edge.element} {edge.name} edge" if edge.element else "edge that was given"
        said += f", {abs(off):.1f} eV {'above' if off > 0 else 'below'} the {named} ({edge.energy:g} eV)"
        if abs(off) > FAR:
            doubtful = True
            said += f": more than {FAR:g} eV, look at the element and at the calibration"
    if e0.rivals:
        others = " and ".join(f"{energy:.1f} eV" for energy in e0.rivals)
        said += f"; within the noise mu is as steep at {others}, so count longer to tell them apart"
    return Result("E0", e0.energy, e0.error, "eV", DOUBTFUL if doubtful else OK, said)


def _step(normalised: Normalised | Missing) -> Result:
    if isinstance(normalised, Missing):
        return Result("edge step", None, None, "", MISSING, _why("the edge step", normalised))
    polynomial = ("a constant", "a line", "a parabola")[normalised.degree]
    below, above = (f"{start:.0f} to {end:.0f} eV" for start, end in (normalised.below, normalised.above))
    said = (
        f"the edge step is {with_error(normalised.step, normalised.error)}, between a line through {below} and "
        f"{polynomial} through {above} from E0"
    )
    return Result("edge step", normalised.step, normalised.error, "", OK, said)


def _peak(transform: Transform | Missing) -> Iterator[Result]:
    if isinstance(transform, Missing):
        yield Result("R", None, None, "angstrom", MISSING, _why("|chi(R)|", transform))
        yield Result("chi(R)", None, None, "angstrom^-3", MISSING, "")
        return
    (r, height), (low, high) = transform.peak, transform.window
    said = (
        f"|chi(R)| is highest at R = {r:.2f} Å, {with_error(height, transform.noise)} Å⁻³ (k² chi from {low:g} to "
        f"{high:.3g} 1/Å, not corrected for phase shifts: R is shorter than the bond)"
    )
    yield Result("R", r, transform.resolution, "angstrom", OK, said)
    yield Result("chi(R)", height, transform.noise, "angstrom^-3", OK, "")
