"""Labels: a QR code of a component's id with the id beneath it, as a PNG."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scantrail.errors import InputError, OutputError, Refused
from scantrail.tracker.lookup import find
from scantrail.tracker.store import Database

if TYPE_CHECKING:
    import numpy as np

DPI = 300
MODULE = 8
"""Pixels of one dark or light square: 0.7 mm on paper."""

_QUIET = 4
"""Squares of white around the code, which readers need."""
_SIZES = (10.0, 9.0, 8.0, 7.0, 6.0)
"""Of the letters [points]: the largest at which the id fits on a line, else the smallest, on several."""
_LINE = 1.3
"""Height of a line over that of its letters."""


def write_labels(database: Database, components: Sequence[str], target: Path | None = None) -> list[Path]:
    """Write a label of each component, and return their files; nothing is written if one of them exists.

    target: the file of one label, which ends in .png, or the directory of several; `<ID>.png` here if not given.
    Raises ComponentNotFound, InputError, Refused, OutputError.
    """
    with database.read() as connection:
        ids = list(dict.fromkeys(str(find(connection, component).id) for component in components))
    paths = _paths(ids, target)
    if taken := next((path for path in paths if path.exists()), None):
        raise Refused(f"{taken} exists; a label never overwrites, name another place with --output")
    written: list[Path] = []
    try:
        for component, path in zip(ids, paths, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                written.append(path)
                file.write(label(component))
    except BaseException as error:
        for path in written:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(f"no labels were written: {path} cannot be: {error.strerror}") from error
        raise
    return paths


def label(component: str) -> bytes:
    """Return the PNG of a label: black on white, 300 dots per inch."""
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    code = _code(component)
    height, width = code.shape
    png = io.BytesIO()
    with warnings.catch_warnings():
        # a letter that the font lacks is drawn as a box; the code holds it all the same
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        size, lines = _broken(component, 0.96 * width)
        line = size * _LINE * DPI / 72
        below = round(line * (len(lines) + 0.5))
        figure = Figure(figsize=(width / DPI, (height + below) / DPI), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        figure.figimage(code, 0, below, cmap="gray", vmin=0, vmax=1, origin="upper")
        for number, part in enumerate(lines):
            y = (below - line * (number + 0.5)) / (height + below)
            figure.text(0.5, y, part, size=size, ha="center", va="center", parse_math=False)
        figure.savefig(png, format="png", dpi=DPI)
    return png.getvalue()


def _code(component: str) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """The code as pixels, 1 for white."""
    import numpy as np
    import segno

    # other letters need a code that says its encoding, or readers guess
    encoding = None if component.isascii() else "utf-8"
    code = segno.make(component, error="m", micro=False, encoding=encoding, eci=encoding is not None)
    squares = np.array([list(row) for row in code.matrix_iter(border=_QUIET)], dtype=np.uint8)
    pixels = np.repeat(np.repeat(squares, MODULE, axis=0), MODULE, axis=1)
    return 1 - pixels


def _broken(text: str, width: float) -> tuple[float, list[str]]:
    """Return the size of the letters [points] and the lines of a text that is to be this wide at most [pixels]."""
    from matplotlib.textpath import TextPath

    plain = text.replace("$", r"\$")  # or it is read as a formula
    for size in _SIZES:
        needed = TextPath((0, 0), plain, size=size, usetex=False).get_extents().width * DPI / 72
        if needed <= width:
            return size, [text]
    each = max(1, int(len(text) * width / needed))
    return size, [text[first : first + each] for first in range(0, len(text), each)]


def _paths(ids: Sequence[str], target: Path | None) -> list[Path]:
    if target is not None and target.suffix.lower() == ".png" and not target.is_dir():
        if len(ids) > 1:
            raise InputError(f"{target} is one file for {len(ids)} labels; name a directory")
        return [target]
    directory = target if target is not None else Path()
    if directory.exists() and not directory.is_dir():
        raise InputError(f"{directory} is neither a directory nor a file that ends in .png")
    return [directory / f"{component}.png" for component in ids]
