"""Real spectra against what Larch finds in them."""

import pytest
from spectra import EXPECTED, measured

from scantrail.daq import Spectrum, judge_spectrum


@pytest.fixture(scope="module", params=sorted(EXPECTED))
def judged(request: pytest.FixtureRequest) -> tuple[Spectrum, dict]:
    return judge_spectrum(measured(request.param)), EXPECTED[request.param]


def value(spectrum: Spectrum, name: str) -> float:
    (found,) = [result for result in spectrum.results if result.name == name]
    assert found.status == "OK", found.sentence
    return found.value


def test_e0(judged):
    assert value(judged[0], "E0") == pytest.approx(judged[1]["e0"], abs=0.2)


def test_edge_step(judged):
    spectrum, told = judged
    assert value(spectrum, "edge step") == pytest.approx(told["edge_step"], rel=0.0025)
    assert spectrum.normalised.degree == told["nnorm"]


def test_the_fine_structure(judged):
    spectrum, told = judged
    assert value(spectrum, "chi(R)") == pytest.approx(told["FT_peak"], rel=0.04)
    assert value(spectrum, "R") == pytest.approx(told["Rpeak"], abs=0.031)
    assert spectrum.transform.window == (2.0, pytest.approx(told["ftkmax"], abs=0.05))


def test_it_answers_in_words(judged):
    spectrum, told = judged
    assert spectrum.answered
    assert spectrum.notes == ()
    e0, step, chi = spectrum.sentences
    assert f"the tabulated {told['element']} {told['edge']} edge ({told['tabulated_edge']:g} eV)" in e0
    assert step.startswith("the edge step is ")
    assert "not corrected for phase shifts" in chi


def test_the_normalised_spectrum_runs_from_0_to_1(judged):
    spectrum, _ = judged
    found = spectrum.normalised
    assert abs(found.norm[:5]).max() < 0.01
    assert found.flat[-40:].mean() == pytest.approx(1.0, abs=0.01)
    below = spectrum.absorption.energy < spectrum.e0.energy
    assert (found.flat[below] == found.norm[below]).all()
