"""The expression of each face of a frame, by one model or by an ensemble.

Each crop that members need (by size and colour) is computed once per face. A member runs on all faces before the next
member, so that its weights stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import ModelMismatch
from emoar.labels import PERSONAL
from emoar.models.decision import MIRROR
from emoar.models.expression import ExpressionModel, Member
from emoar.models.inputs import CropInput, InputValues, LandmarkInput, ModelInput
from emoar.models.metadata import FEATURES
from emoar.models.personal import PersonalHead, sha256_of
from emoar.models.second import blended
from emoar.perception.align import CROP_PX, align
from emoar.perception.classifier import ExpressionClassifier

__all__ = ["ExpressionEnsemble", "Probabilities", "Reading"]

Probabilities = dict[str, NDArray[np.float32]]  # label set -> (labels,), sums to 1
_Face = Mapping[ModelInput, InputValues]  # the values of one face, by kind of input
_GREY: Final = CropInput(CROP_PX)
_LANDMARKS: Final = LandmarkInput()


@dataclass(frozen=True, eq=False)
class Reading:
    """What the models read in one face of one frame."""

    crop: NDArray[np.uint8]  # (48, 48) grey, aligned
    probabilities: Probabilities
    second: Probabilities | None  # the second prediction; None where it was not asked for


class ExpressionEnsemble:
    """Runs the members of a model and averages their probabilities.

    Attributes:
        label_sets: the label sets that all members have, with their labels, and that of the personal head.
        inputs: the kinds of input that the members take.
        decision: of the label, from the probabilities.

    Raises:
        ModelMismatch: a member is not an expression model, the members have no label set in common, or the decision or
            the personal head is for another model.
    """

    def __init__(self, model: ExpressionModel, threads: int = 1, personal: PersonalHead | None = None) -> None:
        self._model, self._personal = model, personal
        self._source = None if personal is None else _member_of(personal, model)
        self._members = [
            ExpressionClassifier(member.path, threads, features=member is self._source) for member in model.members
        ]
        if personal is not None:
            personal.check_width(max(member.features for member in self._members))
        total = sum(member.weight for member in model.members)
        self._weights = [member.weight / total for member in model.members]
        self._common = _common(model.name, [member.info.heads for member in self._members])
        self.label_sets = self._common | ({} if personal is None else {PERSONAL: personal.outputs})
        self.decision = model.decision
        self.decision.check(self._common)
        self.inputs = frozenset(member.info.input for member in self._members)
        if self.decision.second == MIRROR and not self.can_mirror:
            raise ModelMismatch(f"the decision of {model.name} asks mirror images, which tell this model nothing more")
        self._second = None if model.second is None else _second_network(model, self._common, threads)
        needed: Iterable[ModelInput] = {*self.inputs, *([self._second.info.input] if self._second else [])}
        self._further_crops = [each for each in needed if isinstance(each, CropInput) and each != _GREY]
        self._is_single = len(self._members) == 1 and not model.flip and not model.temperatures

    @property
    def needs_landmarks(self) -> bool:
        """Whether a member takes landmarks, so that a crop alone is not enough."""
        return _LANDMARKS in self.inputs

    @property
    def can_mirror(self) -> bool:
        """Whether mirror images tell more: all members take crops, and none runs on the mirrored crop anyway."""
        return not self._model.flip and not self.needs_landmarks

    def read(
        self,
        image: NDArray[np.uint8],
        landmarks_px: Sequence[NDArray[np.float32]],
        second: Sequence[bool],
        share: Callable[[Probabilities], float] = lambda _: 1.0,
    ) -> list[Reading]:
        """Crop and probabilities of each face of an (H, W, 3) RGB picture, and the second predictions that are asked.

        Args:
            image: the picture.
            landmarks_px: (468, 3) of each face.
            second: of each face, whether there is a second prediction, as the decision takes it.
            share: how much it tells of a face with these probabilities, 0..1; the rest counts as the same as these, and
                at 0 there is none.
        """
        crops = [align(image, points) for points in landmarks_px]
        found = self.classify(image, landmarks_px, crops)
        asked = [place for place, is_asked in enumerate(second) if is_asked]
        shares = {place: share(found[place]) for place in asked}
        doubted = [place for place in asked if shares[place] > 0]
        of_doubted = [landmarks_px[place] for place in doubted], [crops[place] for place in doubted]
        others = {place: found[place] for place in asked}
        for place, other in zip(doubted, self.classify(image, *of_doubted, second=True), strict=True):
            others[place] = blended(found[place], found[place] | other, shares[place])
        return [Reading(crop, found[place], others.get(place)) for place, crop in enumerate(crops)]

    def classify(
        self,
        image: NDArray[np.uint8],
        landmarks_px: Sequence[NDArray[np.float32]],
        crops: Sequence[NDArray[np.uint8]],
        *,
        second: bool = False,
    ) -> list[Probabilities]:
        """The probabilities of each face of an (H, W, 3) RGB picture.

        Args:
            image: the picture.
            landmarks_px: (468, 3) of each face.
            crops: the (48, 48) grey aligned crop of each face, which the pipeline also needs for the quality.
            second: whether to give the second predictions instead, as the decision takes them.
        """
        faces: list[_Face] = [
            {
                _GREY: crop,
                _LANDMARKS: points,
                **{of: align(image, points, of.size_px, colour=of.channels == 3) for of in self._further_crops},
            }
            for crop, points in zip(crops, landmarks_px, strict=True)
        ]
        if second and self._second is not None:
            return [self._second.classify(face[self._second.info.input]) for face in faces]
        return self._average([_mirrored(face) for face in faces] if second else faces)

    def classify_crop(self, crop: NDArray[np.uint8], landmarks_px: NDArray[np.float32] | None = None) -> Probabilities:
        """The probabilities of one aligned crop, (S, S) uint8 grey or (S, S, 3) uint8 RGB, resized for each member.

        Raises:
            ModelMismatch: a member takes landmarks, (468, 3), and none are given.
        """
        if landmarks_px is None and self.needs_landmarks:
            raise ModelMismatch(f"{self._model.name} takes landmarks, which a crop alone does not have")
        return self._average([{of: of.prepare(crop, landmarks_px) for of in self.inputs}])[0]

    def close(self) -> None:
        """Frees the models."""
        for member in (*self._members, *([self._second] if self._second else [])):
            member.close()

    def _average(self, faces: Sequence[_Face]) -> list[Probabilities]:
        by_member = [[self._run(member, face) for face in faces] for member in self._members]
        return [self._combined(of_face) for of_face in zip(*by_member, strict=True)]

    def _combined(self, by_member: Sequence[Probabilities]) -> Probabilities:
        """The probabilities of one face, from the outputs of each member."""
        combined = dict(by_member[0]) if self._is_single else self._weighted_mean(by_member)
        if self._personal is not None:
            features = next(outputs.pop(FEATURES) for outputs in by_member if FEATURES in outputs)
            combined.pop(FEATURES, None)
            combined[PERSONAL] = self._personal.probabilities(features)
        return combined

    def _run(self, member: ExpressionClassifier, face: _Face) -> Probabilities:
        values = face[member.info.input]
        probabilities = member.classify(values)
        mirrored = member.info.input.mirror(values) if self._model.flip else None
        if mirrored is None:
            return probabilities
        other = member.classify(mirrored)
        mean = {name: (probabilities[name] + other[name]) / np.float32(2) for name in member.info.heads}
        return probabilities | mean  # features stay those of the face as it is: a wink has a side

    def _weighted_mean(self, by_member: Sequence[Probabilities]) -> Probabilities:
        """The weighted mean of the members, calibrated again, because the mean is less confident than the members."""
        combined: Probabilities = {}
        for name in self._common:
            mean = np.sum([weight * p[name] for weight, p in zip(self._weights, by_member, strict=True)], axis=0)
            scaled = np.power(mean, 1 / self._model.temperatures.get(name, 1.0))
            combined[name] = (scaled / scaled.sum()).astype(np.float32)
        return combined


def _second_network(model: ExpressionModel, heads: Mapping[str, tuple[str, ...]], threads: int) -> ExpressionClassifier:
    assert model.second is not None
    network = ExpressionClassifier(model.second, threads)
    needed = {name for key, rule in model.decision.rules.items() for name in (key, rule.other) if name}
    if network.info.input == _LANDMARKS or any(network.info.heads.get(name) != heads[name] for name in needed):
        raise ModelMismatch(f"the decision of {model.name} takes predictions of {network.info.name}, which do not fit")
    return network


def _mirrored(face: _Face) -> _Face:
    """The values of the mirror image, without those of inputs that have none."""
    values = ((of, of.mirror(each)) for of, each in face.items())
    return {of: each for of, each in values if each is not None}


def _member_of(head: PersonalHead, model: ExpressionModel) -> Member:
    """The member whose features the head takes."""
    by_name = {member.path.stem: member for member in model.members}
    hashes = {name: sha256_of(member.path) for name, member in by_name.items()}
    return by_name[head.check_model(hashes, model.name)]


def _common(name: str, heads: Sequence[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """The label sets that all of `heads` have, with the same labels."""
    common = {key: labels for key, labels in heads[0].items() if all(other.get(key) == labels for other in heads)}
    if not common:
        sets = "; ".join(", ".join(other) for other in heads)
        raise ModelMismatch(f"the members of {name} have no label set in common ({sets}): take others")
    return common
