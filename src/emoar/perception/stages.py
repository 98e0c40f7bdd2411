"""The stages that hold a model, loaded once and shared by several pipelines."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from emoar.errors import InputError
from emoar.models.expression import expression_model
from emoar.models.personal import read_personal
from emoar.models.public import model_path
from emoar.perception.detect import FaceDetector
from emoar.perception.ensemble import ExpressionEnsemble
from emoar.perception.mesh import FaceMesh

__all__ = ["PUBLIC_MODELS_USED", "Stages"]

PUBLIC_MODELS_USED: Final = ("face_detection_short_range", "face_detection_full_range_sparse", "face_landmark")


class Stages:
    """The models, which are slow to load and have no state between frames."""

    def __init__(
        self,
        model: str | Path,
        model_folder: Path | None,
        minimum_detection_score: float,
        threads: int,
        personal: Path | None = None,
    ) -> None:
        """Loads the models; `model` is the expression model, `personal` the file of a personal head on it.

        Raises:
            ModelMissing: a model is not on this machine.
            ModelMismatch: a model is damaged, or a file is not an expression model.
        """
        short, full, mesh = (model_path(name, model_folder) for name in PUBLIC_MODELS_USED)
        self.detector = FaceDetector(short, full, minimum_detection_score, threads)
        self.mesh = FaceMesh(mesh, threads)
        head = None if personal is None else read_personal(personal)
        self.ensemble = ExpressionEnsemble(expression_model(model), threads, head)
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def in_turn(self) -> Generator[None]:
        """Waits until no other thread uses the models, which run in one thread at a time.

        Raises:
            InputError: they were freed.
        """
        with self._lock:
            if self._closed:
                raise InputError("the pipeline is closed: make a new one, or leave its `with` block later")
            yield

    def close(self) -> None:
        """Frees the models when no thread uses them."""
        with self._lock:
            self._closed = True
            self.detector.close()
            self.mesh.close()
            self.ensemble.close()
