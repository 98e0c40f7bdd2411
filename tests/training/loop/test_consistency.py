from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs it: pip install 'emoar[train]'")

from emoar.training.loop.consistency import (  # noqa: E402
    NOISE_LEVELS,
    SHIFT_PX,
    consistency_loss,
    noisy_copy,
)


def test_a_copy_has_noise_and_the_same_range() -> None:
    torch.manual_seed(0)
    faces = torch.full((8, 1, 48, 48), 100.0)
    copies = noisy_copy(faces)
    assert copies.shape == faces.shape
    assert float((copies - faces).std()) == pytest.approx(NOISE_LEVELS, rel=0.05)
    assert float(noisy_copy(torch.zeros(8, 1, 48, 48)).min()) == 0


def test_a_copy_is_shifted_a_little() -> None:
    torch.manual_seed(0)
    ramp = (torch.arange(48.0) * 5).expand(64, 1, 48, 48)
    moved = (noisy_copy(ramp) - ramp)[..., 2:-2].mean((1, 2, 3)) / 5
    assert 0.3 * SHIFT_PX < float(moved.abs().max()) <= 1.2 * SHIFT_PX


def test_the_loss_is_the_squared_distance_of_the_probabilities() -> None:
    one, other = torch.tensor([[0.0, 0.0], [0.0, 0.0]]), torch.tensor([[0.0, 0.0], [100.0, 0.0]])
    assert float(consistency_loss({"a": one, "b": one}, {"a": one, "b": one})) == 0
    # (0.5, 0.5) and (1, 0) for one of the two faces
    assert float(consistency_loss({"a": one, "b": one}, {"a": other, "b": one})) == pytest.approx(0.25)
