"""What the description of a stream contains of the expression model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from emoar.labels import DEFAULT_HEADS
from emoar.models.expression import expression_model
from emoar.models.metadata import read_info

__all__ = ["ModelDescription", "describe_model"]


@dataclass(frozen=True)
class ModelDescription:
    """An expression model: its name, its files and its labels."""

    name: str
    sha256: Mapping[str, str]  # file name -> of its bytes, hex
    label_sets: Mapping[str, tuple[str, ...]]  # those that all files have, with their labels in order


def describe_model(model: str | Path) -> ModelDescription:
    """The description of a shipped model by its name, or of a .tflite file.

    Raises:
        ModelMissing: there is no such model.
        ModelMismatch: the file is no expression model.
    """
    found = expression_model(model)
    paths = [member.path for member in found.members]
    heads = [info.heads if (info := read_info(path)) else DEFAULT_HEADS for path in paths]
    common = {name: labels for name, labels in heads[0].items() if all(name in other for other in heads)}
    sha256 = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    return ModelDescription(found.name, sha256, common)
