"""The gallery: every figure of Scantrail, drawn when the documentation is built, and the directive that lists them.

A figure joins it by an entry in PICTURES. Pages show a picture as `![...](../pictures/NAME.png)`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import beamline
import detector
import spectra
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from scantrail.plots import Figure, save, terminal

PLACE = "pictures"
WIDTH, HEIGHT = 78, 26
"""Columns and lines of a figure in the terminal."""


class Picture(NamedTuple):
    """A figure of the gallery. name: of its file, without .png; command: what draws it for a run of one's own."""

    name: str
    title: str
    caption: str
    command: str
    draw: Callable[[], Figure]
    in_terminal: bool = False


PICTURES = (
    Picture(
        "threshold_scan",
        "A threshold scan",
        "Rate against threshold for each channel, the fitted noise edge falling onto its plateau, and the threshold to "
        "set with its error.",
        "scantrail runs plot RUN",
        detector.threshold_scan,
    ),
    Picture(
        "component_trend",
        "The trail of a component",
        "The threshold of each channel from the component's label and from every scan that judged it, with errors, "
        "verdicts and the limits that were in force.",
        "svt plot ID trend threshold",
        detector.component_trend,
        in_terminal=True,
    ),
    Picture(
        "line_scan",
        "A scan of one motor",
        "Readings against position, one detector a panel, with the highest point, the raw centroid and the full width "
        "at half maximum; above each panel what it says. The last one is a derived column.",
        "scantrail runs plot RUN",
        beamline.line_scan,
        in_terminal=True,
    ),
    Picture(
        "knife_edge",
        "A knife edge",
        "The error function of a beam that an edge cuts, fitted to the readings: the position of the edge, and the "
        "width of the beam.",
        "scantrail runs plot RUN",
        beamline.knife_edge,
    ),
    Picture(
        "scans_compared",
        "Scans over each other",
        "Several scans of one motor, a colour for each.",
        "scantrail runs compare RUN RUN",
        beamline.scans_compared,
    ),
    Picture(
        "mesh",
        "A mesh",
        "A map of each detector in the coordinates of the stage, with the highest point and the centroid of the spot.",
        "scantrail runs plot RUN",
        beamline.mesh,
        in_terminal=True,
    ),
    Picture(
        "aborted_mesh",
        "A mesh that was stopped",
        "What was not measured stays a hole. So it looks, too, while a mesh fills.",
        "scantrail scan mesh … --plot",
        beamline.aborted_mesh,
    ),
    Picture(
        "time_scan",
        "Readings in time",
        "Readings with their mean; above them how far they scatter, and whether they drift, here with the ring "
        "current.",
        "scantrail runs plot RUN",
        beamline.time_scan,
    ),
    Picture(
        "absorption_edge",
        "An absorption edge",
        "mu(E) with E0 and the curves below and above the edge, its normalised part, the fine structure and what it "
        "is made of.",
        "scantrail runs plot RUN",
        spectra.absorption_edge,
    ),
)


def make_pictures(app: Sphinx) -> None:
    """Write every picture to docs/pictures/ that is not there yet."""
    place = Path(app.srcdir) / PLACE
    place.mkdir(exist_ok=True)
    for picture in PICTURES:
        if not (path := place / f"{picture.name}.png").exists():
            save(picture.draw(), path)


class Gallery(SphinxDirective):
    """`{gallery}` lists all pictures, a section each."""

    def run(self) -> list[nodes.Node]:
        return [self.section(picture) for picture in PICTURES]

    def section(self, picture: Picture) -> nodes.section:
        section = nodes.section(ids=[nodes.make_id(picture.name)], names=[picture.name])
        section += nodes.title(picture.title, picture.title)
        section += nodes.paragraph(picture.caption, picture.caption)
        section += nodes.image(uri=f"{PLACE}/{picture.name}.png", alt=picture.caption)
        section += nodes.literal_block(picture.command, picture.command, language="text")
        if picture.in_terminal:
            said = "Without an output file it is drawn in the terminal:"
            section += nodes.paragraph(said, said)
            text = terminal(picture.draw(), WIDTH, HEIGHT, colour=False)
            section += nodes.literal_block(text, text, language="text")
        return section


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register with Sphinx."""
    app.connect("builder-inited", make_pictures)
    app.add_directive("gallery", Gallery)
    return {"version": "1", "parallel_read_safe": True}
