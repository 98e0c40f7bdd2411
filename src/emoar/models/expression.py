"""Finds an expression model: a shipped one by its name, a user's own by its path; lists its files and their weights."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emoar.errors import ModelMismatch, ModelMissing
from emoar.labels import DEFAULT_HEADS
from emoar.models.decision import MIRROR, Decision, decision_from_dict
from emoar.models.metadata import read_info
from emoar.models.public import model_path
from emoar.models.shipped import expression_model_names, shipped_ensembles, shipped_models

__all__ = ["ExpressionModel", "Member", "expression_model"]

_PREFIX: Final = "emoar-"
_OTHER_FILES: Final = {
    ".pt": "is a checkpoint; make a model of it: emoar export {path} -o DIR --data DATA",
    ".onnx": "is for other programs; EmoAR runs .tflite, which emoar export writes beside it",
    ".mlpackage": "is for Apple's systems; EmoAR runs .tflite, which emoar export writes beside it",
}


@dataclass(frozen=True)
class Member:
    """One file of a model."""

    path: Path  # a .tflite
    weight: float = 1.0  # of its probabilities in the average, relative to the others'


@dataclass(frozen=True)
class ExpressionModel:
    """An expression model: one file, or several whose probabilities are averaged."""

    name: str
    members: tuple[Member, ...]
    flip: bool = False  # crop members also run on the mirrored crop, with the same weight
    temperatures: Mapping[str, float] = field(default_factory=dict[str, float])
    # ^ by label set: sharpens (below 1) or flattens the average
    decision: Decision = field(default_factory=Decision)  # of the label
    second: Path | None = None  # the network of the second prediction, where the decision takes that of another one


def expression_model(model: str | Path) -> ExpressionModel:
    """A shipped model by its name (`emoar-m`, or short `m`), or a .tflite by its path.

    Raises:
        ModelMissing: there is no such model; the message lists the shipped ones.
        ModelMismatch: the path is not a .tflite file, or a shipped file does not have the pinned sha256.
    """
    if isinstance(model, str) and not _is_path(model):
        for name in (model, _PREFIX + model):
            if name in expression_model_names():
                return _shipped(name)
    path = Path(model).expanduser()
    if not str(model) or not path.exists():  # an empty path would be the current folder
        raise ModelMissing(_unknown(str(model)))
    if path.is_dir() and path.suffix not in _OTHER_FILES:
        raise ModelMismatch(f"{path} is a folder: name a .tflite file in it")
    if path.suffix in _OTHER_FILES:
        raise ModelMismatch(f"{path} {_OTHER_FILES[path.suffix].format(path=path)}")
    info = read_info(path)
    decision = info.decision if info else Decision()
    return ExpressionModel(path.stem, (Member(path),), decision=decision, second=_second(path.stem, decision))


def _is_path(text: str) -> bool:
    return text.endswith(".tflite") or "/" in text or "\\" in text


def _shipped(name: str) -> ExpressionModel:
    for ensemble in shipped_ensembles():
        if ensemble.name == name:
            members = tuple(Member(model_path(member), weight) for member, weight in ensemble.members.items())
            decision = decision_from_dict(ensemble.decision, DEFAULT_HEADS)
            second = _second(name, decision)
            return ExpressionModel(name, members, ensemble.flip, ensemble.temperatures, decision, second)
    rules = next(model.decision for model in shipped_models() if model.name == name)
    decision = decision_from_dict(rules, DEFAULT_HEADS)
    return ExpressionModel(name, (Member(model_path(name)),), decision=decision, second=_second(name, decision))


def _second(model: str, decision: Decision) -> Path | None:
    """The file of the network that gives second predictions, where it is another one."""
    name = decision.second
    if not name or name == MIRROR:
        return None
    if name not in {shipped.name for shipped in shipped_models()}:
        raise ModelMismatch(f"the decision of {model} takes the predictions of {name!r}, which is no shipped model")
    return model_path(name)


def _unknown(text: str) -> str:
    names = expression_model_names()
    if _is_path(text):
        return f"{text} does not exist; --model takes a .tflite file or one of {', '.join(names)}"
    near = difflib.get_close_matches(text, names, n=1)
    hint = f"did you mean {near[0]}?" if near else "a file's name ends in .tflite"
    return f"model must be one of {', '.join(names)} or a .tflite file, got {text!r}; {hint}"
