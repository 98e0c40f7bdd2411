"""A training run as one TOML file, checked on load."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from emoar.errors import InputError
from emoar.training.augment import Augmentation

__all__ = ["Recipe", "load_recipe"]


@dataclass(frozen=True)
class Recipe:
    """All settings of one run; two runs of the same recipe on the same data give the same weights."""

    architecture: str  # a name in architectures.ARCHITECTURES
    epochs: int
    batch_size: int = 128
    peak_lr: float = 0.12  # of the one-cycle schedule
    warmup: float = 0.2  # fraction of the steps in which the rate rises to its peak
    momentum: float = 0.9
    weight_decay: float = 5e-4  # not on normalisation or biases
    label_smoothing: float = 0.1  # of the FER2013 head; FER+ targets are soft already
    ferplus_weight: float = 1.0  # of the FER+ loss beside the FER2013 loss
    dropout: float = 0.2  # before the two heads
    clip_norm: float = 5.0  # of the gradients
    ema_decay: float = 0.999  # per step, of the weights that are kept
    calm_epochs: int = 0  # last epochs without mixup and erasing, closer to what the network will see
    seed: int = 0
    bf16: bool = True  # autocast to bfloat16 where the processor has it
    compile: bool = False  # torch.compile where there is a C++ compiler: about a fifth faster
    augment: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        checks = {
            "epochs": self.epochs >= 1,
            "batch_size": self.batch_size >= 2,
            "peak_lr": self.peak_lr > 0,
            "warmup": 0 < self.warmup < 1,
            "label_smoothing": 0 <= self.label_smoothing < 1,
            "dropout": 0 <= self.dropout < 1,
            "ema_decay": 0 <= self.ema_decay < 1,
            "calm_epochs": self.calm_epochs >= 0,
        }
        for name, fine in checks.items():
            if not fine:
                raise InputError(f"recipe: {name} = {getattr(self, name)!r} is out of range")


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
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value).__name__ != kind:
        raise InputError(f"recipe: {name} must be {kind}, got {value!r}")
    return value
