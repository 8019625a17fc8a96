from collections.abc import Callable

import pytest

from scantrail.plots import Axis, Band, Figure, Image, Line, Marker, Note, Panel, Points, numbers

X, Y = Axis("threshold", "DAC"), Axis("rate", "events/s", "log")


def panel(title: str, shift: float = 0.0) -> Panel:
    x = numbers([260 + shift, 270 + shift, 280 + shift, 290 + shift])
    return Panel(
        X,
        Y,
        (
            Band(278.0 + shift, 282.0 + shift, label="recommended, 68 %"),
            Line(x, numbers([60, 50, 5, 0.5]), "fit", "grey"),
            Line(x, numbers([60, 50, 5, 1e-30]), "noise edge", "vermilion", "dashed"),
            Points(x[:3], numbers([61, 48, 5.5]), numbers([55, 43, 4]), numbers([67, 54, 7]), label="counted"),
            Points(x[3:], (None,), (None,), (3.0,), (True,), label="upper limit"),
            Marker(280.0 + shift, text="set 280"),
            Marker(100.0, "y", "link ceiling", colour="grey", stroke="dotted"),
            Note("LOW STAT: count 55 s a point, for a sentence of some length that has to be folded.", warning=True),
        ),
        title,
    )


@pytest.fixture
def stacked() -> Callable[[int], Figure]:
    def make(panels: int, columns: int = 1) -> Figure:
        return Figure(tuple(panel(f"ch{i + 1}") for i in range(panels)), "run 12", True, columns)

    return make


@pytest.fixture
def chart() -> Figure:
    rows = tuple(numbers([i + j if (i + j) % 7 else float("nan") for j in range(12)]) for i in range(5))
    return Figure((Panel(Axis("column"), Axis("row"), (Image(rows, Axis("threshold", "DAC")),)),), "a map")
