"""Preparation of the training samples: crops or landmarks, targets, soft targets of teachers, re-aligned crops."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emoar.errors import DataError
from emoar.models.inputs import CropInput, InputValues
from emoar.progress import Log, Progress
from emoar.training.data.face_dataset import FaceDataset, label_set_preference
from emoar.training.distillation.soft_targets import soft_targets
from emoar.training.distillation.view_teachers import ViewTeachers
from emoar.training.faces.inputs import resize_crops
from emoar.training.faces.landmarks import crop_landmarks
from emoar.training.faces.realign import realign
from emoar.training.loop.crop_batches import CropSamples
from emoar.training.loop.epoch_batches import TrainingSamples
from emoar.training.loop.mesh_batches import MeshSamples, check_mesh_recipe, meshes_of
from emoar.training.loop.targets import TEACHER, targets_of
from emoar.training.networks.architectures import input_for
from emoar.training.networks.base import Heads
from emoar.training.recipe import Recipe

__all__ = ["PreparedSamples", "prepare_samples"]

FirstAlone = Callable[[], AbstractContextManager[object]]  # as `Fabric.rank_zero_first`: rank 0 enters before others


@dataclass(frozen=True, eq=False)
class PreparedSamples:
    """The training samples of a run, and the faces for the evaluation of each epoch."""

    samples: TrainingSamples
    heads: Heads  # label sets that are trained, with their labels
    held_out: FaceDataset  # faces of `PublicTest`; for a network of landmarks, those with a mesh
    held_out_inputs: InputValues  # network inputs of these faces


def prepare_samples(
    recipe: Recipe, data: FaceDataset, cache: Path, first_alone: FirstAlone, log: Log, progress: Progress
) -> PreparedSamples:
    """Turns labelled faces into the samples of a run.

    Args:
        recipe: all settings.
        data: labelled faces with the splits `Training` and `PublicTest`.
        cache: a folder in which landmarks, re-aligned crops and the teachers' predictions are cached.
        first_alone: returns a context manager that rank 0 enters first, to compute what the others read from the cache.
        log: called with single lines of information.
        progress: advances with teachers, mesh and re-alignment.

    Raises:
        InputError: the recipe is for a network of landmarks and has settings that apply to pixels only.
        DataError: a split is missing, no face has a label, or no face has a mesh that the network or a teacher needs.
        TrainingError: the architecture is unknown, or a teacher has none of the label sets of the data.
        ModelMissing: a public model that is needed is not on this machine, or there is no such teacher.
        ModelMismatch: a teacher is not an expression model.
        OutputError: the cache cannot be written.
    """
    takes = input_for(recipe.architecture, recipe.size_px, recipe.channels)
    training, held_out = data.of_split("Training"), data.of_split("PublicTest")
    meshes = None
    if isinstance(takes, CropInput):
        held_out_inputs: InputValues = resize_crops(held_out.images, takes)
    else:
        check_mesh_recipe(recipe)
        with first_alone():
            points = crop_landmarks(held_out.images, cache)
            meshes = meshes_of(training, cache, progress, recipe.mesh_runs)
        training, held_out = meshes.data, held_out.take(np.flatnonzero(points.found))
        held_out_inputs = points.landmarks_px[points.found]
        log(f"{len(training)} faces have a mesh")
    heads = {name: labels for name, labels in data.label_sets.items() if name in training.label_sets}
    if not heads:
        raise DataError("no face of Training has a label: there is nothing to learn")
    targets = {name: targets_of(training, name, recipe) for name in heads}
    if recipe.teachers and not recipe.teacher_views:
        with first_alone():
            soft = soft_targets(recipe.teachers, training, cache, progress)
        targets |= {TEACHER + name: values for name, values in soft.items() if name in heads}
    truth = training.truth(min(heads, key=label_set_preference))
    if meshes is not None:
        return PreparedSamples(MeshSamples(targets, truth, meshes), heads, held_out, held_out_inputs)
    assert isinstance(takes, CropInput)
    view_teachers = ViewTeachers(recipe.teachers, heads) if recipe.teacher_views else None
    samples = CropSamples(targets, truth, resize_crops(training.images, takes), view_teachers=view_teachers)
    if recipe.realigned:
        with first_alone():
            crops = realign(training.images, cache, progress)
        log(f"{crops.found.mean():.1%} of the faces also as the pipeline crops them")
        realigned = resize_crops(crops.crops, takes)
        samples = dataclasses.replace(samples, realigned=realigned, has_realigned=crops.found)
    return PreparedSamples(samples, heads, held_out, held_out_inputs)
