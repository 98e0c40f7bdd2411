"""Token buckets."""

from __future__ import annotations

import pytest

from emoar.server.http.rate_limit import RateLimiter, network_of


def test_a_bucket_allows_a_burst_and_refills() -> None:
    now_s = [0.0]
    limiter = RateLimiter(2.0, 3, lambda: now_s[0])
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 1]
    assert limiter.take("b") == 0
    now_s[0] = 1.0
    assert [limiter.take("a") for _ in range(3)] == [0, 0, 1]
    now_s[0] = 1000.0  # full again, and not more than full
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 1]


def test_the_wait_is_in_whole_seconds() -> None:
    limiter = RateLimiter(0.1, 1, lambda: 0.0)
    assert [limiter.take("a") for _ in range(2)] == [0, 10]


def test_no_rate_is_no_limit() -> None:
    assert {RateLimiter(0, 1).take("a") for _ in range(9)} == {0}


def test_the_number_of_buckets_is_bounded() -> None:
    limiter = RateLimiter(1e-6, 1, lambda: 0.0)
    for name in range(20_000):
        limiter.take(str(name))
    assert len(limiter._buckets) == 10_000
    assert limiter.take("19999") > 0
    assert limiter.take("0") == 0  # dropped, hence full again


def test_all_names_or_none_are_counted() -> None:
    limiter = RateLimiter(1, 2, lambda: 0.0)
    limiter.take("a")
    limiter.take("a")
    assert limiter.wait_s("a", "b") == 1.0
    assert [limiter.take("b") for _ in range(3)] == [0, 0, 1]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("a" * 60_000, ""),
    ],
)
def test_networks(address: str, network: str) -> None:
    assert network_of(address) == network
