import numpy as np
import pytest
from scipy.stats import chi2

from scantrail.threshold.fit.goodness import p_value, pulls
from scantrail.threshold.fit.likelihood import deviance


def test_with_many_counts_it_is_chi_square():
    assert p_value(30.0, np.full(21, 1e6), 4) == pytest.approx(chi2.sf(30.0, 17), rel=1e-4)


@pytest.mark.parametrize("mean", [0.4, 3.0, 20.0, 60.0])
def test_with_few_counts_chances_come_true(mean):
    rng = np.random.default_rng(3)
    means = np.full(40, mean)
    found = np.array([p_value(float(deviance(rng.poisson(means).astype(float), means)), means, 0) for _ in range(2000)])
    for level in (0.05, 0.2, 0.5):
        assert np.mean(found < level) == pytest.approx(level, abs=0.035)


def test_without_freedom_nothing_is_improbable():
    assert p_value(3.0, np.full(4, 10.0), 5) == 1.0


def test_pulls_carry_their_sign():
    np.testing.assert_allclose(pulls(np.array([100.0, 120.0, 80.0]), np.full(3, 100.0)), [0, 1.94, -2.07], atol=0.01)
