"""The colours of the house by name, on white and on a dark page."""

from dataclasses import dataclass

from scantrail.plots.model import Colour

PALETTE: dict[Colour, str] = {
    "ink": "#262626",
    "grey": "#8a8a8a",
    "blue": "#0072b2",
    "vermilion": "#d55e00",
    "green": "#009e73",
    "purple": "#b5578f",
    "sky": "#56b4e9",
    "amber": "#e69f00",
}
ON_DARK: dict[Colour, str] = {
    "ink": "#e6e6e6",
    "grey": "#9b9b9b",
    "blue": "#56a5e0",
    "vermilion": "#f08a4b",
    "green": "#35c79a",
    "purple": "#d98fbb",
    "sky": "#8ccdf4",
    "amber": "#f2b94b",
}
HOLE = "#e4e4e4"
"""Behind a map, where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Inks:
    """All colours of a figure: of elements by name, of text, frame and grid, behind a map."""

    palette: dict[Colour, str]
    text: str
    frame: str
    grid: str
    hole: str


LIGHT = Inks(PALETTE, "#33383d", "#b4b9be", "#e9ebed", HOLE)
DARK = Inks(ON_DARK, "#c9ced3", "#5a6168", "#2c3238", "#3a3f45")
