from __future__ import annotations

import pytest
from training_faces import made_dataset

from emoar.errors import InputError
from emoar.training.recipe import Recipe

pytest.importorskip("torch")

from emoar.training.hardware import Hardware
from emoar.training.loop.lr_finder import find_lr, suggest

ONE = Hardware("cpu", threads=1)


def test_a_tenth_of_the_rate_with_the_lowest_loss() -> None:
    assert suggest([0.001, 0.01, 0.1, 1.0], [3.0, 2.0, 1.0, 9.0]) == pytest.approx(0.01)


def test_a_sweep_ends_early_when_the_loss_explodes_and_keeps_nothing() -> None:
    recipe = Recipe("emoar-s", 1, batch_size=16, clip_norm=0.0)
    done: list[int] = []
    curve = find_lr(
        recipe,
        made_dataset(60),
        steps=25,
        lowest=1e-3,
        highest=1e6,
        hardware=ONE,
        progress=lambda _task, at, _total: done.append(at),
    )
    assert 5 <= len(curve.rates) <= 25
    assert done == list(range(1, len(curve.rates) + 1))
    assert 1e-4 <= curve.suggestion < 1e4
    assert curve.rates[0] == pytest.approx(1e-3)


@pytest.mark.parametrize("wrong", [{"steps": 3}, {"lowest": 0.0}, {"lowest": 1.0, "highest": 0.1}])
def test_an_empty_range(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="finder needs"):
        find_lr(Recipe("emoar-s", 1), made_dataset(20), hardware=ONE, **wrong)  # type: ignore[arg-type]
