import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.threshold.fit.models import edge_fall, rates

V = np.arange(280.0, 330.0, 3.0)


@given(
    rice=st.booleans(),
    log_a=st.floats(-5, 8),
    mu=st.floats(281.1, 328.9).filter(lambda m: abs((m - 280.0) % 3.0) > 0.01),
    log_sigma=st.floats(-0.5, 3),
    log_d=st.floats(-8, 5),
    slope=st.floats(0, 0.05),
)
def test_the_gradient_is_the_derivative(rice, log_a, mu, log_sigma, log_d, slope):
    theta = np.array([[log_a, mu, log_sigma, log_d, slope]])
    family = np.array([rice])
    gradient = rates(theta, family, V).gradient[0]
    for i in range(5):
        h = 1e-5
        up, down = theta.copy(), theta.copy()
        up[0, i] += h
        down[0, i] -= h
        numeric = (rates(up, family, V).total - rates(down, family, V).total)[0] / (2 * h)
        np.testing.assert_allclose(gradient[:, i], numeric, rtol=2e-5, atol=1e-6 * (1 + np.exp(log_a) + np.exp(log_d)))


@pytest.mark.parametrize("rice", [False, True])
def test_the_fall_of_the_edge_is_its_derivative_by_the_threshold(rice):
    theta, family, h = np.array([[2.0, 300.0, 1.2, -1.0, 0.01]]), np.array([rice]), 1e-5
    numeric = (rates(theta, family, V + h).edge - rates(theta, family, V - h).edge) / (2 * h)
    np.testing.assert_allclose(edge_fall(theta, family, V), numeric, rtol=1e-5, atol=1e-8)


def test_rates_mean_what_they_say():
    at = rates(np.log([[10.0, np.exp(300.0), 4.0, 0.5, 1.0]]), np.array([False]), np.array([200.0, 300.0, 400.0]))
    np.testing.assert_allclose(at.edge[0], [20.0, 10.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(at.plateau[0], 0.5)
    rice = rates(np.log([[10.0, np.exp(300.0), 4.0, 0.5, 1.0]]), np.array([True]), np.array([296.0, 300.0, 304.0]))
    np.testing.assert_allclose(rice.edge[0], 10.0 * np.exp([-0.5, 0.0, -0.5]))


def test_both_families_stand_in_one_batch():
    theta = np.tile([2.0, 300.0, 1.2, -1.0, 0.01], (2, 1))
    mixed = rates(theta, np.array([False, True]), V)
    for row, rice in enumerate((False, True)):
        alone = rates(theta[:1], np.array([rice]), V)
        np.testing.assert_array_equal(mixed.edge[row], alone.edge[0])
        np.testing.assert_array_equal(mixed.gradient[row], alone.gradient[0])


def test_far_away_nothing_overflows():
    theta = np.array([[30.0, 0.0, -5.0, -20.0, 0.1], [30.0, 5000.0, -5.0, -20.0, 0.0]])
    assert np.all(np.isfinite(rates(theta, np.array([False, True]), np.array([1.0, 1023.0])).gradient))
