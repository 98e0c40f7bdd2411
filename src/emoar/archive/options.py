"""What decides the result of an archive: the options and the models, and the hashes by which they are told apart."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emoar.errors import InputError, ModelMissing
from emoar.models import find_model
from emoar.models.expression import expression_model
from emoar.models.shipped import DEFAULT_MODEL
from emoar.perception.stages import PUBLIC_MODELS_USED
from emoar.pipeline import PipelineOptions

__all__ = ["DEFAULT", "ArchiveOptions", "Identity"]

DEFAULT: Final = "default"  # of an option, in words


@dataclass(frozen=True)
class ArchiveOptions:
    """The options that change what is found in a video.

    Raises:
        InputError: a value is out of range.
    """

    fps: float | None = None  # pictures analysed per second of video; None: all
    model: str = DEFAULT_MODEL  # a shipped model's name, or the path of a .tflite
    label_set: str | None = None  # of the column `label`; None: the default
    max_faces: int | None = None  # in a picture; None: 4
    model_folder: str | None = None  # of the public models; None: the user's cache

    def __post_init__(self) -> None:
        if self.fps is not None and not 0 < self.fps <= 1000:
            raise InputError(f"fps must be above 0 and at most 1000, got {self.fps:g}")
        self.pipeline_options()

    def pipeline_options(self) -> PipelineOptions:
        """The settings of the pipeline: faces are followed, and a model runs in one thread."""
        folder = None if self.model_folder is None else Path(self.model_folder)
        return PipelineOptions(
            model=self.model, label_set=self.label_set, max_faces=self.max_faces, model_folder=folder
        )


@dataclass(frozen=True)
class Identity:
    """What a result depends on beside its video. Two results belong together when these are equal."""

    model: str  # its name
    model_sha256: str  # of the files of all models
    options: dict[str, str]  # in words, by name
    options_sha256: str

    @classmethod
    def of(cls, options: ArchiveOptions) -> Identity:
        """Reads the model files.

        Raises:
            ModelMissing: there is no such model.
            ModelMismatch: a file is no expression model.
        """
        model = expression_model(options.model)
        words = {
            "fps": "all" if options.fps is None else f"{options.fps:g}",
            "label set": options.label_set or DEFAULT,
            "max faces": DEFAULT if options.max_faces is None else str(options.max_faces),
        }
        files = {member.path.name: [_sha256(member.path), member.weight] for member in model.members}
        public = {name: find_model(name).sha256 for name in PUBLIC_MODELS_USED}
        models = {"expression": files, "flip": model.flip, "temperatures": dict(model.temperatures), "public": public}
        return cls(model.name, _digest(models), words, _digest(words))

    def differences(self, other: Identity) -> list[str]:
        """What differs in `other`, in words: `fps all, now 10`."""
        names = {**self.options, **other.options}
        words = [
            f"{name} {self.options.get(name, DEFAULT)}, now {other.options.get(name, DEFAULT)}"
            for name in names
            if self.options.get(name) != other.options.get(name)
        ]
        if self.model_sha256 != other.model_sha256:
            words.append(f"model {self.model} ({self.model_sha256[:8]}), now {other.model} ({other.model_sha256[:8]})")
        return words


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise ModelMissing(f"cannot read {path}: {exc.strerror}") from exc
