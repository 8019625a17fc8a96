import numpy as np
import pytest
from edges import FE_K, OPTICS, energies, foil, of_mu, scan, step
from hypothesis import given
from hypothesis import strategies as st

from scantrail.daq import Edge, judge_spectrum

TRUE_E0 = OPTICS.truth()["edge"]


@given(st.floats(7105, 7120), st.floats(0.05, 4), st.floats(1.0, 3.0))
def test_an_arctangent_is_steepest_in_its_middle(at: float, height: float, width: float) -> None:
    energy = energies()
    spectrum = judge_spectrum(of_mu(energy, step(energy, at, height, width)))
    assert spectrum.e0.energy == pytest.approx(at, abs=0.1)
    assert abs(spectrum.e0.energy - at) < 3.0 * spectrum.e0.error + 0.02


@pytest.mark.parametrize("detectors", [("I0", "IT"), ("I0", "IF")])
def test_errors_cover_the_noise_of_counting(detectors: tuple[str, ...]) -> None:
    energy = energies()
    dwell = 0.3 if "IT" in detectors else 1.0
    found = [judge_spectrum(foil(energy, dwell, seed, detectors=detectors)).e0 for seed in range(40)]
    off = np.array([(e0.energy - TRUE_E0) / e0.error for e0 in found])
    assert np.mean(np.abs(off) < 2.0) > 0.8
    assert np.abs(off).max() < 4.0
    assert max(abs(e0.energy - TRUE_E0) for e0 in found) < 0.5


def test_more_light_makes_smaller_errors() -> None:
    energy = energies()
    errors = [judge_spectrum(foil(energy, dwell)).e0.error for dwell in (0.05, 0.5, 50.0)]
    assert errors == sorted(errors, reverse=True)


def test_two_slopes_alike_within_the_noise_are_told() -> None:
    spectrum = judge_spectrum(foil(energies(), 0.03))
    (rival,) = spectrum.e0.rivals
    assert rival == pytest.approx(7119.3, abs=1.0)
    assert not spectrum.answered
    assert spectrum.results[0].status == "doubtful"
    assert "within the noise mu is as steep at 7119" in spectrum.sentences[0]
    assert judge_spectrum(foil(energies(), 10.0)).e0.rivals == ()


def test_of_slopes_alike_the_one_that_is_expected_is_taken() -> None:
    energy = energies()
    mu = step(energy, 7100.0) + step(energy, 7125.0)
    noise = np.random.default_rng(3).normal(0.0, 0.01, len(energy))
    for expected, other in ((7100.0, 7125.0), (7125.0, 7100.0)):
        spectrum = judge_spectrum(of_mu(energy, mu + noise, edge=Edge("", "", expected)))
        assert spectrum.e0.energy == pytest.approx(expected, abs=0.6)
        assert spectrum.e0.rivals == (pytest.approx(other, abs=0.6),)


def test_an_edge_far_from_the_table_is_doubted() -> None:
    energy = energies()
    spectrum = judge_spectrum(of_mu(energy, step(energy, 7060.0, width=8.0)))
    assert not spectrum.answered
    assert "eV below the tabulated Fe K edge (7112 eV): more than 20 eV" in spectrum.sentences[0]
    assert "look at the element and at the calibration" in spectrum.sentences[0]
    unknown = judge_spectrum(of_mu(energy, step(energy), edge=None))
    assert unknown.answered
    assert "edge" not in unknown.sentences[0]
    chosen = judge_spectrum(of_mu(energy, step(energy), edge=Edge("", "", 7110.0)))
    assert "2.0 eV above the edge that was given (7110 eV)" in chosen.sentences[0]
    assert judge_spectrum(of_mu(energy, step(energy), edge=Edge("Xx", "K", 7110.0))).edge == Edge("Xx", "K", 7110.0)


# --- what is no edge --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slope", [0.0, -1e-3, 1e-3])
def test_noise_is_no_edge(slope: float) -> None:
    energy = energies()
    false = 0
    for seed in range(50):
        noise = np.random.default_rng(seed).normal(0.0, 0.01, len(energy))
        spectrum = judge_spectrum(of_mu(energy, 1.0 + slope * (energy - 7112.0) + noise))
        false += spectrum.results[0].value is not None
        assert not spectrum.answered or false
    assert false <= 1


@pytest.mark.parametrize("mu", [0.0, 1.0])
def test_no_slope_at_all_is_no_edge(mu: float) -> None:
    spectrum = judge_spectrum(of_mu(energies(), np.full(311, mu)))
    assert spectrum.sentences[0] == "E0 is not available: mu does not rise anywhere by more than its noise"
    assert [result.value for result in spectrum.results] == [None] * 4
    assert len(spectrum.sentences) == 1  # what hangs on it needs no words


@pytest.mark.parametrize("count", range(0, 311, 10))
def test_a_scan_that_is_not_at_its_end_is_judged_as_far_as_it_goes(count: int) -> None:
    energy = energies()[:count]
    spectrum = judge_spectrum(foil(energy, 10.0))
    if count < 8:
        assert "points with mu; an edge needs 8" in spectrum.sentences[0]
    elif count > 80:
        assert spectrum.e0.energy == pytest.approx(TRUE_E0, abs=0.3)
    elif spectrum.results[0].value is None:
        assert "where the scan ends" in spectrum.sentences[0] or "by more than its noise" in spectrum.sentences[0]


def test_a_scan_that_ends_in_the_edge_says_so() -> None:
    energy = energies("-50:0:0.5")
    spectrum = judge_spectrum(of_mu(energy, step(energy)))
    assert spectrum.sentences[0] == "E0 is not available: mu rises most steeply at 7112 eV, where the scan ends"


def test_without_mu_there_is_nothing() -> None:
    spectrum = judge_spectrum(scan(energies(), FE_K))
    assert spectrum.sentences[0] == (
        "E0 is not available: the scan has no i0 with an itrans or ifluor, nor a column of mu"
    )
    assert not spectrum.answered


@given(st.lists(st.tuples(st.floats(1, 1e5), st.floats(allow_nan=True)), max_size=40), st.booleans())
def test_any_numbers_are_judged_or_not_available(points: list[tuple[float, float]], known: bool) -> None:
    energy, mu = (np.array(column, dtype=float) for column in zip(*points, strict=True)) if points else ([], [])
    with np.errstate(all="ignore"):
        spectrum = judge_spectrum(of_mu(np.array(energy), np.array(mu), edge=FE_K if known else None))
    assert len(spectrum.results) == 4
    assert all((result.value is None) == (result.status == "not available") for result in spectrum.results)
