"""Soft targets, label weights, sampling and losses on cases small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from training_faces import face_dataset

from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.recipe import Recipe

torch = pytest.importorskip("torch")

from emoar.training.loop.targets import (  # noqa: E402
    TEACHER,
    class_weights,
    distillation_loss,
    draw_order,
    soft_loss,
    targets_of,
    total_loss,
)


def faces() -> FaceDataset:
    votes = np.zeros((3, 10), np.float32)
    votes[0, :3] = 6, 3, 1  # neutral, happiness, a single surprise
    votes[1, 9] = 10  # not a face
    votes[2, 4] = 10
    return face_dataset(
        np.zeros((3, 48, 48), np.uint8),
        ["Training"] * 3,
        fer2013=[3, NO_LABEL, 0],
        votes=votes,
        custom=[0, 1, 1],
        classes=("quiet", "loud"),
    )


@pytest.mark.parametrize(
    ("kind", "first"),
    [("soft", [6 / 9, 3 / 9, 0]), ("votes", [0.6, 0.3, 0.1]), ("majority", [0.9 + 0.1 / 8, 0.1 / 8, 0.1 / 8])],
)
def test_targets_from_votes(kind: str, first: list[float]) -> None:
    targets = targets_of(faces(), "ferplus", Recipe("emoar-s", 1, vote_targets=kind, label_smoothing=0.1))
    assert targets[0, :3] == pytest.approx(first)
    assert targets.sum(axis=1) == pytest.approx([1, 0, 1])  # the picture that is no face has no target
    assert targets[2].argmax() == 4


def test_one_hot_targets_are_smoothed_and_missing_labels_are_zero() -> None:
    recipe = Recipe("emoar-s", 1, label_smoothing=0.2)
    fer2013, custom = (targets_of(faces(), name, recipe) for name in ("fer2013", "custom"))
    assert fer2013[0, 3] == pytest.approx(0.8 + 0.2 / 7)
    assert fer2013[1].tolist() == [0] * 7
    assert custom == pytest.approx(np.array([[0.9, 0.1], [0.1, 0.9], [0.1, 0.9]]))


@pytest.mark.parametrize(
    ("kind", "expected"), [("none", [1, 1]), ("inverse", [2.0, 2 / 3]), ("root", [4 / (1 + 3**0.5), 4 / (3 + 3**0.5)])]
)
def test_class_weights_are_one_on_average(kind: str, expected: list[float]) -> None:
    targets = np.eye(3, dtype=np.float32)[[0, 1, 1, 1]]
    weights = class_weights(targets, kind)
    assert weights[:2] == pytest.approx(expected)
    assert (targets * weights).sum() == pytest.approx(4)
    assert weights[2] == (0 if kind != "none" else pytest.approx(1) if weights[2] else 0)


def test_an_epoch_holds_every_face_once_unless_balanced() -> None:
    truth = np.array([0] * 900 + [1] * 100)
    assert sorted(draw_order(truth, 0.0, np.random.default_rng(0))) == list(range(1000))
    balanced = truth[draw_order(truth, 1.0, np.random.default_rng(0))].mean()
    between = truth[draw_order(truth, 0.5, np.random.default_rng(0))].mean()
    assert balanced == pytest.approx(0.5, abs=0.05)
    assert between == pytest.approx(0.25, abs=0.05)


def test_losses_by_hand() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.5], [0.25, 0.75]]))
    target = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    by_hand = -(np.log(0.5) + np.log(0.75)) / 2
    assert float(soft_loss(logits, target)) == pytest.approx(by_hand, rel=1e-5)
    weighted = -(2 * np.log(0.5) + np.log(0.75)) / 2
    assert float(soft_loss(logits, target, torch.tensor([2.0, 1.0]))) == pytest.approx(weighted, rel=1e-5)
    focal = -(0.5**2 * np.log(0.5) + 0.25**2 * np.log(0.75)) / 2
    assert float(soft_loss(logits, target, gamma=2.0)) == pytest.approx(focal, rel=1e-5)
    assert float(soft_loss(logits, torch.zeros(2, 2))) == 0


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_distillation_is_least_at_the_teachers_probabilities(temperature: float) -> None:
    teacher = torch.tensor([[0.7, 0.2, 0.1]])
    logits = teacher.log().requires_grad_()
    loss = distillation_loss(logits, teacher, temperature)
    loss.backward()
    assert logits.grad.abs().max() < 1e-6
    assert float(distillation_loss(torch.zeros(1, 3), teacher, temperature)) > float(loss.detach())


def test_a_face_of_which_no_teacher_has_a_prediction_adds_nothing() -> None:
    teacher, logits = torch.tensor([[0.7, 0.3], [0.0, 0.0]]), torch.tensor([[0.1, 0.4], [2.0, -1.0]])
    alone = distillation_loss(logits[:1], teacher[:1], 2.0)
    torch.testing.assert_close(distillation_loss(logits, teacher, 2.0), alone / 2)  # the mean is over both


def test_the_total_is_the_sum_over_label_sets_of_labels_and_teachers() -> None:
    logits = {name: torch.log(torch.tensor([[0.5, 0.5]])) for name in ("fer2013", "ferplus")}
    truth, teacher = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.25, 0.75]])
    targets = {"fer2013": truth, "ferplus": truth, TEACHER + "fer2013": teacher}
    recipe = Recipe("emoar-s", 1, distill_weight=0.25, head_weights={"ferplus": 3.0})
    nothing_weighted = total_loss(logits, targets, recipe, {})
    assert float(nothing_weighted) == pytest.approx((0.75 + 0.25 + 3) * np.log(2), rel=1e-5)
    doubled = total_loss(logits, targets, recipe, {"fer2013": torch.tensor([2.0, 1.0])})
    assert float(doubled) == pytest.approx((2 * 0.75 + 0.25 + 3) * np.log(2), rel=1e-5)  # the labels' part alone
