"""What a run learns from, made from its recipe: crops or landmarks, targets, teachers, re-aligned crops."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.models.metadata import ModelInfo
from emoar.training.data.face_dataset import label_set_preference
from emoar.training.data.read import FaceDataset
from emoar.training.faces.inputs import Faces, resize_crops
from emoar.training.faces.landmarks import crop_landmarks
from emoar.training.loop.batches import TrainingSamples
from emoar.training.loop.distill import Report, teach
from emoar.training.loop.mesh_batches import Meshes, MeshSamples, check_mesh_recipe, meshes_of
from emoar.training.loop.targets import targets_of
from emoar.training.networks.architectures import kind_of
from emoar.training.recipe import Recipe

__all__ = ["TEACHER", "PreparedSamples", "prepare_samples"]

TEACHER: Final = "teacher/"  # before the label set, in the names of targets

FirstAlone = Callable[[], AbstractContextManager[object]]  # the first process does the work, the others find it done
Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class PreparedSamples:
    """What is learned from, and what the epochs are judged on."""

    lesson: TrainingSamples | MeshSamples
    training: FaceDataset  # the faces that are learned from, in the size and colour of the recipe
    heads: Mapping[str, tuple[str, ...]]  # the label sets that are learned
    held_out: FaceDataset  # `PublicTest`; of a mesh network, the faces that have a mesh
    held_out_inputs: Faces  # what the network sees of them: the crops, or (N, 468, 3) landmarks


def prepare_samples(
    recipe: Recipe, data: FaceDataset, cache: Path, first_alone: FirstAlone, say: Say, ask: Report
) -> PreparedSamples:
    """Brings the data to what the recipe's network learns from.

    Args:
        recipe: all settings.
        data: labelled faces with the splits `Training` and `PublicTest`.
        cache: a folder, where landmarks, re-aligned crops and the teachers' answers are kept.
        first_alone: in it the first process works while the others wait.
        say: is told, in single lines, what is worth knowing.
        ask: is told how far teachers, mesh and re-aligning are.

    Raises:
        InputError: the recipe asks a mesh network for what needs pixels.
        DataError: no face has a mesh, and the network needs one.
        TrainingError: a teacher does not know the labels of the data.
        ModelMissing: the public mesh model is needed and not on this machine.
    """
    data = dataclasses.replace(data, images=_brought(data.images, recipe))
    training, held_out = data.of_split("Training"), data.of_split("PublicTest")
    inputs: Faces = held_out.images
    meshes = None
    if kind_of(recipe.architecture) == "mesh":
        check_mesh_recipe(recipe)
        with first_alone():
            points = crop_landmarks(held_out.images, cache)
            meshes = meshes_of(training, cache, ask, recipe.mesh_runs)
        training, held_out = meshes.data, held_out.take(np.flatnonzero(points.found))
        inputs = points.landmarks_px[points.found]
        say(f"{len(training)} faces have a mesh")
    heads = {name: labels for name, labels in data.label_sets.items() if name in training.label_sets}
    targets = {name: targets_of(training, name, recipe) for name in heads}
    if recipe.teachers:
        with first_alone():
            taught = teach(recipe.teachers, training, cache, ask)
        targets |= {TEACHER + name: values for name, values in taught.items() if name in heads}
    lesson = _lesson(training, meshes, targets, heads)
    if recipe.realigned and isinstance(lesson, TrainingSamples):
        with first_alone():
            lesson = _with_realigned(lesson, recipe, cache, say, ask)
    return PreparedSamples(lesson, training, heads, held_out, inputs)


def _lesson(
    training: FaceDataset,
    meshes: Meshes | None,
    targets: Mapping[str, NDArray[np.float32]],
    heads: Mapping[str, tuple[str, ...]],
) -> TrainingSamples | MeshSamples:
    balanced = min(heads, key=label_set_preference)
    truth = training.truth(balanced)
    return (
        MeshSamples(meshes, targets, truth) if meshes is not None else TrainingSamples(training.images, targets, truth)
    )


def _with_realigned(lesson: TrainingSamples, recipe: Recipe, cache: Path, say: Say, ask: Report) -> TrainingSamples:
    from emoar.training.faces.realign import realign

    crops = realign(lesson.images, cache, lambda done, count: ask("detector and mesh", done, count))
    say(f"{crops.found.mean():.1%} of the faces also as the pipeline crops them")
    return dataclasses.replace(lesson, realigned=_brought(crops.crops, recipe), has_realigned=crops.found)


def _brought(images: NDArray[np.uint8], recipe: Recipe) -> NDArray[np.uint8]:
    return resize_crops(images, ModelInfo(recipe.architecture, size_px=recipe.size_px, channels=recipe.channels))
