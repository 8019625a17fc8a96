"""What can be asked of a fitted curve, each as a value with its gradient by the parameters, on rows.

A crossing is the threshold v at which edge(v) + weight * plateau(v) = target: weight -0.01 and target 0 is where the
noise is 1 % of the plateau; weight 1 is where the whole rate has come down to a target. Its gradient follows by
implicit differentiation.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import erfcinv

from scantrail.threshold.fit.models import (
    LARGEST_LOG,
    LOG_A,
    LOG_D,
    LOG_SIGMA,
    MU,
    ROOT2,
    SLOPE,
    Floats,
    edge_fall,
    rates,
)

Quantity = Callable[[Floats], tuple[Floats, Floats]]
"""From rows of parameters [rows, 5] to values [rows] and gradients [rows, 5]."""

ROUNDS = 12
"""Rounds that a crossing on a falling plateau takes to stand."""


def parameter(index: int) -> Quantity:
    """One of the five parameters as the climb sees it (amplitude, sigma and plateau as logarithms)."""

    def ask(theta: Floats) -> tuple[Floats, Floats]:
        gradient = np.zeros_like(theta)
        gradient[:, index] = 1.0
        return theta[:, index], gradient

    return ask


def above_edge(k: float) -> Quantity:
    """The threshold mu + k sigma [DAC]."""

    def ask(theta: Floats) -> tuple[Floats, Floats]:
        reach = k * np.exp(theta[:, LOG_SIGMA])
        gradient = np.zeros_like(theta)
        gradient[:, MU], gradient[:, LOG_SIGMA] = 1.0, reach
        return theta[:, MU] + reach, gradient

    return ask


def crossing(rice: bool, weight: float, target: float) -> Quantity:
    """The threshold [DAC] where edge + weight * plateau has come down to `target` [events/s]."""

    def ask(theta: Floats) -> tuple[Floats, Floats]:
        families = np.full(len(theta), rice)
        place = theta[:, MU]
        for _ in range(ROUNDS if np.any(theta[:, SLOPE]) else 1):
            plateau = np.exp(
                np.clip(theta[:, LOG_D] - theta[:, SLOPE] * (place - theta[:, MU]), -LARGEST_LOG, LARGEST_LOG)
            )
            place = _edge_place(theta, rice, target - weight * plateau)
        at = rates(theta, families, place[:, None])
        steep = edge_fall(theta, families, place[:, None])[:, 0] - weight * theta[:, SLOPE] * at.plateau[:, 0]
        gradient = at.gradient[:, 0, :]
        gradient[:, LOG_D:] *= weight
        gradient[:, MU] += (weight - 1.0) * theta[:, SLOPE] * at.plateau[:, 0]
        return place, -gradient / np.minimum(steep, -1e-12)[:, None]

    return ask


def halfway(lower: Quantity, end: float) -> Quantity:
    """The middle between a quantity and a fixed threshold [DAC]."""

    def ask(theta: Floats) -> tuple[Floats, Floats]:
        value, gradient = lower(theta)
        return (value + end) / 2.0, gradient / 2.0

    return ask


def _edge_place(theta: Floats, rice: bool, rate: Floats) -> Floats:
    """Threshold [rows] at which the falling edge has the rate [events/s], at most 37 sigma out."""
    log_share = np.log(np.maximum(rate, 1e-300)) - theta[:, LOG_A]
    if rice:
        z = np.sqrt(np.clip(-log_share, 0.0, LARGEST_LOG))
    else:
        z = erfcinv(np.exp(np.clip(log_share, -LARGEST_LOG, np.log(1.9))))
    return np.asarray(theta[:, MU] + ROOT2 * np.exp(theta[:, LOG_SIGMA]) * z)
