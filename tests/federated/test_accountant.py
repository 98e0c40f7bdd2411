"""Epsilon agrees with published figures and with the closed form of the Gaussian mechanism."""

from __future__ import annotations

import math

import pytest

from emoar.errors import InputError
from emoar.federated import accountant
from emoar.federated.accountant import Release, epsilon_of, noise_for


@pytest.mark.parametrize(
    ("noise", "rate", "steps", "epsilon"), [(1.0, 0.1, 50, 5.9), (2.0, 0.1, 50, 1.84), (1.0, 0.05, 100, 4.1)]
)
def test_known_figures(noise: float, rate: float, steps: int, epsilon: float) -> None:
    assert epsilon_of([Release(noise, rate, steps)], 1e-5) == pytest.approx(epsilon, rel=0.03)


def test_without_sampling_it_is_the_gaussian_mechanism() -> None:
    noise, steps, delta = 20.0, 4, 1e-5
    rho = steps / (2 * noise**2)  # zero-concentrated; the usual conversion bounds the accountant's from above
    assert 0.5 * rho < epsilon_of([Release(noise, 1, steps)], delta) <= rho + 2 * math.sqrt(rho * math.log(1 / delta))


def test_releases_add_up_whatever_their_order_and_division() -> None:
    whole = epsilon_of([Release(1, 0.1, 30), Release(2, 0.5, 3)], 1e-5)
    parts = [Release(2, 0.5), *[Release(1, 0.1, 10)] * 3, Release(2, 0.5, 2)]
    assert epsilon_of(parts, 1e-5) == pytest.approx(whole, rel=1e-9)
    assert epsilon_of(parts[:-1], 1e-5) < whole
    assert epsilon_of([], 1e-5) == 0


@pytest.mark.parametrize("epsilon", [0.5, 3.0, 8.0])
def test_noise_for_keeps_epsilon_and_wastes_little(epsilon: float) -> None:
    noise = noise_for(epsilon, 1e-5, 0.2, 20)
    assert 0.98 * epsilon < epsilon_of([Release(noise, 0.2, 20)], 1e-5) <= epsilon


@pytest.mark.parametrize("values", [(0, 0.1, 1), (float("nan"), 0.1, 1), (1, 0, 1), (1, 1.1, 1), (1, 0.1, 0)])
def test_a_release_has_noise_and_a_rate(values: tuple[float, float, int]) -> None:
    with pytest.raises(InputError):
        Release(*values)


def test_delta_and_epsilon_have_ranges() -> None:
    with pytest.raises(InputError, match="delta"):
        epsilon_of([], 1)
    with pytest.raises(InputError, match="epsilon"):
        noise_for(0, 1e-5, 0.1, 1)
    with pytest.raises(InputError, match="fewer steps"):
        noise_for(1e-9, 1e-5, 1, 10**9)


@pytest.mark.parametrize("delta", [1e-3, 1e-8])
@pytest.mark.parametrize("epsilon", [0.3, 1.0, 8.0])
def test_a_search_by_fewer_orders_finds_the_noise_of_all(
    epsilon: float, delta: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = noise_for(epsilon, delta, 0.2, 20)
    monkeypatch.setattr(accountant, "_ENOUGH", 1e9)
    assert noise_for(epsilon, delta, 0.2, 20) == found
