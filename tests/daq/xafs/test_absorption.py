from dataclasses import replace

import numpy as np
import pytest
from edges import FE_K, energies, foil, of_mu, scan, step

from scantrail.daq import Quantity, judge_spectrum
from scantrail.daq.xafs.absorption import Absorption, absorptions

ENERGY = np.array([7100.0, 7110.0, 7120.0])


def quantity(role: str, values: list[float], **more: object) -> Quantity:
    return Quantity(role, "counts", role, np.array(values, dtype=float), **more)


def only(measured: object) -> Absorption:
    (found,) = absorptions(measured)
    return found


def test_transmission_less_the_dark_readings():
    i0 = quantity("i0", [110.0, 210.0, 310.0], dark=np.full(3, 10.0))
    it = quantity("itrans", [55.0, 55.0, 55.0], dark=np.full(3, 5.0))
    found = only(scan(ENERGY, i0=i0, it=it))
    np.testing.assert_allclose(found.mu, np.log([2.0, 4.0, 6.0]))
    np.testing.assert_allclose(
        found.sigma, np.sqrt([110 / 100**2 + 55 / 50**2, 210 / 200**2 + 55 / 50**2, 310 / 300**2 + 55 / 50**2])
    )
    assert found.formula == "ln(I0 / IT)"


def test_fluorescence_below_its_dark_reading_is_kept():
    fluorescence = quantity("ifluor", [4.0, 30.0, 105.0], dark=np.full(3, 5.0))
    found = only(scan(ENERGY, i0=quantity("i0", [100.0, 100.0, 200.0]), f=fluorescence))
    np.testing.assert_allclose(found.mu, [-0.01, 0.25, 0.5])
    np.testing.assert_allclose(
        found.sigma,
        np.hypot([0.02, np.sqrt(30) / 100, np.sqrt(105) / 200], found.mu * np.sqrt([1 / 100, 1 / 100, 1 / 200])),
    )


def test_rates_have_an_error_where_the_dwell_is_known_and_other_units_none():
    measured = foil(ENERGY, 2.0)
    assert only(measured).sigma is not None
    assert only(replace(measured, dwell=None)).sigma is None
    volts = tuple(replace(one, unit="V") for one in measured.detectors)
    assert only(replace(measured, detectors=volts)).sigma is None


def test_points_without_light_are_left_out_and_told():
    i0 = quantity("i0", [100.0, 0.0, np.nan])
    found = only(scan(ENERGY, i0=i0, it=quantity("itrans", [50.0, 50.0, 50.0])))
    assert found.energy.tolist() == [7100.0]
    assert found.notes == ("2 of 3 points have no mu: a reading is missing, or not above its dark one",)


def test_a_detector_at_its_ceiling_is_told():
    i0 = quantity("i0", [100.0, 500.0, 500.0], ceiling=500.0)
    found = only(scan(ENERGY, i0=i0, it=quantity("itrans", [50.0, 50.0, 50.0])))
    assert found.notes == ("i0 was at its ceiling of 500 at 2 points, so that mu is not true there",)


def test_passes_are_averaged_whatever_their_order():
    energy = np.array([7120.0, 7110.0, 7100.0] * 2)
    i0, it = quantity("i0", [300.0, 200.0, 100.0] * 2), quantity("itrans", [50.0] * 6)
    once = only(scan(ENERGY, i0=quantity("i0", [100.0, 200.0, 300.0]), it=quantity("itrans", [50.0] * 3)))
    twice = only(scan(energy, i0=i0, it=it))
    assert twice.energy.tolist() == ENERGY.tolist()
    np.testing.assert_allclose(twice.mu, once.mu)
    np.testing.assert_allclose(twice.sigma, once.sigma / np.sqrt(2.0))


def test_passes_that_differ_in_the_last_digits_are_one():
    energy = energies()
    twice = np.concatenate([energy, energy + 3e-3])
    noise = np.random.default_rng(1).normal(0.0, 1e-3, len(twice))
    spectrum = judge_spectrum(of_mu(twice, step(twice) + noise))
    assert len(spectrum.absorption) == len(energy)
    assert spectrum.e0.energy == pytest.approx(7112.0, abs=0.2)
    assert spectrum.transform.noise < 0.05


def test_four_passes_leave_half_the_error():
    energy = energies()
    one, four = (judge_spectrum(foil(np.tile(energy, n), 0.5)).normalised for n in (1, 4))
    assert four.step == pytest.approx(one.step, rel=0.02)
    assert judge_spectrum(foil(np.tile(energy, 4), 0.1)).e0.error < judge_spectrum(foil(energy, 0.1)).e0.error


def test_descending_and_ascending_say_the_same():
    energy = energies()
    mu = step(energy)
    up, down = judge_spectrum(of_mu(energy, mu)), judge_spectrum(of_mu(energy[::-1], mu[::-1]))
    assert up.results == down.results


def test_fluorescence_is_judged_where_transmission_shows_no_edge():
    energy = energies()
    i0 = Quantity("i0", "V", "i0", np.full(len(energy), 1.0))
    flat = Quantity("it", "V", "itrans", 0.5 + np.random.default_rng(1).normal(0.0, 1e-3, len(energy)))
    fluorescence = Quantity("if", "V", "ifluor", step(energy))
    assert judge_spectrum(scan(energy, i0=i0, it=flat, f=fluorescence)).absorption.formula == "IF / I0"
    both = scan(energy, i0=i0, it=Quantity("it", "V", "itrans", np.exp(-step(energy))), f=fluorescence)
    assert judge_spectrum(both).absorption.formula == "ln(I0 / IT)"


def test_a_column_of_mu_stands_for_the_detectors():
    energy = energies()
    measured = scan(energy, i0=quantity("i0", np.ones(len(energy)).tolist()))
    derived = replace(measured, derived=(Quantity("mu", "", "derived", step(energy)),))
    assert list(absorptions(measured)) == []
    assert only(derived).formula == "mu"
    assert judge_spectrum(derived).answered
    assert judge_spectrum(scan(energy, FE_K, m=Quantity("MuFluor", "", "", step(energy)))).answered
