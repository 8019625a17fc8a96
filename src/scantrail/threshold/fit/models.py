"""The rate of a counting channel against its threshold: a noise edge on a plateau, with analytic gradients.

With z = (v - mu) / (sqrt(2) sigma), v the threshold [DAC], the rate [events/s] is

    rate(v) = a * shape(z) + d * exp(-slope * max(v - mu, 0))

* `erfc` edge, shape = erfc(z): the integral spectrum of pulses whose heights are Gaussian, mean mu, deviation sigma
  [DAC]. It is the step of height 2a of an S-curve; a is the edge's rate at mu.
* `rice` edge, shape = exp(-z^2): how often Gaussian noise of deviation sigma around a baseline mu crosses a level v
  upwards (S. O. Rice, Bell Syst. Tech. J. 23 (1944) 282 and 24 (1945) 46, section 3.3); a is the crossing rate at the
  baseline.
* the plateau is constant (slope 0) or falls slowly above the edge; d is its rate at mu.

Everything here works on a batch of rows, so that many starts, models and interval ends are followed at once. A row's
parameters are (log a, mu, log sigma, log d, slope), in this order.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc

Floats = NDArray[np.float64]
Family = Literal["erfc", "rice"]

LOG_A, MU, LOG_SIGMA, LOG_D, SLOPE = range(5)
PARAMETERS = ("amplitude", "mu", "sigma", "plateau", "slope")
ROOT2 = float(np.sqrt(2.0))
GAUSS_HEIGHT = float(2.0 / np.sqrt(np.pi))
LARGEST_LOG = 690.0
"""Exponents are cut here: exp of it is still a finite number."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates [events/s] of a batch of rows at n thresholds.

    edge, plateau: shape [rows, n]. gradient: shape [rows, n, 5], derivatives of edge + plateau by the five parameters.
    """

    edge: Floats
    plateau: Floats
    gradient: Floats

    @property
    def total(self) -> Floats:
        """Edge and plateau together, shape [rows, n]."""
        return self.edge + self.plateau


def rates(theta: Floats, rice: NDArray[np.bool_], v: Floats) -> Rates:
    """Rates of rows `theta` [rows, 5] at thresholds `v` ([n] or [rows, n]); `rice` [rows] names each row's family."""
    z, shape, fall = _shapes(theta, rice, v)
    amplitude = np.exp(theta[:, LOG_A, None])
    width = ROOT2 * np.exp(theta[:, LOG_SIGMA, None])
    edge = amplitude * shape
    above = np.maximum(v - theta[:, MU, None], 0.0)
    fading = theta[:, SLOPE, None]
    plateau = np.exp(theta[:, LOG_D, None] - fading * above)
    gradient = np.empty((*edge.shape, 5))
    gradient[..., LOG_A] = edge
    gradient[..., MU] = -amplitude * fall / width + np.where(above > 0.0, fading * plateau, 0.0)
    gradient[..., LOG_SIGMA] = -amplitude * fall * z
    gradient[..., LOG_D] = plateau
    gradient[..., SLOPE] = -above * plateau
    return Rates(edge, plateau, gradient)


def edge_fall(theta: Floats, rice: NDArray[np.bool_], v: Floats) -> Floats:
    """Derivative of the edge by the threshold [events/s/DAC], shape [rows, n]."""
    _, _, fall = _shapes(theta, rice, v)
    return np.asarray(np.exp(theta[:, LOG_A, None] - theta[:, LOG_SIGMA, None]) * fall / ROOT2)


def _shapes(theta: Floats, rice: NDArray[np.bool_], v: Floats) -> tuple[Floats, Floats, Floats]:
    """z, the edge's shape and the shape's derivative by z, each [rows, n]."""
    z = (v - theta[:, MU, None]) * np.exp(-theta[:, LOG_SIGMA, None]) / ROOT2
    gauss = np.exp(-np.minimum(z * z, LARGEST_LOG))
    if rice.all():
        return z, gauss, -2.0 * z * gauss
    shape, fall = erfc(z), -GAUSS_HEIGHT * gauss
    if rice.any():
        crossing = rice[:, None]
        shape, fall = np.where(crossing, gauss, shape), np.where(crossing, -2.0 * z * gauss, fall)
    return z, shape, fall
