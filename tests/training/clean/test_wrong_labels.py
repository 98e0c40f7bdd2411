"""Labels that are wrong are found, and the other label set counts."""

from __future__ import annotations

import numpy as np
import pytest
from cleaning_faces import grey_dataset, no_mesh, textured
from training_faces import index_of, made_dataset, votes_of

from emoar.labels import FER2013, FERPLUS
from emoar.training.clean.out_of_fold import out_of_fold
from emoar.training.clean.wrong_labels import second_opinions, wrong_labels
from emoar.training.data.targets import NO_LABEL


def test_wrong_labels_are_found_and_the_right_one_is_suggested() -> None:
    pytest.importorskip("cleanlab")
    data = made_dataset(300)
    truth = data.truth("fer2013").copy()
    learn = np.flatnonzero(data.split == "Training")
    happy, sad = FER2013.index("happy"), FER2013.index("sad")
    wrong = [i for i in learn if truth[i] == happy][:6]
    index_of(data, "fer2013")[wrong] = sad
    predicted = out_of_fold(data, no_mesh(300), "fer2013", np.arange(300))
    assert predicted is not None
    np.testing.assert_allclose(predicted.sum(axis=1), 1, atol=1e-4)
    others = data.split != "Training"
    assert (predicted[others].argmax(1) == truth[others]).mean() > 0.8
    items = {item.row: item for item in wrong_labels(data, "fer2013", predicted)}
    hits = [row for row in wrong if row in items]
    assert len(hits) >= 5
    assert all(items[row].suggestion == "relabel:happy" for row in hits)
    assert len(items) < 30


def test_a_second_label_set_counts() -> None:
    pytest.importorskip("cleanlab")
    happy, sad, fear = (FER2013.index(name) for name in ("happy", "sad", "fear"))
    data = grey_dataset(textured(120), ["happy"] * 60 + ["sad"] * 60)
    predicted = np.full((120, 7), 0.01, np.float32)
    predicted[:60, happy] = predicted[60:, sad] = 0.94
    predicted[:3, happy], predicted[:3, sad] = 0.01, 0.94  # three that are called happy are predicted sad
    votes_of(data)[0, FERPLUS.index("sadness")] = 10  # the taggers agree with the classifier,
    votes_of(data)[1, FERPLUS.index("happiness")] = 10  # with the label,
    votes_of(data)[2, FERPLUS.index("fear")] = 10  # with neither
    items = {item.row: item.suggestion for item in wrong_labels(data, "fer2013", predicted)}
    assert items == {100: "relabel:sad", 102: "review"}
    assert second_opinions(data, "fer2013")[:4].tolist() == [sad, happy, fear, NO_LABEL]
