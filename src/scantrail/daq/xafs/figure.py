"""The figures of a spectrum. Pure; `plots` draws them."""

from collections.abc import Iterator

from scantrail.daq.measured import Floats
from scantrail.daq.xafs.absorption import Absorption
from scantrail.daq.xafs.background import FineStructure
from scantrail.daq.xafs.missing import Missing
from scantrail.daq.xafs.normalised import Normalised
from scantrail.daq.xafs.spectrum import Spectrum
from scantrail.daq.xafs.transform import Transform
from scantrail.plots import Axis, Element, Figure, Line, Marker, Note, Panel, Points, numbers

NEAR = (-40.0, 120.0)
"""What is shown of the normalised mu [eV from E0]."""
FEW = 80
"""Points that are drawn one by one; more are a line."""
ENERGY = "energy"


def spectrum_figure(spectrum: Spectrum, *, title: str = "") -> Figure:
    """Return mu(E) with E0 and the curves below and above the edge, and what else there is of it.

    That is the normalised and flattened mu near the edge, k^2 chi(k) and |chi(R)|.
    """
    panels = [_mu(spectrum)]
    if isinstance(spectrum.normalised, Normalised) and isinstance(spectrum.absorption, Absorption):
        panels.append(_near(spectrum, spectrum.absorption, spectrum.normalised))
    if isinstance(spectrum.structure, FineStructure) and isinstance(spectrum.transform, Transform):
        panels += [_chi(spectrum.structure), _distances(spectrum.transform)]
    return Figure(tuple(panels), title, columns=2 if len(panels) > 2 else 1)


def mu_figure(spectrum: Spectrum, *, title: str = "") -> Figure:
    """Return mu(E) alone with E0: what a scan shows while it runs."""
    return Figure((_mu(spectrum),), title)


def _mu(spectrum: Spectrum) -> Panel:
    found = spectrum.absorption
    if isinstance(found, Missing):
        note = Note(f"mu is not available: {found.reason}", warning=True)
        return Panel(Axis(ENERGY, "eV"), Axis("mu"), (note,))
    return Panel(Axis(ENERGY, "eV"), Axis(f"mu = {found.formula}"), tuple(_mu_elements(spectrum, found)))


def _mu_elements(spectrum: Spectrum, found: Absorption) -> Iterator[Element]:
    yield from _curve(found.energy, found.mu, "measured")
    if isinstance(spectrum.e0, Missing):
        yield Note(f"E0 is not available: {spectrum.e0.reason}", warning=True)
        return
    e0 = spectrum.e0.energy
    if isinstance(spectrum.normalised, Normalised):
        below, above = found.energy <= e0, found.energy >= e0
        x, y = found.energy[below], spectrum.normalised.pre_edge[below]
        yield Line(numbers(x), numbers(y), "line below the edge", "vermilion", "dashed")
        x, y = found.energy[above], spectrum.normalised.post_edge[above]
        yield Line(numbers(x), numbers(y), "curve above the edge", "green", "dashed")
    yield Marker(e0, label=f"E0 {e0:.1f} eV", colour="ink", stroke="dotted")


def _curve(x: Floats, y: Floats, label: str) -> Iterator[Element]:
    """A line through the points, and the points themselves where they do not run into each other."""
    few = len(x) <= FEW
    yield Line(numbers(x), numbers(y), "" if few else label, "blue")
    if few:
        yield Points(numbers(x), numbers(y), label=label, colour="blue")


def _near(spectrum: Spectrum, found: Absorption, normalised: Normalised) -> Panel:
    e0 = _e0(spectrum)
    shown = (found.energy >= e0 + NEAR[0]) & (found.energy <= e0 + NEAR[1])
    x = found.energy[shown]
    elements: list[Element] = [Marker(1.0, "y", colour="grey", stroke="dotted")]
    if spectrum.edge is not None:
        named = f"{spectrum.edge.element} {spectrum.edge.name} tabulated" if spectrum.edge.element else "edge as given"
        label = f"{named} {spectrum.edge.energy:g} eV"
        elements.append(Marker(spectrum.edge.energy, label=label, colour="amber", stroke="dashed"))
    elements.append(Line(numbers(x), numbers(normalised.norm[shown]), "normalised", "grey", "dashed"))
    elements += _curve(x, normalised.flat[shown], "flattened")
    elements.append(Marker(e0, colour="ink", stroke="dotted"))
    return Panel(Axis(ENERGY, "eV"), Axis("normalised mu"), tuple(elements))


def _chi(structure: FineStructure) -> Panel:
    weighted = numbers(structure.k**2 * structure.chi)
    elements = (Marker(0.0, "y", colour="grey", stroke="dotted"), Line(numbers(structure.k), weighted, colour="blue"))
    return Panel(Axis("k", "1/Å"), Axis("k² chi(k)", "Å⁻²"), elements)


def _distances(transform: Transform) -> Panel:
    elements = (
        Line(numbers(transform.r), numbers(transform.magnitude), colour="blue"),
        Marker(transform.peak[0], text=f"{transform.peak[0]:.2f} Å", colour="grey", stroke="dotted"),
    )
    return Panel(Axis("R, not corrected for phase", "Å"), Axis("|chi(R)|", "Å⁻³"), elements)


def _e0(spectrum: Spectrum) -> float:
    return float("nan") if isinstance(spectrum.e0, Missing) else spectrum.e0.energy
