"""The moving average of weights: its memory, and what is copied instead."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from emoar.training.loop.moving_average import update_average  # noqa: E402


def layers(value: float) -> torch.nn.Module:
    network = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.BatchNorm1d(1))
    for entry in network.state_dict().values():
        entry.fill_(value)
    return network


@pytest.mark.parametrize(
    ("decay", "steps_before", "expected"),
    [(0.9, 10_000, 0.9 * 2 + 0.1 * 4), (0.9, 0, 0.1 * 2 + 0.9 * 4), (0.0, 50, 4.0), (0.999, 8, 0.5 * 2 + 0.5 * 4)],
)
def test_early_steps_forget_the_start_faster(decay: float, steps_before: int, expected: float) -> None:
    averaged = layers(2.0)
    update_average(averaged, layers(4.0), decay, steps_before)
    state = averaged.state_dict()
    for name in ("0.weight", "0.bias", "1.weight", "1.running_var"):
        assert float(state[name]) == pytest.approx(expected)
    assert int(state["1.num_batches_tracked"]) == 4  # a count has no mean
