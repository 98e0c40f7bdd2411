"""A label set that is entered in the table is trained, described and evaluated like the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from training_faces import made_dataset

from emoar.labels import FER2013, LABEL_SETS, LabelSet
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL, IndexTargets, VoteTargets
from emoar.training.recipe import Recipe

pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")

from emoar.training.checkpoint import Checkpoint
from emoar.training.evaluation.evaluate import evaluate
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.results import EvaluateOptions
from emoar.training.loop.train import train

LABELS = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger", "contempt")
AFFECTNET = LabelSet("affectnet", "AffectNet", LABELS)
TAGGED = LabelSet("tagged", "Tagged", LABELS[:4], rejections=("unclear",))


def faces_of(entry: LabelSet) -> FaceDataset:
    """Drawn faces with labels of that set alone."""
    data = made_dataset(120)
    names = [{"angry": "anger"}.get(FER2013[i], FER2013[i]) for i in data.truth("fer2013")]
    index = np.array([entry.labels.index(name) if name in entry.labels else NO_LABEL for name in names])
    if entry.rejections is None:
        return replace(data, targets={entry.name: IndexTargets(entry.labels, index)})
    votes = np.zeros((len(data), len(entry.labels) + len(entry.rejections)), np.float32)
    votes[np.arange(len(data)), index] = 7  # the last column, a rejection, where there is no label
    return replace(data, targets={entry.name: VoteTargets(entry.labels, entry.rejections, votes)})


@pytest.mark.parametrize("entry", [AFFECTNET, TAGGED], ids=lambda entry: entry.name)
def test_one_entry_is_enough_to_train_and_evaluate(
    entry: LabelSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LABEL_SETS, entry.name, entry)  # type: ignore[arg-type]
    data = faces_of(entry)
    recipe = Recipe("emoar-s", 1, batch_size=32, head_weights={entry.name: 2.0})
    final = train(recipe, data, tmp_path / "run")

    assert Checkpoint.load(final).heads == {entry.name: entry.labels}
    predictor = open_predictor(final)
    assert predictor.label_sets == {entry.name: entry.labels}
    result = evaluate(predictor, data, EvaluateOptions(split="PrivateTest", resamples=10))
    predictor.close()
    scored = result.sets[entry.name]
    truth = data.of_split("PrivateTest").truth(entry.name)
    assert scored.labels == entry.labels
    assert scored.score.count == np.count_nonzero(truth != NO_LABEL)
    assert 0 <= scored.score.accuracy <= 1
    assert list(result.as_dict()["label_sets"]) == [entry.name]
