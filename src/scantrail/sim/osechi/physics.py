"""What the simulated detector measures: rates with a known truth.

Rates in 1/s, thresholds `v` and widths in DAC counts. With `m = mu + cross-talk shift` the noise of a channel is

    rice:  rate * exp(-(v - m)^2 / (2 sigma^2))            level crossings of Gaussian noise (S. O. Rice, 1945)
    erfc:  rate * erfc((v - m) / (sqrt(2) sigma))          Gaussian edge; saturates at 2 * rate

and its muons, which sit on top of it, are

    plateau * efficiency * exp(-(v - mu) / fall)   for v > mu, plateau * efficiency below, nothing from SATURATION on.

`acceptance` is the share of the smallest of the three `plateau` fluxes that crosses all three counters. Each of those
muons fires a channel with the probability `efficiency * exp(-(v - mu) / fall)`, independently; the other muons of a
channel fire it alone with the same probability, so that the sum is the formula above.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, Protocol

CHANNELS = (1, 2, 3)
SATURATION = 1000
"""No pulse is higher than this [DAC]: a threshold from here on suppresses its channel."""

Model = Literal["rice", "erfc"]
Triple = tuple[float, float, float]

_UNCOUPLED: tuple[Triple, Triple, Triple] = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))


class _Section(Protocol):
    """What `[mocker.chN]` of a station file says."""

    @property
    def model(self) -> Model: ...
    @property
    def rate(self) -> float: ...
    @property
    def mu(self) -> float: ...
    @property
    def sigma(self) -> float: ...
    @property
    def plateau(self) -> float: ...
    @property
    def efficiency(self) -> float: ...


class _Mocker(Protocol):
    """What `[mocker]` of a station file says of the physics."""

    @property
    def physics(self) -> Mapping[int, _Section]: ...


@dataclass(frozen=True, slots=True)
class ChannelPhysics:
    """One channel: noise `model` with `rate` [1/s], `mu` and `sigma` [DAC]; muon flux `plateau` [1/s], `efficiency`.

    `fall` is the length [DAC] over which the plateau falls to 1/e.
    """

    mu: float = 300.0
    sigma: float = 4.0
    rate: float = 50.0
    plateau: float = 1.0
    efficiency: float = 0.95
    fall: float = 1000.0
    model: Model = "erfc"

    def noise(self, threshold: float, shift: float = 0.0) -> float:
        """Rate of noise events [1/s] at `threshold` [DAC] with the edge moved by `shift` [DAC]."""
        if threshold >= SATURATION:
            return 0.0
        distance = threshold - self.mu - shift
        if self.model == "rice":
            return self.rate * math.exp(-(distance**2) / (2 * self.sigma**2))
        return self.rate * math.erfc(distance / (math.sqrt(2) * self.sigma))

    def chance(self, threshold: float) -> float:
        """Probability that a muon in this counter fires the channel at `threshold` [DAC]."""
        if threshold >= SATURATION:
            return 0.0
        return self.efficiency * math.exp(-max(0.0, threshold - self.mu) / self.fall)


@dataclass(frozen=True, slots=True)
class OsechiPhysics:
    """The whole detector.

    acceptance: share of the smallest muon flux that crosses all three counters. dead_time [s]: non-extending, after
    every recorded event. crosstalk[i][j]: shift [DAC] of the noise edge of channel i + 1 while channel j + 1 is not
    suppressed.
    """

    channels: tuple[ChannelPhysics, ChannelPhysics, ChannelPhysics] = (
        ChannelPhysics(mu=300.0),
        ChannelPhysics(mu=308.0),
        ChannelPhysics(mu=292.0),
    )
    acceptance: float = 0.5
    dead_time: float = 0.0
    crosstalk: tuple[Triple, Triple, Triple] = _UNCOUPLED

    @classmethod
    def from_config(cls, mocker: _Mocker) -> "OsechiPhysics":
        """Take the physics from the section `[mocker]` of a station file."""
        first, second, third = (
            ChannelPhysics(s.mu, s.sigma, s.rate, s.plateau, s.efficiency, model=s.model)
            for s in (mocker.physics[channel] for channel in CHANNELS)
        )
        return cls((first, second, third))

    def shift(self, channel: int, thresholds: Mapping[int, int]) -> float:
        """Cross-talk shift of the edge of `channel` [DAC] at these thresholds."""
        row = self.crosstalk[channel - 1]
        return sum(row[j - 1] for j in CHANNELS if j != channel and thresholds[j] < SATURATION)

    def pattern_rates(self, thresholds: Mapping[int, int]) -> tuple[float, ...]:
        """Rates [1/s] of the coincidence patterns 1..7 (bit 0 = channel 1), before dead time, at index pattern - 1."""
        through = self.acceptance * min(channel.plateau for channel in self.channels)
        chances = [channel.chance(thresholds[n]) for n, channel in zip(CHANNELS, self.channels, strict=True)]
        rates = [
            through * math.prod(p if pattern >> i & 1 else 1.0 - p for i, p in enumerate(chances))
            for pattern in range(1, 8)
        ]
        for i, (number, channel) in enumerate(zip(CHANNELS, self.channels, strict=True)):
            alone = (channel.plateau - through) * chances[i]
            rates[(1 << i) - 1] += alone + channel.noise(thresholds[number], self.shift(number, thresholds))
        return tuple(rates)

    def channel_rates(self, thresholds: Mapping[int, int]) -> dict[int, float]:
        """Rate [1/s] at which each channel fires, before dead time: noise plus plateau."""
        rates = self.pattern_rates(thresholds)
        return {n: sum(r for p, r in enumerate(rates, 1) if p >> (n - 1) & 1) for n in CHANNELS}

    def truth(self) -> dict[int, dict[str, float | str]]:
        """Parameters of every channel by name (JSON-safe); the plateau that a fit sees is `plateau * efficiency`."""
        return {number: asdict(channel) for number, channel in zip(CHANNELS, self.channels, strict=True)}
