"""The models that are shipped inside the package; `weights/manifest.json` lists them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from emoar.errors import ModelMismatch
from emoar.models.sources import ModelFile

__all__ = [
    "DEFAULT_MODEL",
    "ShippedEnsemble",
    "expression_model_names",
    "shipped_ensembles",
    "shipped_models",
    "weights_folder",
]

DEFAULT_MODEL: Final = "emoar-m"


@dataclass(frozen=True)
class ShippedEnsemble:
    """One expression model that consists of several files."""

    name: str
    members: Mapping[str, float]  # name of a shipped model -> weight of its probabilities
    flip: bool = False  # crop members also run on the mirrored crop
    temperatures: Mapping[str, float] = field(default_factory=dict[str, float])  # of the average, by label set
    accuracy: Mapping[str, float] = field(default_factory=dict[str, float])  # top-1 on `PrivateTest`, by label set
    decision: Mapping[str, Any] = field(default_factory=dict[str, Any])  # the document that `models.decision` reads


def shipped_models() -> tuple[ModelFile, ...]:
    """The model files inside the package.

    Raises:
        ModelMismatch: the manifest is damaged.
    """
    try:
        return tuple(_shipped_model(name, e) for name, e in _manifest().items() if "members" not in e)
    except (ValueError, KeyError, TypeError) as exc:
        raise _damaged_manifest(exc) from exc


def shipped_ensembles() -> tuple[ShippedEnsemble, ...]:
    """The shipped models that consist of several files.

    Raises:
        ModelMismatch: the manifest is damaged.
    """
    try:
        return tuple(_shipped_ensemble(name, e) for name, e in _manifest().items() if "members" in e)
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise _damaged_manifest(exc) from exc


def expression_model_names() -> tuple[str, ...]:
    """The names of the shipped expression models, in ascending order.

    Raises:
        ModelMismatch: the manifest is damaged.
    """
    files = (model.name for model in shipped_models() if model.file.endswith(".tflite"))  # measures have another
    return tuple(sorted((*files, *(ensemble.name for ensemble in shipped_ensembles()))))


def weights_folder() -> Path:
    """The folder of the manifest and the model files."""
    return Path(str(files("emoar").joinpath("weights")))


def _manifest() -> dict[str, dict[str, Any]]:
    manifest = weights_folder() / "manifest.json"
    if not manifest.is_file():
        return {}
    entries: Any = json.loads(manifest.read_text("utf-8"))
    if not isinstance(entries, dict) or not all(isinstance(e, dict) for e in entries.values()):  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        raise TypeError("entries must be objects")
    return entries  # pyright: ignore[reportUnknownVariableType]


def _damaged_manifest(exc: Exception) -> ModelMismatch:
    return ModelMismatch(f"{weights_folder() / 'manifest.json'} is damaged ({exc!r}); install emoar again")


def _shipped_ensemble(name: str, entry: dict[str, Any]) -> ShippedEnsemble:
    members: list[str] | dict[str, float] = entry["members"]
    weights = dict(members) if isinstance(members, dict) else dict.fromkeys(members, 1.0)
    temperatures: dict[str, float] = entry.get("temperatures", {})
    if not weights or not all(w > 0 for w in weights.values()) or not all(t > 0 for t in temperatures.values()):
        raise ValueError(f"{name}: weights and temperatures must be above 0")
    return ShippedEnsemble(
        name=name,
        members=weights,
        flip=bool(entry.get("flip", False)),
        temperatures=temperatures,
        accuracy=entry.get("accuracy", {}),
        decision=entry.get("decision", {}),
    )


def _shipped_model(name: str, entry: dict[str, Any]) -> ModelFile:
    return ModelFile(
        name=name,
        sha256=str(entry["sha256"]),
        size_bytes=int(entry["bytes"]),
        licence="Apache-2.0",
        author="EmoAR",
        purpose=str(entry.get("purpose", "expression of an aligned face")),
        shipped=True,
        file_name=str(entry["file"]),
        balanced={str(label_set): float(share) for label_set, share in entry.get("balanced", {}).items()},
        accuracy={str(label_set): float(top1) for label_set, top1 in entry.get("accuracy", {}).items()},
        decision=entry.get("decision", {}),
    )
