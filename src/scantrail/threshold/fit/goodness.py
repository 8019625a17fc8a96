"""How probable a deviance is. With few counts it does not follow chi-square, so its own mean and variance are used."""

import numpy as np
from scipy.special import chdtrc, gammaln, xlogy

from scantrail.threshold.fit.models import Floats

SMALL = 40.0
"""Below this mean the deviance's moments are summed exactly, above they are expanded in 1/m."""


def p_value(deviance: float, mean: Floats, parameters: int) -> float:
    """Chance of a deviance at least this large if the fitted means [n] are true and `parameters` were fitted.

    The deviance's exact mean and variance, less the parameters' share, fix a scaled chi-square (F. E. Satterthwaite,
    Biometrics Bull. 2 (1946) 110). 1 where no freedom is left.
    """
    first, second = _moments(mean)
    centre = float(np.sum(first)) - parameters
    variance = float(np.sum(second)) - 2.0 * parameters
    if centre <= 0.1 or variance <= 0.1:
        return 1.0
    scale = variance / (2.0 * centre)
    return float(chdtrc(centre / scale, max(deviance, 0.0) / scale))


def pulls(n: Floats, mean: Floats) -> Floats:
    """Signed root of each point's deviance: how many standard deviations it lies above the fit."""
    part = 2.0 * (mean - n + xlogy(n, n / mean))
    return np.asarray(np.sign(n - mean) * np.sqrt(np.maximum(part, 0.0)))


def _moments(mean: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of the Poisson deviance of one point, for each mean."""
    large = np.maximum(mean, SMALL)
    first = 1.0 + 1.0 / (6.0 * large) + 1.0 / (6.0 * large**2)
    second = 2.0 + 2.0 / (3.0 * large)
    few = mean < SMALL
    if np.any(few):
        m = np.maximum(mean[few], 1e-12)[:, None]
        k = np.arange(int(SMALL + 12.0 * np.sqrt(SMALL)))
        chance = np.exp(xlogy(k, m) - m - gammaln(k + 1.0))
        part = 2.0 * (m - k + xlogy(k, k / m))
        first[few] = np.sum(chance * part, axis=1)
        second[few] = np.sum(chance * part**2, axis=1) - first[few] ** 2
    return first, second
