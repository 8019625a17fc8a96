import numpy as np
import pytest
from scipy.optimize import minimize

from scantrail.threshold.fit.choose import summits
from scantrail.threshold.fit.curve import read_points
from scantrail.threshold.fit.likelihood import slope
from scantrail.threshold.fit.models import rates
from scantrail.threshold.fit.profile import RISES, intervals
from scantrail.threshold.fit.quantities import above_edge, crossing, parameter


def brute_force(curve, best, k, level, side):
    """The end of mu + k sigma by brute force: fix it, minimise over the rest, bisect on the rise."""
    family = np.array([False])

    def lowest(fixed):
        def target(x):
            sigma = np.exp(x[1])
            theta = np.array([[x[0], fixed - k * sigma, x[1], x[2], 0.0]])
            return float(slope(curve, theta, family).deviance[0])

        start = best.theta[[0, 2, 3]]
        return minimize(target, start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-7}).fun

    near = float(best.mu + k * best.sigma)
    far = near + side * 8.0
    for _ in range(40):
        middle = (near + far) / 2.0
        near, far = (middle, far) if lowest(middle) - best.deviance < RISES[level] else (near, middle)
    return near


@pytest.mark.parametrize("amplitude", [4.0, 40.0])
def test_the_ends_are_those_of_brute_force(channel, grid, amplitude):
    truth = channel(amplitude=amplitude)
    curve = read_points(grid, truth.counts(grid), np.full(len(grid), 10.0)).curve
    best = summits(curve, "erfc")[0]
    assert not best.falling
    [ends] = intervals(curve, best.theta, best.rice, best.box, [above_edge(3.0)])
    for level in range(2):
        for column, side in enumerate((-1.0, 1.0)):
            assert ends.value[level, column] == pytest.approx(brute_force(curve, best, 3.0, level, side), abs=0.02)
    assert ends.reached.all()


def test_many_counts_give_the_parabola(channel, grid):
    curve = read_points(grid, channel().expected(grid, 1e5), np.full(len(grid), 1e5)).curve
    best = summits(curve, "erfc")[0]
    [ends] = intervals(curve, best.theta, best.rice, best.box, [parameter(1)])
    information = slope(curve, best.theta[None], np.array([False])).information[0, :4, :4]
    error = np.sqrt(np.linalg.inv(information)[1, 1])
    np.testing.assert_allclose(ends.value - ends.best, np.outer(np.sqrt(RISES), [-error, error]), rtol=0.02)


def test_a_step_leaves_the_width_open_below(channel, grid):
    curve = read_points(grid, channel(sigma=0.1, mu=301.0).counts(grid), np.full(len(grid), 10.0)).curve
    best = summits(curve, "erfc")[0]
    sigma, plateau = intervals(curve, best.theta, best.rice, best.box, [parameter(2), parameter(3)])
    assert sigma.reached.tolist() == [[False, True], [False, True]]
    assert plateau.reached.all()


def test_no_question_no_answer(channel, grid):
    curve = read_points(grid, channel().counts(grid), np.full(len(grid), 10.0)).curve
    best = summits(curve, "erfc")[0]
    assert intervals(curve, best.theta, best.rice, best.box, []) == []


@pytest.mark.parametrize("rice", [False, True])
@pytest.mark.parametrize(("weight", "target"), [(-0.01, 0.0), (1.0, 2.0)])
@pytest.mark.parametrize("fall", [0.0, 0.004])
def test_a_crossing_and_its_gradient(rice, weight, target, fall):
    theta, h = np.array([[3.0, 300.0, 1.2, -0.2, fall]]), 1e-6
    ask = crossing(rice, weight, target)
    value, gradient = ask(theta)
    at = rates(theta, np.array([rice]), value)
    assert (at.edge + weight * at.plateau)[0, 0] == pytest.approx(target, abs=1e-6)
    for i in range(4 if fall == 0.0 else 5):
        up, down = theta.copy(), theta.copy()
        up[0, i] += h
        down[0, i] -= h
        assert gradient[0, i] == pytest.approx((ask(up)[0] - ask(down)[0])[0] / (2 * h), rel=1e-3, abs=1e-5)
