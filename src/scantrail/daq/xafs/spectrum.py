"""An absorption spectrum, judged: E0, edge step, normalised mu(E), and a quick look at the fine structure."""

from dataclasses import dataclass

from scantrail.daq.measured import Edge, Measured
from scantrail.daq.plans.xafs_edges import edge_named
from scantrail.daq.xafs.absorption import Absorption, absorptions
from scantrail.daq.xafs.background import R_BACKGROUND, FineStructure, fine_structure
from scantrail.daq.xafs.edge import EdgeEnergy, find_e0
from scantrail.daq.xafs.missing import Missing
from scantrail.daq.xafs.normalised import Normalised, normalise
from scantrail.daq.xafs.transform import Transform, transformed
from scantrail.errors import InputError
from scantrail.runs import Result

NO_MU = Missing("the scan has no i0 with an itrans or ifluor, nor a column of mu")
DEPENDENT = Missing()


@dataclass(frozen=True, slots=True)
class Spectrum:
    """What a scan over an absorption edge shows; each part, or why it is missing.

    edge: the one that was meant, with its tabulated energy, or the chosen one if it has no name; None if nobody said.
    """

    title: str
    edge: Edge | None
    absorption: Absorption | Missing
    e0: EdgeEnergy | Missing
    normalised: Normalised | Missing
    structure: FineStructure | Missing
    transform: Transform | Missing

    @property
    def results(self) -> list[Result]:
        """The numbers with their errors, or why they are not available."""
        from scantrail.daq.xafs.words import results_of

        return list(results_of(self))

    @property
    def sentences(self) -> list[str]:
        """What was found, for the user."""
        return [result.sentence for result in self.results if result.sentence]

    @property
    def answered(self) -> bool:
        """Whether E0 and the edge step may be relied on."""
        return all(result.status == "OK" for result in self.results[:2])

    @property
    def notes(self) -> tuple[str, ...]:
        """What makes the spectrum doubtful, a sentence each."""
        return () if isinstance(self.absorption, Missing) else self.absorption.notes


def judge_spectrum(measured: Measured) -> Spectrum:
    """Judge what was measured so far over an absorption edge; what cannot be told is Missing, with its reason.

    Of transmission and fluorescence the first that shows an edge is taken, transmission before fluorescence.
    """
    edge = _tabulated(measured.edge)
    near = None if edge is None else edge.energy
    tried = [(spectrum, find_e0(spectrum, near)) for spectrum in absorptions(measured)]
    if not tried:
        return Spectrum(measured.title, edge, NO_MU, NO_MU, DEPENDENT, DEPENDENT, DEPENDENT)
    spectrum, e0 = next((one for one in tried if isinstance(one[1], EdgeEnergy)), tried[0])
    if isinstance(e0, Missing):
        return Spectrum(measured.title, edge, spectrum, e0, DEPENDENT, DEPENDENT, DEPENDENT)
    normalised = normalise(spectrum, e0.energy)
    if isinstance(normalised, Missing):
        return Spectrum(measured.title, edge, spectrum, e0, normalised, DEPENDENT, DEPENDENT)
    structure = fine_structure(spectrum, e0.energy, normalised.step)
    transform = structure if isinstance(structure, Missing) else transformed(structure.k, structure.chi, R_BACKGROUND)
    return Spectrum(measured.title, edge, spectrum, e0, normalised, structure, transform)


def _tabulated(edge: Edge | None) -> Edge | None:
    """Return the edge with its tabulated energy; one that the table does not know as it is."""
    if edge is None or not edge.element:
        return edge
    try:
        return edge_named(f"{edge.element} {edge.name}")
    except InputError:  # of a file of others
        return edge
