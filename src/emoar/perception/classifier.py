"""The expression of one face, by one model: from its aligned crop or from its landmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import ModelMismatch
from emoar.models.inputs import InputValues, Layout
from emoar.models.metadata import FEATURES, ModelInfo, read_info
from emoar.runtime import NotAModel, Session

__all__ = ["ExpressionClassifier"]

_CURE: Final = (
    "export it with emoar export, or describe it in {beside}: "
    '{{"format": 1, "kind": "crop", "size_px": 48, "channels": 1, '
    '"heads": {{"custom": ["first label", "second label"]}}}}'
)


class ExpressionClassifier:
    """Runs one expression model: a shipped model, or a user's model with its own labels.

    The labels are in the file or in a .json beside it (`emoar.models.metadata`). A file without a description must
    have the contract of the first shipped models: a (48, 48) grey crop in, `ferplus` and `fer2013` out.

    Attributes:
        info: the model's description.
        features: number of features that `classify` returns; 0 where they were not asked for.

    Raises:
        ModelMismatch: the file is not an expression model, differs from its description, or has no features; the
            message gives the remedy.
    """

    def __init__(self, model: Path, threads: int = 1, *, features: bool = False) -> None:
        """Loads the model; with `features`, `classify` also returns the input of its heads."""
        described = read_info(model)
        self.info: ModelInfo = described or ModelInfo(model.stem)
        outputs: dict[str, tuple[int, ...] | None] = {name: (1, len(each)) for name, each in self.info.heads.items()}
        outputs |= {FEATURES: None} if features else {}
        try:
            self._session = Session(model, self.info.input.shapes, outputs, threads)
        except NotAModel:
            raise
        except ModelMismatch as exc:
            if described is not None:
                raise
            cure = _CURE.format(beside=model.with_suffix(".json").name)
            raise ModelMismatch(f"{exc}; the file has no description: {cure}") from exc
        layout = self.info.input.layout_of(self._session.input_shape)
        assert layout is not None  # the session accepts no other shape
        self._layout: Layout = layout
        self.features = self._session.output_shapes[FEATURES][1] if features else 0

    def classify(self, face: InputValues) -> dict[str, NDArray[np.float32]]:
        """Calibrated probabilities: label set -> (labels,) float32; with features, (width,) float32 under `features`.

        Args:
            face: the values of `info.input`: for a crop model the aligned crop, (S, S) uint8 grey or (S, S, 3) uint8
                RGB; for a mesh model the (468, 3) float32 landmarks in pixels of the picture.

        Raises:
            InputError: another shape or type.
        """
        self.info.input.check(face, self.info.name)
        view = self._session.input()
        view[...] = self.info.input.arrange(face[None], self._layout)
        del view  # the session must not run while a view of its memory exists
        return {name: output[0] for name, output in self._session.run().items()}

    def close(self) -> None:
        """Frees the model."""
        self._session.close()
