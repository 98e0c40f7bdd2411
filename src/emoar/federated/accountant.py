"""The privacy accountant: what a sequence of noisy releases gives in epsilon and delta, by dp-accounting.

The bound is of Renyi differential privacy (Mironov et al., 2019) for Gaussian noise on Poisson samples, add-or-remove
neighbours. It holds only where each client or example is really drawn independently with the rate that is accounted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from emoar.errors import DependencyMissing, InputError

__all__ = ["ACCOUNTANT", "Release", "epsilon_of", "noise_for"]

ACCOUNTANT: Final = "RDP, Poisson sampling, add-or-remove one (dp-accounting)"
_ORDERS: Final = (*range(2, 33), *range(36, 65, 4), 80, 96, 128, 192, 256, 512)
# ^ of Renyi divergence; whole ones, for which the sampled Gaussian has an exact formula that always converges
_LARGEST_NOISE: Final = 1e4  # multiplier; more would drown any model
_ENOUGH: Final = 4  # times the best order, in a search
_TOLERANCE: Final = 5e-3  # relative, of the noise multiplier that is searched


@dataclass(frozen=True)
class Release:
    """Releases of sums to which Gaussian noise was added.

    Raises:
        InputError: a value is out of range.
    """

    noise: float  # noise multiplier: standard deviation divided by the clipping norm
    rate: float  # probability with which each client or example is in a sum
    steps: int = 1  # number of such sums

    def __post_init__(self) -> None:
        if not (math.isfinite(self.noise) and self.noise > 0):
            raise InputError(f"the noise multiplier must be above 0, got {self.noise}")
        if not 0 < self.rate <= 1:
            raise InputError(f"the sampling rate must be above 0 and at most 1, got {self.rate}")
        if self.steps < 1:
            raise InputError(f"the number of steps must be at least 1, got {self.steps}")


def epsilon_of(releases: Iterable[Release], delta: float) -> float:
    """The epsilon of all releases together; 0 where there is none.

    Args:
        releases: in any order.
        delta: probability with which the bound may fail, 0..1; well below 1 / number of clients or examples.

    Raises:
        InputError: delta is out of range.
        DependencyMissing: dp-accounting is not installed.
    """
    return _epsilon_of(releases, delta, _ORDERS)


def _epsilon_of(releases: Iterable[Release], delta: float, orders: Sequence[int]) -> float:
    """The same by these orders; fewer give a bound that is as valid, and perhaps looser."""
    if not 0 < delta < 1:
        raise InputError(f"delta must be between 0 and 1, got {delta}")
    together: Counter[tuple[float, float]] = Counter()
    for release in releases:
        together[release.noise, release.rate] += release.steps
    if not together:
        return 0.0
    events, rdp = _library()
    accountant: Any = rdp.RdpAccountant(orders)
    for (noise, rate), steps in sorted(together.items()):
        sampled = events.PoissonSampledDpEvent(rate, events.GaussianDpEvent(noise))
        accountant.compose(sampled, steps)
    return float(accountant.get_epsilon(delta))


def noise_for(epsilon: float, delta: float, rate: float, steps: int) -> float:
    """The smallest noise multiplier with which that many steps stay within epsilon, found by bisection.

    Raises:
        InputError: a value is out of range, or no noise multiplier suffices.
        DependencyMissing: dp-accounting is not installed.
    """
    if not epsilon > 0:
        raise InputError(f"epsilon must be above 0, got {epsilon}")
    # The best order is about log(1 / delta) / epsilon; far larger ones take most of the time and change nothing.
    largest = _ENOUGH * (1 + abs(math.log(delta)) / epsilon) if 0 < delta < 1 else 0
    orders = [order for order in _ORDERS if order <= largest]
    low, high = 0.0, 1.0
    while _epsilon_of([Release(high, rate, steps)], delta, orders) > epsilon:
        low, high = high, high * 2
        if high > _LARGEST_NOISE:
            raise InputError(f"no noise keeps {steps} steps within epsilon {epsilon}: take fewer steps or more clients")
    while high - low > _TOLERANCE * high:
        middle = (low + high) / 2
        if middle > 0 and _epsilon_of([Release(middle, rate, steps)], delta, orders) <= epsilon:
            high = middle
        else:
            low = middle
    return high


def _library() -> tuple[Any, Any]:
    try:
        from dp_accounting import dp_event
        from dp_accounting.rdp import rdp_privacy_accountant
    except ImportError as exc:
        raise DependencyMissing("the privacy accountant needs dp-accounting: pip install 'emoar[federated]'") from exc
    return dp_event, rdp_privacy_accountant
