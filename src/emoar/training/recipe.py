"""A training run as one TOML file, checked on load."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from emoar.errors import InputError

__all__ = ["CHOICES", "Recipe", "load_recipe"]

CHOICES: Final = {
    "head_init": ("default", "xavier", "kaiming", "normal", "zeros"),
    "optimizer": ("sgd", "adam", "adamw"),
    "schedule": ("one-cycle", "cosine", "multistep", "plateau", "constant"),
    "ferplus_targets": ("soft", "votes", "majority"),
    "class_weights": ("none", "inverse", "root"),
    "precision": ("auto", "float32", "bf16", "fp16"),
}


@dataclass(frozen=True)
class Augmentation:
    """How far each change may go. The defaults change nothing but the side."""

    rotation_deg: float = 0.0  # up to this angle either way
    scale: float = 0.0  # up to this factor larger or smaller: 0.15 is 0.85..1.15
    shift: float = 0.0  # up to this fraction of the side, each way
    shear_deg: float = 0.0  # sideways, up to this angle either way
    flip: bool = True  # left-right, half of the time
    gamma: float = 0.0  # exponent in exp(-gamma)..exp(gamma)
    contrast: float = 0.0  # gain in exp(-contrast)..exp(contrast) around the mean
    blur: float = 0.0  # probability of a Gaussian blur, sigma 0.4..1.2 px of a 48 px crop
    noise: float = 0.0  # probability of additive noise, deviation 2..10 grey levels
    erasing: float = 0.0  # probability that a rectangle of 4..20 % is replaced by one grey level
    mixup: float = 0.0  # alpha of the Beta distribution, 0 is off
    cutmix: float = 0.0  # probability that a batch exchanges rectangles instead (Yun et al., 2019)


@dataclass(frozen=True)
class Recipe:
    """All settings of one run; two runs of the same recipe on the same data give the same weights."""

    # the network
    architecture: str  # a name in architectures.ARCHITECTURES
    epochs: int
    size_px: int = 48  # side of the crops
    channels: int = 1  # 1 grey, 3 RGB
    upsample_px: int = 0  # the network enlarges its crops to this side; 0 takes them as they are
    dropout: float = 0.2  # before the heads
    head_init: str = "default"  # of the linear layers: default, xavier, kaiming, normal or zeros
    pretrained: bool = False  # start from timm's ImageNet weights, where they can be reached
    pretrained_weights: str = ""  # the same from a local file (.safetensors, .pth)
    init: str = ""  # start from a checkpoint (.pt), or a .tflite or shipped model of the same architecture
    trainable_blocks: int = -1  # the last N blocks of the trunk learn, the others are frozen; -1 is all
    unfreeze_epoch: int = 0  # from this epoch on (from 1) all blocks learn; 0 is never
    # the optimizer
    optimizer: str = "sgd"  # sgd (Nesterov), adam or adamw
    lr: float = 0.12  # the highest learning rate of the schedule
    schedule: str = "one-cycle"  # one-cycle, cosine, multistep, plateau or constant
    warmup: float = 0.2  # one-cycle, cosine: fraction of the steps in which the rate rises to its peak
    cycles: int = 1  # cosine: how often the rate falls from its peak (warm restarts)
    milestones: tuple[float, ...] = (0.5, 0.75)  # multistep: fractions of the run at which the rate falls
    lr_factor: float = 0.1  # multistep, plateau: what the rate is multiplied by
    plateau_patience: int = 5  # plateau: epochs without a better PublicTest accuracy
    batch_size: int = 128  # of all processes together
    momentum: float = 0.9  # sgd; the first beta of adam and adamw
    weight_decay: float = 5e-4  # not on normalisation or biases
    clip_norm: float = 5.0  # of the gradients; 0 is off
    # the targets
    label_smoothing: float = 0.1  # of one-hot targets; soft FER+ targets are soft already
    ferplus_targets: str = "soft"  # soft (votes without outliers), votes (as cast) or majority
    ferplus_weight: float = 1.0  # of the FER+ loss beside the others
    class_weights: str = "none"  # of the loss: none, inverse (1/frequency) or root (its square root)
    balanced_sampling: float = 0.0  # 0 draws faces as they are, 1 draws every label as often, between: between
    focal_gamma: float = 0.0  # focal loss: how much sure answers count less; 0 is cross-entropy
    teachers: tuple[str, ...] = ()  # checkpoints, .tflite, shipped models, or .npz of probabilities
    distill_weight: float = 0.5  # of the teachers beside the labels
    distill_temperature: float = 1.0  # softens both sides; above 1 shows more of what the teachers find similar
    # the run
    realigned: float = 0.0  # probability that a face is shown as the live pipeline crops it, instead of FER2013
    mesh_runs: int = 0  # emoar-mesh: how often the mesh looks at each face again, at a slightly changed picture
    ema_decay: float = 0.999  # per step, of the weights that are kept
    settle: bool = False  # at the end, the normalisations take their statistics anew from faces as they are
    no_mix_epochs: int = 0  # last epochs without mixup, cutmix and erasing, closer to what the network will see
    early_stopping: int = 0  # epochs without a better PublicTest accuracy after which the run ends; 0 is never
    tta_flip: bool = False  # PublicTest is judged on image and mirror image together
    seed: int = 0
    precision: str = "auto"  # auto (bfloat16 where the processor is quick at it), float32, bf16 or fp16 (GPU)
    compile: bool = False  # torch.compile where there is a C++ compiler: about a fifth faster
    augment: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        checks = {
            "epochs": self.epochs >= 1,
            "size_px": 16 <= self.size_px <= 512,
            "channels": self.channels in (1, 3),
            "upsample_px": self.upsample_px == 0 or self.upsample_px >= 16,
            "dropout": 0 <= self.dropout < 1,
            "trainable_blocks": self.trainable_blocks >= -1,
            "unfreeze_epoch": self.unfreeze_epoch >= 0,
            "lr": self.lr > 0,
            "warmup": 0 <= self.warmup < 1,
            "cycles": self.cycles >= 1,
            "milestones": all(0 < fraction < 1 for fraction in self.milestones),
            "lr_factor": 0 < self.lr_factor < 1,
            "plateau_patience": self.plateau_patience >= 1,
            "batch_size": self.batch_size >= 2,
            "momentum": 0 <= self.momentum < 1,
            "weight_decay": self.weight_decay >= 0,
            "clip_norm": self.clip_norm >= 0,
            "label_smoothing": 0 <= self.label_smoothing < 1,
            "ferplus_weight": self.ferplus_weight >= 0,
            "balanced_sampling": 0 <= self.balanced_sampling <= 1,
            "focal_gamma": self.focal_gamma >= 0,
            "distill_weight": 0 <= self.distill_weight <= 1,
            "distill_temperature": self.distill_temperature > 0,
            "realigned": 0 <= self.realigned <= 1,
            "mesh_runs": 0 <= self.mesh_runs <= 64,
            "ema_decay": 0 <= self.ema_decay < 1,
            "no_mix_epochs": self.no_mix_epochs >= 0,
            "early_stopping": self.early_stopping >= 0,
        }
        for name, fine in checks.items():
            if not fine:
                raise InputError(f"recipe: {name} = {getattr(self, name)!r} is out of range")
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise InputError(f"recipe: {name} must be one of {', '.join(choices)}, got {getattr(self, name)!r}")


def load_recipe(path: Path, overrides: Iterable[str] = ()) -> Recipe:
    """Reads a recipe; each override is `key=value`, with `augment.key=value` for the augmentation.

    Raises:
        InputError: the file is missing or not TOML, a key is unknown (the nearest name is suggested), or a value
            has the wrong type or range.
    """
    try:
        values = tomllib.loads(Path(path).read_text())
    except OSError as exc:
        raise InputError(f"recipe {path} cannot be read: {exc.strerror}") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InputError(f"recipe {path} is not TOML: {exc}") from exc
    for override in overrides:
        _apply(values, override)
    augmentation = _construct(Augmentation, values.pop("augment", {}), "augment.")
    return dataclasses.replace(_construct(Recipe, values, ""), augment=augmentation)


def _apply(values: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals:
        raise InputError(f"--set takes key=value, got {override!r}")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    *tables, last = key.strip().split(".")
    for table in tables:
        values = values.setdefault(table, {})
    values[last] = value


def _construct(kind: type[Any], values: Any, prefix: str) -> Any:
    if not isinstance(values, Mapping):
        raise InputError(f"recipe: {prefix.rstrip('.')} must be a table, got {values!r}")
    table = cast("Mapping[str, Any]", values)
    fields = {item.name: item for item in dataclasses.fields(kind)}
    checked: dict[str, Any] = {}
    for key, value in table.items():
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            hint = f", did you mean {prefix}{near[0]}?" if near else f"; keys are {', '.join(fields)}"
            raise InputError(f"recipe: unknown key {prefix}{key}{hint}")
        checked[key] = _convert(value, str(fields[key].type), prefix + key)
    missing = [
        n for n, f in fields.items() if n not in checked and f.default is f.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise InputError(f"recipe: missing {', '.join(prefix + name for name in missing)}")
    return kind(**checked)


def _convert(value: Any, kind: str, name: str) -> Any:
    if kind.startswith("tuple["):
        item = kind.removeprefix("tuple[").split(",")[0]
        if not isinstance(value, list):
            raise InputError(f"recipe: {name} must be a list of {item}, got {value!r}")
        return tuple(_convert(entry, item, name) for entry in cast("list[Any]", value))
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value).__name__ != kind:
        raise InputError(f"recipe: {name} must be {kind}, got {value!r}")
    return value
