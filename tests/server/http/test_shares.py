"""What one client may have at the same time."""

from __future__ import annotations

import pytest

from emoar.server.http.problems import Problem
from emoar.server.http.shares import Shares
from emoar.server.metrics import Metrics


def refusal(shares: Shares, *names: str) -> str | None:
    try:
        with shares.one(*names):
            return None
    except Problem as exc:
        return exc.limit


def test_all_and_each_name_have_a_limit() -> None:
    metrics = Metrics()
    shares = Shares("max_things", 3, 2, metrics, "wait")
    shares.take("address a", "key k")
    shares.take("address b", "key k")
    assert refusal(shares, "address c", "key k") == "max_things_per_address"
    assert refusal(shares, "address a") is None
    shares.take("address a")
    assert refusal(shares, "address c") == "max_things"
    for names in (("address a", "key k"), ("address b", "key k"), ("address a",)):
        shares.give_back(*names)
    assert (shares.total, dict(shares._counts)) == (0, {})
    assert 'emoar_refused_total{limit="max_things_per_address"} 1.0' in metrics.text().decode()


def test_a_problem_in_the_block_gives_it_back() -> None:
    shares = Shares("max_things", 1, 1, Metrics(), "wait")
    with pytest.raises(KeyError), shares.one("a"):
        raise KeyError
    assert refusal(shares, "a") is None
