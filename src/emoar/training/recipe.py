"""A training run as one TOML file, checked on load."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast, get_type_hints

from msgspec import Meta

from emoar.config import convert, read_table
from emoar.errors import InputError

__all__ = ["Augmentation", "Recipe", "load_recipe"]

_Count = Annotated[int, Meta(ge=0)]
_Positive = Annotated[int, Meta(ge=1)]
_NotNegative = Annotated[float, Meta(ge=0)]
_Fraction = Annotated[float, Meta(ge=0, lt=1)]
_Probability = Annotated[float, Meta(ge=0, le=1)]
_SMALLEST_PX: Final = 16


@dataclass(frozen=True)
class Augmentation:
    """Ranges and probabilities of the random changes to training crops. By default, only `flip` is on.

    Raises:
        InputError: a value has the wrong type or range.
    """

    rotation_deg: _NotNegative = 0.0  # rotation by -rotation_deg..rotation_deg degrees
    scale: _Fraction = 0.0  # scaling by 1 - scale..1 + scale: 0.15 is 0.85..1.15
    shift: _Fraction = 0.0  # shift along x and along y by -shift..shift times the side of the crop
    shear_deg: Annotated[float, Meta(ge=0, lt=90)] = 0.0  # horizontal shear by -shear_deg..shear_deg degrees
    flip: bool = True  # left-right flip with probability 0.5
    gamma: _NotNegative = 0.0  # gamma correction with an exponent in exp(-gamma)..exp(gamma)
    contrast: _NotNegative = 0.0  # contrast around the mean, multiplied by exp(-contrast)..exp(contrast)
    blur: _Probability = 0.0  # probability of a Gaussian blur; sigma is 0.4..1.2 px at a crop side of 48 px
    noise: _Probability = 0.0  # probability of additive Gaussian noise; its deviation is 2..10 grey levels
    erasing: _Probability = 0.0  # probability that a rectangle of 4..20 % of the area becomes one grey level
    mixup: _NotNegative = 0.0  # alpha of the Beta distribution of mixup (Zhang et al., 2018); 0 is off
    cutmix: _Probability = 0.0  # probability that a batch uses cutmix in place of mixup (Yun et al., 2019)
    # degradation, after mixing (see loop/degrade.py)
    exposure: _Probability = 0.0  # probability of a gain of 0.04..1.8, with sensor noise and rounding
    downscale: _Probability = 0.0  # probability of a face of 14..40 px, enlarged again
    jpeg: _Probability = 0.0  # probability of JPEG compression with a quality of 12..69
    occlusion: _Probability = 0.0  # probability that a mask, a hand, dark glasses or an edge covers a part
    glare: _Probability = 0.0  # probability of bright spots at the height of the eyes

    def __post_init__(self) -> None:
        _check_fields(self)


@dataclass(frozen=True)
class Recipe:
    """All settings of one run. Two runs of the same recipe on the same data give the same weights.

    Raises:
        InputError: a value has the wrong type or range.
    """

    # the network
    architecture: str  # name of the network, a key of architectures.ARCHITECTURES
    epochs: _Positive  # number of passes over the Training split
    size_px: Annotated[int, Meta(ge=_SMALLEST_PX, le=512)] = 48  # side of the crops; crops of another size are resized
    channels: Literal[1, 3] = 1  # channels of the crops: 1 grey, 3 RGB
    upsample_px: _Count = 0  # side to which the network resizes its input; 0 is the default of the architecture
    dropout: _Fraction = 0.2  # dropout probability before the heads; for emoar-mesh, after each layer
    head_init: Literal["default", "xavier", "kaiming", "normal", "zeros"] = "default"  # initial weights of the heads
    pretrained: bool = False  # start from weights of another task, such as the ImageNet weights of timm
    pretrained_weights: str = ""  # path of a local file with such weights (.safetensors, .pth; a .json manifest)
    init: str = ""  # start from a checkpoint (.pt), a .tflite or a shipped model of the same architecture
    trainable_blocks: Annotated[int, Meta(ge=-1)] = -1  # trains only the last N blocks of the trunk; -1 trains all
    unfreeze_epoch: _Count = 0  # trains all blocks from this epoch on, counted from 1; 0 is never
    # the optimizer
    optimizer: Literal["sgd", "adam", "adamw"] = "sgd"  # sgd uses Nesterov momentum
    lr: Annotated[float, Meta(gt=0)] = 0.12  # peak learning rate of the schedule
    schedule: Literal["one-cycle", "cosine", "multistep", "plateau", "constant"] = "one-cycle"  # of the learning rate
    warmup: _Fraction = 0.2  # one-cycle, cosine: fraction of all steps in which the rate rises to its peak
    cycles: _Positive = 1  # cosine: number of annealing cycles, each from the peak (warm restarts)
    milestones: tuple[Annotated[float, Meta(gt=0, lt=1)], ...] = (0.5, 0.75)
    # ^ multistep: fractions of all steps at which the rate is multiplied by lr_factor
    lr_factor: Annotated[float, Meta(gt=0, lt=1)] = 0.1  # multistep, plateau: factor of each reduction of the rate
    plateau_patience: _Positive = 5  # plateau: epochs without a better PublicTest accuracy before a reduction
    batch_size: Annotated[int, Meta(ge=2)] = 128  # faces per step, summed over all processes
    momentum: _Fraction = 0.9  # sgd: momentum; adam, adamw: beta_1
    weight_decay: _NotNegative = 5e-4  # decay of weight matrices and kernels; biases and normalisation have none
    clip_norm: _NotNegative = 5.0  # largest L2 norm of the gradients, which are scaled down to it; 0 is off
    # the targets
    label_smoothing: _Fraction = 0.1  # smoothing of one-hot targets; targets from vote shares are not smoothed
    vote_targets: Literal["soft", "votes", "majority"] = "soft"
    # ^ soft: shares of the votes without outliers; votes: shares of all votes; majority: one-hot
    head_weights: Mapping[str, _NotNegative] = field(default_factory=dict[str, float])
    # ^ factor of the loss of each label set, 1 where none is given: {ferplus = 2.5}
    class_weights: Literal["none", "inverse", "root"] = "none"
    # ^ weight of each label in the loss: 1 / frequency (inverse) or its square root (root)
    balanced_sampling: _Probability = 0.0
    # ^ 0: each face once per epoch; 1: sampling with replacement, every label equally often
    focal_gamma: _NotNegative = 0.0  # gamma of the focal loss (Lin et al., 2017); 0 is cross-entropy
    teachers: tuple[str, ...] = ()  # teacher models: .pt, .tflite, .onnx, shipped models, or .npz of probabilities
    distill_weight: _Probability = 0.5  # weight of the distillation loss; the loss on the labels has the rest
    distill_temperature: Annotated[float, Meta(gt=0)] = 1.0  # softens student and teacher; 1 changes nothing
    teacher_views: bool = False
    # ^ teachers see each augmented face before its degradation; false: the faces as they are, once before the run
    consistency: _NotNegative = 0.0
    # ^ weight of the squared change of the probabilities between a crop and a copy with slight noise; 0 is off
    # the run
    realigned: _Probability = 0.0  # probability that the crop of the live pipeline replaces the crop of the data
    mesh_runs: Annotated[int, Meta(ge=0, le=64)] = 0  # emoar-mesh: additional runs of the face mesh on jittered crops
    ema_decay: _Fraction = 0.999  # decay per step of the moving average of the weights, which is the result
    keep_batchnorm: bool = False  # BatchNorm uses and keeps the statistics of the initial weights
    recompute_batchnorm: bool = False  # recomputes BatchNorm statistics of the result from faces without augmentation
    no_mix_epochs: _Count = 0  # number of last epochs without mixup, cutmix and erasing
    early_stopping: _Count = 0  # ends after more than N epochs without a better PublicTest accuracy; 0 is off
    tta_flip: bool = False  # PublicTest accuracy from the mean probabilities of each image and its mirror image
    seed: int = 0  # seed of initial weights, sampling and augmentation
    precision: Literal["auto", "float32", "bf16", "fp16"] = "auto"  # auto: bf16 where it is fast; fp16 needs a GPU
    compile: bool = False  # torch.compile, where there is a C++ compiler: about a fifth faster
    augment: Augmentation = field(default_factory=Augmentation)  # random changes to training crops

    def __post_init__(self) -> None:
        _check_fields(self)
        if 0 < self.upsample_px < _SMALLEST_PX:
            raise InputError(f"upsample_px must be 0 or at least {_SMALLEST_PX}, got {self.upsample_px}")


def load_recipe(path: Path, overrides: Iterable[str] = ()) -> Recipe:
    """Reads a recipe.

    Args:
        path: a TOML file.
        overrides: `key=value` each, with `augment.key=value` for the augmentation; values are TOML or plain text.

    Raises:
        InputError: the file is missing or not TOML, a key is unknown (the nearest name is suggested), or a value
            has the wrong type or range.
    """
    values = read_table(path)
    for override in overrides:
        _apply(values, override)
    return convert(values, Recipe, str(path))


def _apply(values: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals:
        raise InputError(f"--set takes key=value, got {override!r}")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text  # a string whose quotes the shell removed
    *tables, last = key.strip().split(".")
    for table in tables:
        inner = values.setdefault(table, {})
        if not isinstance(inner, dict):
            raise InputError(f"--set {override}: {table} is a value, not a table")
        values = cast("dict[str, Any]", inner)
    values[last] = value


def _check_fields(settings: Recipe | Augmentation) -> None:
    """Checks settings that Python code creates; `convert` checks those of a file before."""
    for name, kind in _field_types(type(settings)).items():
        value = getattr(settings, name)
        if not dataclasses.is_dataclass(value):
            convert(value, kind, name)


@cache
def _field_types(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind, include_extras=True)
