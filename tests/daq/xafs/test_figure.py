import numpy as np
import pytest
from edges import FE_K, energies, foil, of_mu, scan, step

from scantrail.daq import judge_spectrum, mu_figure, spectrum_figure
from scantrail.plots import Figure, terminal


def labels(figure: Figure) -> list[str]:
    return [label for panel in figure.panels for element in panel.elements if (label := getattr(element, "label", ""))]


def test_a_whole_spectrum_has_four_panels():
    figure = spectrum_figure(judge_spectrum(foil(energies(), 10.0)), title="run 7")
    assert (len(figure.panels), figure.columns, figure.title) == (4, 2, "run 7")
    assert [panel.y.text for panel in figure.panels] == [
        "mu = ln(I0 / IT)",
        "normalised mu",
        "k² chi(k) [Å⁻²]",
        "|chi(R)| [Å⁻³]",
    ]
    assert "E0 7110.9 eV" in labels(figure)
    assert "Fe K tabulated 7112 eV" in labels(figure)


def test_a_short_scan_has_what_it_can():
    energy = energies("-150:-20:5", "-20:30:0.5")
    assert len(spectrum_figure(judge_spectrum(foil(energy, 10.0))).panels) == 2
    figure = spectrum_figure(judge_spectrum(foil(energy[:60], 10.0)))
    assert len(figure.panels) == 1
    assert any(getattr(element, "warning", False) for element in figure.panels[0].elements)


def test_while_it_runs_there_is_mu_alone():
    figure = mu_figure(judge_spectrum(foil(energies(), 10.0)))
    assert len(figure.panels) == 1
    assert "E0 7110.9 eV" in labels(figure)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 60, 100])
def test_any_part_of_a_scan_can_be_drawn(count):
    spectrum = judge_spectrum(foil(energies()[:count], 1.0))
    for figure in (mu_figure(spectrum), spectrum_figure(spectrum)):
        assert "energy" in terminal(figure, 80, 24, colour=False)


def test_a_scan_without_mu_says_so():
    figure = spectrum_figure(judge_spectrum(scan(energies(), FE_K)))
    assert "no i0 with an itrans" in figure.panels[0].elements[0].text


def test_an_edge_without_a_name_is_drawn_as_given():
    energy = energies()
    figure = spectrum_figure(judge_spectrum(of_mu(energy, step(energy), edge=None)))
    assert not any("tabulated" in label or "given" in label for label in labels(figure))
    assert np.isfinite(figure.panels[0].elements[0].x[0])
