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
    """How far each change of a training crop may go. The defaults change nothing but the side."""

    rotation_deg: _NotNegative = 0.0  # up to this angle either way
    scale: _Fraction = 0.0  # up to this factor larger or smaller: 0.15 is 0.85..1.15
    shift: _Fraction = 0.0  # up to this fraction of the side, each way
    shear_deg: Annotated[float, Meta(ge=0, lt=90)] = 0.0  # sideways, up to this angle either way
    flip: bool = True  # left-right, half of the time
    gamma: _NotNegative = 0.0  # exponent in exp(-gamma)..exp(gamma)
    contrast: _NotNegative = 0.0  # gain in exp(-contrast)..exp(contrast) around the mean
    blur: _Probability = 0.0  # of a Gaussian blur, sigma 0.4..1.2 px of a 48 px crop
    noise: _Probability = 0.0  # of additive noise, deviation 2..10 grey levels
    erasing: _Probability = 0.0  # that a rectangle of 4..20 % is replaced by one grey level
    mixup: _NotNegative = 0.0  # alpha of the Beta distribution, 0 is off
    cutmix: _Probability = 0.0  # that a batch exchanges rectangles instead (Yun et al., 2019)

    def __post_init__(self) -> None:
        _check_fields(self)


@dataclass(frozen=True)
class Recipe:
    """All settings of one run; two runs of the same recipe on the same data give the same weights.

    Raises:
        InputError: a value has the wrong type or range.
    """

    # the network
    architecture: str  # a name in architectures.ARCHITECTURES
    epochs: _Positive
    size_px: Annotated[int, Meta(ge=_SMALLEST_PX, le=512)] = 48  # side of the crops; others are resized
    channels: Literal[1, 3] = 1  # of the crops: 1 grey, 3 RGB
    upsample_px: _Count = 0  # side to which the network enlarges its crops; 0 takes them as they are
    dropout: _Fraction = 0.2  # before the heads; in a network of landmarks, after each layer
    head_init: Literal["default", "xavier", "kaiming", "normal", "zeros"] = "default"  # of the heads' weights
    pretrained: bool = False  # start from weights of another task, such as timm's of ImageNet
    pretrained_weights: str = ""  # the same from a local file (.safetensors, .pth)
    init: str = ""  # start from a checkpoint (.pt), or a .tflite or shipped model of the same architecture
    trainable_blocks: Annotated[int, Meta(ge=-1)] = -1  # the last N blocks of the trunk are trained, -1: all
    unfreeze_epoch: _Count = 0  # from this epoch on (from 1) all blocks are trained; 0 is never
    # the optimizer
    optimizer: Literal["sgd", "adam", "adamw"] = "sgd"  # sgd is with Nesterov's momentum
    lr: Annotated[float, Meta(gt=0)] = 0.12  # the highest learning rate of the schedule
    schedule: Literal["one-cycle", "cosine", "multistep", "plateau", "constant"] = "one-cycle"
    warmup: _Fraction = 0.2  # one-cycle, cosine: fraction of the steps in which the rate rises to its peak
    cycles: _Positive = 1  # cosine: how often the rate falls from its peak (warm restarts)
    milestones: tuple[Annotated[float, Meta(gt=0, lt=1)], ...] = (0.5, 0.75)
    # ^ multistep: fractions of the run at which the rate falls
    lr_factor: Annotated[float, Meta(gt=0, lt=1)] = 0.1  # multistep, plateau: what the rate is multiplied by
    plateau_patience: _Positive = 5  # plateau: epochs without a better PublicTest accuracy
    batch_size: Annotated[int, Meta(ge=2)] = 128  # of all processes together
    momentum: _Fraction = 0.9  # sgd; the first beta of adam and adamw
    weight_decay: _NotNegative = 5e-4  # not on normalisation or biases
    clip_norm: _NotNegative = 5.0  # of the gradients; 0 is off
    # the targets
    label_smoothing: _Fraction = 0.1  # of one-hot targets; targets from votes are soft already
    vote_targets: Literal["soft", "votes", "majority"] = "soft"  # soft: without outliers; votes: as cast
    head_weights: Mapping[str, _NotNegative] = field(default_factory=dict[str, float])
    # ^ of the loss of each head, by label set; 1 where none is given: {ferplus = 2.5}
    class_weights: Literal["none", "inverse", "root"] = "none"  # in the loss: 1/frequency, or its square root
    balanced_sampling: _Probability = 0.0  # 0 draws each face once an epoch; 1 draws every label equally often
    focal_gamma: _NotNegative = 0.0  # focal loss: how much less confident predictions count; 0 is cross-entropy
    teachers: tuple[str, ...] = ()  # checkpoints, .tflite, .onnx, shipped models, or .npz of probabilities
    distill_weight: _Probability = 0.5  # of the teachers beside the labels
    distill_temperature: Annotated[float, Meta(gt=0)] = 1.0  # of both sides; above 1 raises the less probable labels
    # the run
    realigned: _Probability = 0.0  # of the crop of the live pipeline in place of the data's own
    mesh_runs: Annotated[int, Meta(ge=0, le=64)] = 0  # emoar-mesh: additional runs of the mesh on changed crops
    ema_decay: _Fraction = 0.999  # per step, of the moving average of the weights, which is the result
    recompute_batchnorm: bool = False  # at the end: statistics of the averaged weights, from faces as they are
    no_mix_epochs: _Count = 0  # last epochs without mixup, cutmix and erasing, closer to real faces
    early_stopping: _Count = 0  # epochs without a better PublicTest accuracy after which the run ends; 0 is never
    tta_flip: bool = False  # PublicTest accuracy is of the mean over image and mirror image
    seed: int = 0
    precision: Literal["auto", "float32", "bf16", "fp16"] = "auto"  # auto: bfloat16 where it is fast; fp16 needs a GPU
    compile: bool = False  # torch.compile where there is a C++ compiler: about a fifth faster
    augment: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        _check_fields(self)
        if 0 < self.upsample_px < _SMALLEST_PX:
            raise InputError(f"upsample_px must be 0 or at least {_SMALLEST_PX}, got {self.upsample_px}")


def load_recipe(path: Path, overrides: Iterable[str] = ()) -> Recipe:
    """Reads a recipe; each override is `key=value`, with `augment.key=value` for the augmentation.

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
        value = text  # a text whose quotes the shell removed
    *tables, last = key.strip().split(".")
    for table in tables:
        inner = values.setdefault(table, {})
        if not isinstance(inner, dict):
            raise InputError(f"--set {override}: {table} is a value, not a table")
        values = cast("dict[str, Any]", inner)
    values[last] = value


def _check_fields(settings: Recipe | Augmentation) -> None:
    """Checks settings that Python code made; those of a file have been checked before."""
    for name, kind in _field_types(type(settings)).items():
        value = getattr(settings, name)
        if not dataclasses.is_dataclass(value):
            convert(value, kind, name)


@cache
def _field_types(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind, include_extras=True)
