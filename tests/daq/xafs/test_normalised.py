import numpy as np
import pytest
from edges import energies, foil, of_mu, step
from hypothesis import given
from hypothesis import strategies as st

from scantrail.daq import judge_spectrum
from scantrail.daq.xafs.absorption import Absorption
from scantrail.daq.xafs.missing import Missing
from scantrail.daq.xafs.normalised import normalise


def judged(energy, mu):
    return judge_spectrum(of_mu(energy, mu))


@given(st.floats(0.05, 5), st.floats(-1, 2))
def test_the_step_of_an_edge_is_found_on_any_background(height: float, offset: float) -> None:
    energy = energies()
    found = judged(energy, offset + step(energy, height=height, width=0.5)).normalised
    assert found.step == pytest.approx(height, rel=0.02)
    assert abs(found.step - height) < 3.0 * found.error + 0.005 * height
    np.testing.assert_allclose(found.flat[-100:], 1.0, atol=0.01)
    np.testing.assert_allclose(found.norm[:20], 0.0, atol=0.02)


@pytest.mark.parametrize(
    ("regions", "degree"),
    [
        (("-150:-20:5", "-20:30:0.5", "30:350:5"), 2),
        (("-150:-20:5", "-20:150:0.5"), 1),
        (("-60:-20:2", "-20:40:0.5"), 0),
    ],
)
def test_the_shorter_the_scan_the_plainer_the_curve(regions: tuple[str, ...], degree: int) -> None:
    energy = energies(*regions)
    found = judged(energy, step(energy, width=0.5))
    assert found.normalised.degree == degree
    assert found.normalised.step == pytest.approx(1.0, rel=0.05)
    assert ("a constant", "a line", "a parabola")[degree] in found.sentences[1]


def test_ranges_that_a_scan_has_not_are_told() -> None:
    energy = energies("-3:30:0.5", "30:12k:0.05k")
    assert judged(energy, step(energy)).sentences[1] == (
        "the edge step is not available: fewer than 3 points well below the edge"
    )
    energy = energies("-150:-20:5", "-20:4:0.5")
    assert judged(energy, step(energy)).sentences[1:] == [
        "the edge step is not available: fewer than 5 points above the edge"
    ]


def test_the_error_is_that_of_counting_at_least() -> None:
    steps = [judge_spectrum(foil(energies(), 0.1, seed)).normalised for seed in range(30)]
    spread = np.std([one.step for one in steps])
    assert np.median([one.error for one in steps]) > 0.7 * spread


def test_a_step_that_noise_hides_is_none() -> None:
    energy = energies()
    mu = step(energy, width=0.5)
    found = normalise(Absorption(energy, mu, np.where(np.abs(energy - 7112.0) < 20.0, 1e-3, 3.0), "mu"), 7112.0)
    assert isinstance(found, Missing)
    assert found.reason.startswith("mu rises by 0.99 at the edge, with an error of ")
