"""No update reaches a strategy unchecked."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.federated.updates import Update, UpdateRules, add, clip, l2_norm, mean, subtract, total

WEIGHTS = {"weight": np.zeros((3, 4), np.float32), "bias": np.zeros(3, np.float32)}
RULES = UpdateRules.of(WEIGHTS, largest_norm=5, most_examples=100)


def _good() -> dict[str, np.ndarray]:
    return {"weight": np.full((3, 4), 0.5, np.float32), "bias": np.ones(3, np.float32)}


def test_a_good_update_passes_unchanged() -> None:
    update = RULES.check(_good(), 40)
    assert update.examples == 40
    assert {name: value.tolist() for name, value in update.delta.items()} == {k: v.tolist() for k, v in _good().items()}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("weight", np.full((3, 4), np.nan, np.float32), "not finite"),
        ("weight", np.full((3, 4), np.inf, np.float32), "not finite"),
        ("weight", np.full((3, 4), 1e9, np.float32), "norm"),
        ("weight", np.ones((1, 4), np.float32), r"must be \(3, 4\), got \(1, 4\)"),  # NumPy would broadcast it
        ("weight", np.ones((4, 3), np.float32), r"must be \(3, 4\)"),
        ("weight", np.ones((3, 4), np.float64), "must be float32, got float64"),
        ("weight", np.full((3, 4), "a", object), "must be float32, got object"),
        ("weight", [[1.0] * 4] * 3, "must be float32, got list"),
        ("weight", None, "must be float32, got NoneType"),
    ],
)
def test_a_bad_tensor_is_refused(name: str, value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        RULES.check({**_good(), name: value}, 1)


def test_tensors_of_another_model_are_refused() -> None:
    with pytest.raises(InputError, match="lacks bias: it is of another model or an older version"):
        RULES.check({"weight": _good()["weight"]}, 1)
    with pytest.raises(InputError, match="has unknown extra"):
        RULES.check({**_good(), "extra": np.ones(1, np.float32)}, 1)


@pytest.mark.parametrize("examples", [0, -1, 1.5, float("nan"), "10", None, True])
def test_the_number_of_examples_is_a_whole_number(examples: object) -> None:
    with pytest.raises(InputError, match="number of examples"):
        RULES.check(_good(), examples)


def test_a_client_that_claims_many_examples_counts_as_the_most_that_is_allowed() -> None:
    assert RULES.check(_good(), 10**9).examples == 100
    assert RULES.check(_good(), np.int64(7)).examples == 7


@pytest.mark.parametrize("bounds", [{"largest_norm": 0}, {"largest_norm": float("inf")}, {"most_examples": 0}])
def test_bounds_are_positive(bounds: dict[str, float]) -> None:
    with pytest.raises(InputError, match="above 0"):
        UpdateRules({}, **bounds)  # type: ignore[arg-type]


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_clipping_keeps_the_direction_and_never_exceeds_the_norm(scale: float) -> None:
    delta = {name: value * np.float32(scale) for name, value in _good().items()}
    clipped = clip(delta, 1.0)
    assert l2_norm(clipped) <= 1.0
    assert l2_norm(clipped) == pytest.approx(min(1.0, l2_norm(delta)), rel=1e-5)
    assert clipped["bias"][0] / clipped["weight"][0, 0] == pytest.approx(2)


def test_sums_and_differences() -> None:
    one, two = _good(), {name: 3 * value for name, value in _good().items()}
    assert subtract(add(WEIGHTS, one), WEIGHTS)["bias"].tolist() == [1, 1, 1]
    assert total([one, two], WEIGHTS)["bias"].tolist() == [4, 4, 4]
    assert mean([one, two], WEIGHTS, 2)["bias"].tolist() == [2, 2, 2]
    assert total([], WEIGHTS)["weight"].tolist() == np.zeros((3, 4)).tolist()
    assert isinstance(RULES.check(one, 1), Update)


def test_the_check_needs_no_training_library() -> None:
    code = "import sys, emoar.federated.updates as u; print({'torch', 'flwr', 'scipy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
