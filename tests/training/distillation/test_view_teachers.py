"""Teachers that see the student's own views."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from emoar.errors import ModelMissing, TrainingError
from emoar.labels import DEFAULT_HEADS
from emoar.models.expression import expression_model
from emoar.perception.ensemble import ExpressionEnsemble
from emoar.training.distillation.view_teachers import ViewTeachers
from emoar.training.recipe import Augmentation, Recipe

FACES = np.random.default_rng(4).uniform(0, 255, (5, 48, 48)).astype(np.float32)


def test_the_answer_is_the_mean_of_the_models_on_these_very_crops() -> None:
    answers = ViewTeachers(["emoar-s", "emoar-m"], DEFAULT_HEADS)(FACES)
    crops = np.rint(FACES).astype(np.uint8)
    for name, values in answers.items():
        own = []
        for model in ("emoar-s", "emoar-m"):
            network = ExpressionEnsemble(expression_model(model))
            own.append(np.stack([network.classify_crop(crop, None)[name] for crop in crops]))
            network.close()
        np.testing.assert_allclose(values, np.mean(own, axis=0), atol=1e-6)
    assert {name: values.shape for name, values in answers.items()} == {"ferplus": (5, 8), "fer2013": (5, 7)}


def test_a_pickled_copy_opens_the_models_again() -> None:
    teachers = ViewTeachers(["emoar-s"], DEFAULT_HEADS)
    copy = pickle.loads(pickle.dumps(teachers))
    np.testing.assert_array_equal(copy(FACES)["fer2013"], teachers(FACES)["fer2013"])


def test_label_sets_that_are_not_trained_are_left_out() -> None:
    assert list(ViewTeachers(["emoar-s"], {"fer2013": DEFAULT_HEADS["fer2013"]})(FACES)) == ["fer2013"]


@pytest.mark.parametrize(
    ("teachers", "error", "why"),
    [
        ([], TrainingError, "teachers is empty"),
        (["mesh"], TrainingError, "takes landmarks"),
        (["answers.npz"], TrainingError, "needs a model"),
        (["nobody"], ModelMissing, "nobody"),
    ],
)
def test_what_cannot_be_a_teacher_of_views(teachers: list[str], error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        ViewTeachers(teachers, DEFAULT_HEADS)


def test_a_model_without_the_labels_is_no_teacher() -> None:
    with pytest.raises(TrainingError, match="knows none of custom"):
        ViewTeachers(["emoar-s"], {"custom": ("a", "b")})


def test_a_batch_has_the_answers_on_the_faces_before_their_degradation() -> None:
    pytest.importorskip("torch")
    from emoar.training.loop.crop_batches import CropBatches, CropSamples

    teachers = ViewTeachers(["emoar-s"], DEFAULT_HEADS)
    targets = {"fer2013": np.eye(7, dtype=np.float32)[[0, 1, 2, 3, 4]]}
    samples = CropSamples(targets, np.zeros(5, np.int64), np.rint(FACES).astype(np.uint8), view_teachers=teachers)
    clean = Recipe("emoar-s", 1, batch_size=5, teacher_views=True, augment=Augmentation(rotation_deg=10, mixup=0.4))
    dark = Recipe(**{**clean.__dict__, "augment": Augmentation(rotation_deg=10, mixup=0.4, exposure=1.0)})
    faces, answers = CropBatches(samples, clean, 0)[0]
    degraded, same = CropBatches(samples, dark, 0)[0]
    assert not np.allclose(faces.numpy(), degraded.numpy())
    np.testing.assert_array_equal(answers["teacher/fer2013"].numpy(), same["teacher/fer2013"].numpy())
    np.testing.assert_allclose(answers["teacher/fer2013"].numpy(), teachers(faces[:, 0].numpy())["fer2013"], atol=1e-6)
