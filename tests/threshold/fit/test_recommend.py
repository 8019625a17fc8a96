import numpy as np
import pytest

from scantrail.errors import InputError
from scantrail.threshold.fit import Accidentals, Status, fit_curve

LIVE = np.full(21, 10.0)


@pytest.fixture
def fitted(channel, grid):
    return fit_curve(grid, channel().counts(grid), LIVE, family="erfc")


def test_thresholds_above_the_edge_carry_their_model(fitted):
    mu, sigma = fitted.mu.value, fitted.sigma.value
    for name, k in (("mu+3sigma", 3.0), ("mu+5sigma", 5.0), ("b+3c", 3.0 * np.sqrt(2.0))):
        offer = fitted.recommendation(name)
        assert offer.value == pytest.approx(mu + k * sigma)
        assert offer.interval[0] < offer.value < offer.interval[1]
        assert "erfc edge" in offer.sentence


def test_the_old_clients_number_is_for_erfc_only(channel, grid):
    fit = fit_curve(grid, channel(rice=True, mu=294.0).counts(grid), LIVE, family="rice")
    assert fit.recommendation("b+3c") is None
    assert "rice edge" in fit.recommendation("mu+3sigma").sentence


def test_noise_is_one_percent_of_the_plateau(fitted):
    edge, plateau = fitted.curve([fitted.recommendation("noise=1%").value])
    assert edge[0] == pytest.approx(0.01 * plateau[0], rel=1e-6)


def test_the_middle_of_the_plateau_has_both_ends(fitted):
    begins, ends = fitted.plateau_range
    assert begins == fitted.recommendation("noise=1%").value
    assert ends == 324.0
    middle = fitted.recommendation("plateau middle")
    assert middle.value == pytest.approx((begins + ends) / 2.0)
    assert middle.error == pytest.approx(fitted.recommendation("noise=1%").error / 2.0, rel=1e-3)
    assert "324" in middle.sentence


def test_a_scan_that_ends_before_the_noise_does(channel):
    v = np.arange(272.0, 311.0, 2.0)
    fit = fit_curve(v, channel(amplitude=3.0, plateau=2.0).counts(v, 100.0), np.full(len(v), 100.0))
    assert fit.status is Status.OK
    middle = fit.recommendation("plateau middle")
    if fit.recommendation("noise=1%").value > 310.0:
        assert middle.value is None
        assert middle.status is Status.OUT_OF_RANGE
        assert "beyond the last threshold scanned, 310" in fit.recommendation("noise=1%").sentence


def test_a_threshold_that_cannot_be_set_is_no_number(channel):
    v = np.arange(950.0, 1021.0, 5.0)
    fit = fit_curve(v, channel(mu=985.0, sigma=9.0).counts(v), np.full(len(v), 10.0))
    offer = fit.recommendation("mu+5sigma")
    assert offer.value is None
    assert offer.status is Status.OUT_OF_RANGE
    assert "cannot be set" in offer.sentence


def test_accidentals_of_two_are_2_tau_r_r():
    assert Accidentals((50.0,), 1e-6, 1e-4).allowed == pytest.approx(1e-4 / (2 * 1e-6 * 50.0))
    assert Accidentals((50.0, 20.0), 1e-6, 1e-9).allowed == pytest.approx(1e-9 / (3 * 1e-12 * 1000.0))


def test_accidentals_below_a_target(channel, grid):
    n = channel().counts(grid)
    fit = fit_curve(grid, n, LIVE, accidentals=Accidentals((1.0,), 1e-5, 4e-5))
    offer = fit.recommendation("accidentals")
    edge, plateau = fit.curve([offer.value])
    assert edge[0] + plateau[0] == pytest.approx(2.0, rel=1e-6)
    assert offer.interval[0] < offer.value < offer.interval[1]


@pytest.mark.parametrize(("target", "word"), [(1e-9, "shorten the window"), (1.0, "met at every threshold")])
def test_accidentals_that_no_threshold_decides(channel, grid, target, word):
    fit = fit_curve(grid, channel().counts(grid), LIVE, accidentals=Accidentals((1.0,), 1e-5, target))
    offer = fit.recommendation("accidentals")
    assert offer.value is None
    assert word in offer.sentence


@pytest.mark.parametrize("values", [((), 1e-6, 1.0), ((1.0,), 0.0, 1.0), ((1.0,), 1e-6, -1.0), ((np.inf,), 1e-6, 1.0)])
def test_accidentals_without_numbers_are_refused(values):
    with pytest.raises(InputError):
        Accidentals(*values)
