"""The label that a personal model decides on: by the rules of the model before, which are fitted on many people.

Their correction for the class shares of FER2013 makes rare labels more likely. A person's own faces may not ask for it
any more: on held-back faces, the label is right more often without it, or it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emoar.models.decision import Decision
from emoar.models.metadata import ModelInfo
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.decided import decide
from emoar.training.evaluation.predictions import Predictions
from emoar.training.evaluation.predictor_tflite import TflitePredictor
from emoar.training.evaluation.predictor_torch import TorchPredictor
from emoar.training.faces.inputs import FaceBatch
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.networks.parts import Part, split_network
from emoar.training.personal.public import Index, PublicFaces, tail_logits

__all__ = ["Measured", "Measuring", "accuracies", "decided_accuracies", "personal_decision", "predictions_of"]

Heads = Mapping[str, tuple[str, ...]]  # label set -> its labels


def predictions_of(model: str | Path, faces: NDArray[np.uint8]) -> Predictions:
    """The probabilities of the heads of a file in LiteRT on (N, *face_shape) crops."""
    predictor = TflitePredictor(model)
    try:
        return _all_found(predictor.predict(FaceBatch(faces)))
    finally:
        predictor.close()


def accuracies(found: Predictions, index: Index) -> dict[str, float]:
    """Top-1 accuracy by head, 0..1; heads without a labelled face are left out."""
    known = {head: labels for head, labels in index.items() if (labels != NO_LABEL).any()}
    return {
        head: float((found.probabilities[head].argmax(axis=1) == labels)[labels != NO_LABEL].mean())
        for head, labels in known.items()
    }


def decided_accuracies(found: Predictions, decision: Decision, heads: Heads, index: Index) -> dict[str, float]:
    """The same of the decided labels, as they are shown live."""
    return accuracies(decide(found, decision, heads), index)


def personal_decision(decision: Decision, found: Predictions, heads: Heads, index: Index) -> Decision:
    """The rules for a personal model: where that is right more often, without the correction for class shares.

    Args:
        decision: of the model before.
        found: the probabilities of the personal model on held-back faces.
        heads: the labels of each label set.
        index: the labels of the faces by label set.
    """
    bare = Decision({name: replace(rule, tau=0.0, balance=0.0) for name, rule in decision.rules.items()})
    known, without = (decided_accuracies(found, each, heads, index) for each in (decision, bare))
    better = {name for name in known.keys() & decision.rules.keys() if without[name] > known[name]}
    return Decision({name: bare.rules[name] if name in better else rule for name, rule in decision.rules.items()})


@dataclass(frozen=True, eq=False)
class Measured:
    """What a model recognises."""

    decision: Decision  # of its label
    own: Mapping[str, float]  # label set -> accuracy of the decided label on the person's held-back faces, 0..1
    public: Mapping[str, float]  # accuracies on public faces, of heads and of decided labels; empty without faces

    def remembers(self, before: Measured, allowed_loss: float) -> bool:
        """Whether no accuracy on public faces is lower than before by more than is allowed, 0..1."""
        return all(self.public[name] >= known - allowed_loss for name, known in before.public.items())


@dataclass(frozen=True, eq=False)
class Measuring:
    """Measures models on the same faces.

    Attributes:
        info: of the model before; its rules decide, or those that follow from them for a personal model.
        faces: (N, *face_shape) held-back crops of the person.
        index: their labels by label set.
        public: faces of many people; None where there are none.
    """

    info: ModelInfo
    faces: NDArray[np.uint8]
    index: Index
    public: PublicFaces | None

    def of_file(self, file: Path, *, personal: bool) -> Measured:
        """The accuracies of a .tflite."""
        public = None if self.public is None else predictions_of(file, self.public.test_crops)
        return self._measured(predictions_of(file, self.faces), public, personal)

    def of_network(self, network: ExpressionNetwork, part: Part, *, personal: bool) -> Measured:
        """The accuracies of a network; public faces are behind the layers before this part."""
        own = TorchPredictor(network, self.info).predict(FaceBatch(self.faces))
        public = None
        if self.public is not None:
            _, tail = split_network(network, part)
            logits = tail_logits(tail, self.public.test)
            public = _all_found({head: values.softmax(1).numpy() for head, values in logits.items()})
        return self._measured(_all_found(own), public, personal)

    def _measured(self, own: Predictions, public: Predictions | None, personal: bool) -> Measured:
        heads, decision = self.info.heads, self.info.decision
        decision = personal_decision(decision, own, heads, self.index) if personal else decision
        of_public: dict[str, float] = {}
        if public is not None and self.public is not None:
            of_public |= accuracies(public, self.public.test_index)
            decided = decided_accuracies(public, decision, heads, self.public.test_index)
            of_public |= {f"{name}, decided": value for name, value in decided.items()}
        return Measured(decision, decided_accuracies(own, decision, heads, self.index), of_public)


def _all_found(probabilities: Mapping[str, NDArray[np.float32]]) -> Predictions:
    count = len(next(iter(probabilities.values())))
    return Predictions(dict(probabilities), np.ones(count, np.bool_))
