import numpy as np
import pytest
from edges import energies, foil, of_mu, step
from hypothesis import given
from hypothesis import strategies as st

from scantrail.daq import judge_spectrum

E0 = 7112.0


def wiggling(energy: np.ndarray, r: float, amplitude: float = 0.4) -> np.ndarray:
    """An edge with the fine structure of one distance: chi k^2 = amplitude sin(2 k r) exp(-k^2 / 50)."""
    k = np.sqrt(0.26246842 * np.clip(energy - E0, 0.0, None))
    chi = amplitude * np.sin(2.0 * k * r) * np.exp(-(k**2) / 50.0) / np.maximum(k, 2.0) ** 2
    return step(energy, E0, width=0.4) + chi * (k > 0)


@given(st.floats(1.6, 4.5))
def test_the_peak_is_at_the_distance_of_a_single_wiggle(r: float) -> None:
    energy = energies("-150:-20:5", "-20:30:0.5", "30:14k:0.05k")
    spectrum = judge_spectrum(of_mu(energy, wiggling(energy, r)))
    assert spectrum.transform.peak[0] == pytest.approx(r, abs=0.08)


def test_its_height_is_that_of_the_integral() -> None:
    energy = energies("-150:-20:5", "-20:30:0.5", "30:14k:0.05k")
    spectrum = judge_spectrum(of_mu(energy, wiggling(energy, 2.5)))
    k = np.linspace(2.0, 12.0, 2000)
    envelope = 0.4 * np.exp(-(k**2) / 50.0)
    assert spectrum.transform.peak[1] == pytest.approx(np.trapezoid(envelope, k) / (2.0 * np.sqrt(np.pi)), rel=0.06)


def test_a_smooth_background_leaves_nothing() -> None:
    energy = energies()
    bent = step(energy, width=0.4) + 0.2 * np.sin((energy - 6900.0) / 400.0)
    plain = judge_spectrum(of_mu(energy, wiggling(energy, 2.5))).transform
    smooth = judge_spectrum(of_mu(energy, bent)).transform
    assert smooth.magnitude[smooth.r > 1.2].max() < 0.1 * plain.peak[1]


@pytest.mark.parametrize(
    ("regions", "said"),
    [
        (("-150:-20:5", "-20:30:0.5", "30:6k:0.05k"), "the scan does not reach 6.5 1/Å"),
        (("-150:-20:5", "-20:30:0.5", "30:12k:0.4k"), "points are more than 0.25 1/Å apart"),
    ],
)
def test_a_scan_that_cannot_tell_says_so(regions: tuple[str, ...], said: str) -> None:
    energy = energies(*regions)
    spectrum = judge_spectrum(of_mu(energy, wiggling(energy, 2.5)))
    assert spectrum.answered
    assert spectrum.sentences[2] == f"|chi(R)| is not available: {said}"


def test_the_noise_falls_with_the_light() -> None:
    noises = [judge_spectrum(foil(energies(), dwell)).transform.noise for dwell in (0.3, 3.0, 30.0)]
    assert noises[0] / noises[1] == pytest.approx(np.sqrt(10.0), rel=0.4)
    assert noises[1] / noises[2] == pytest.approx(np.sqrt(10.0), rel=0.4)
