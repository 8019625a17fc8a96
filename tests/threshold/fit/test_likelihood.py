import numpy as np
import pytest
from scipy.optimize import minimize

from scantrail.threshold.fit.curve import read_points
from scantrail.threshold.fit.likelihood import covariance, deviance, maximise, slope
from scantrail.threshold.fit.models import rates
from scantrail.threshold.fit.start import bounds, starts


@pytest.fixture
def curve(channel, grid):
    return read_points(grid, channel().counts(grid), np.full(len(grid), 10.0)).curve


@pytest.mark.parametrize("rice", [False, True])
def test_the_score_is_the_gradient_of_the_likelihood(curve, rice):
    theta, family, h = np.array([[2.5, 299.3, 1.4, -0.5, 0.004]]), np.array([rice]), 1e-5
    at = slope(curve, theta, family)
    for i in range(5):
        up, down = theta.copy(), theta.copy()
        up[0, i] += h
        down[0, i] -= h
        change = slope(curve, up, family).deviance - slope(curve, down, family).deviance
        assert at.score[0, i] == pytest.approx(-change[0] / (4 * h), rel=1e-5, abs=1e-4)


def test_no_better_summit_is_found_by_another_climber(curve):
    box = bounds(curve)
    family = np.array([False])
    theta, reached = maximise(curve, starts(curve, False, 1), family, box)

    def target(x):
        return float(slope(curve, np.array([x]), family).deviance[0])

    other = minimize(target, theta[0] + [0.2, 1.0, 0.2, -0.2, 0.0005], method="Nelder-Mead", options={"maxiter": 4000})
    assert reached[0] <= other.fun + 1e-3


def test_the_covariance_is_the_inverse_information(curve):
    theta = np.array([np.log(20.0), 300.0, np.log(3.5), np.log(0.8), 0.0])
    free = np.array([True, True, True, True, False])
    own = covariance(curve, theta, False, free)
    at = rates(theta[None], np.array([False]), curve.v)
    jacobian = at.gradient[0, :, :4] / [20.0, 1.0, 3.5, 0.8]
    information = (jacobian * (curve.exposure / at.total[0])[:, None]).T @ jacobian
    np.testing.assert_allclose(own[:4, :4], np.linalg.inv(information), rtol=1e-6)
    assert not own[4].any()
    assert not own[:, 4].any()


def test_the_deviance_of_a_perfect_fit_is_zero():
    n = np.array([0.0, 3.0, 100.0])
    assert deviance(n, np.maximum(n, 1e-9)) == pytest.approx(0.0, abs=1e-6)


def test_the_best_start_is_near_the_truth(channel, grid):
    for rice in (False, True):
        truth = channel(rice=rice, mu=296.0, sigma=4.0)
        curve = read_points(grid, truth.counts(grid), np.full(len(grid), 10.0)).curve
        best = starts(curve, rice, 3)[0]
        assert abs(best[1] - truth.mu) < 5.0
        assert np.exp(best[0]) == pytest.approx(truth.amplitude, rel=0.5)
