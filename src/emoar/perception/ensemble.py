"""The expression of each face of a frame, by one model or by several together.

Crops of every size and colour that a member needs are made once a face; a member sees all faces before the next member
does, since its weights then stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from emoar.errors import ModelMismatch
from emoar.models.expression import ExpressionModel
from emoar.perception.align import CROP_PX, align, convert_crop
from emoar.perception.classifier import ExpressionClassifier

__all__ = ["ExpressionEnsemble", "Probabilities"]

Probabilities = dict[str, NDArray[np.float32]]  # label set -> (labels,), sums to 1
_View = tuple[int, int]  # side in pixels and channels of a crop
_Views = Mapping[_View, NDArray[np.uint8]]  # the crops of one face
_GREY: _View = (CROP_PX, 1)


class ExpressionEnsemble:
    """Runs the members of a model and averages what they say.

    Attributes:
        label_sets: the label sets that all members know, with their labels.

    Raises:
        ModelMismatch: a member is no expression model, or two have no label set in common.
    """

    def __init__(self, model: ExpressionModel, threads: int = 1) -> None:
        self._model = model
        self._members = [ExpressionClassifier(member.path, threads) for member in model.members]
        total = sum(member.weight for member in model.members)
        self._weights = [member.weight / total for member in model.members]
        self.label_sets = _common(model.name, [member.info.heads for member in self._members])
        crops = [member.info for member in self._members if member.info.kind == "crop"]
        self._views = {(info.size_px, info.channels) for info in crops} - {_GREY}
        self._alone = len(self._members) == 1 and not model.flip and not model.temperatures

    @property
    def needs_landmarks(self) -> bool:
        """Whether a member judges by landmarks: a crop alone is not enough then."""
        return any(member.info.kind == "mesh" for member in self._members)

    def classify(
        self,
        image: NDArray[np.uint8],
        landmarks_px: Sequence[NDArray[np.float32]],
        crops: Sequence[NDArray[np.uint8]],
    ) -> list[Probabilities]:
        """The probabilities of each face of an (H, W, 3) RGB picture.

        Args:
            image: the picture.
            landmarks_px: (468, 3) of each face.
            crops: the (48, 48) grey aligned crop of each face, which the pipeline has anyway.
        """
        views: list[_Views] = [
            {_GREY: crop, **{view: align(image, points, view[0], colour=view[1] == 3) for view in self._views}}
            for crop, points in zip(crops, landmarks_px, strict=True)
        ]
        return self._vote(views, landmarks_px)

    def classify_crop(self, crop: NDArray[np.uint8], landmarks_px: NDArray[np.float32] | None = None) -> Probabilities:
        """The probabilities of one aligned crop, (S, S) uint8 grey or (S, S, 3) RGB, brought to each member's size.

        Raises:
            ModelMismatch: a member judges by landmarks, and none are given.
        """
        if landmarks_px is None and self.needs_landmarks:
            raise ModelMismatch(f"{self._model.name} judges by landmarks, which a crop alone does not have")
        points = np.zeros((0, 3), np.float32) if landmarks_px is None else landmarks_px
        return self._vote([{view: convert_crop(crop, *view) for view in {_GREY, *self._views}}], [points])[0]

    def close(self) -> None:
        """Frees the models."""
        for member in self._members:
            member.close()

    def _vote(self, views: Sequence[_Views], landmarks_px: Sequence[NDArray[np.float32]]) -> list[Probabilities]:
        said = [
            [self._ask(member, view, points) for view, points in zip(views, landmarks_px, strict=True)]
            for member in self._members
        ]
        return said[0] if self._alone else [self._combined([of[face] for of in said]) for face in range(len(views))]

    def _ask(self, member: ExpressionClassifier, views: _Views, points: NDArray[np.float32]) -> Probabilities:
        if member.info.kind == "mesh":
            return member.classify(points)
        crop = views[member.info.size_px, member.info.channels]
        plain = member.classify(crop)
        if not self._model.flip:
            return plain
        mirrored = member.classify(crop[:, ::-1])
        return {name: (p + mirrored[name]) / np.float32(2) for name, p in plain.items()}

    def _combined(self, said: Sequence[Probabilities]) -> Probabilities:
        """The weighted mean of the members, calibrated anew: the mean is less sure than they are."""
        combined: Probabilities = {}
        for name in self.label_sets:
            mean = np.sum([weight * p[name] for weight, p in zip(self._weights, said, strict=True)], axis=0)
            sharper = np.power(mean, 1 / self._model.temperatures.get(name, 1.0))
            combined[name] = (sharper / sharper.sum()).astype(np.float32)
        return combined


def _common(name: str, heads: Sequence[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """The label sets that are in all of `heads` with the same labels."""
    common = {key: labels for key, labels in heads[0].items() if all(other.get(key) == labels for other in heads)}
    if not common:
        sets = "; ".join(", ".join(other) for other in heads)
        raise ModelMismatch(f"the members of {name} have no label set in common ({sets}): take others")
    return common
