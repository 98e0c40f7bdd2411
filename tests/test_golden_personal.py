"""The golden features of stored crops, and what a personal head makes of them; the browser's tests have them too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from script_loader import load_script

from emoar.models.expression import expression_model
from emoar.models.metadata import FEATURES
from emoar.models.personal import read_personal
from emoar.models.public import model_path
from emoar.perception.classifier import ExpressionClassifier
from emoar.perception.ensemble import ExpressionEnsemble

FOLDER: Final = Path(__file__).parent / "golden"
GOLDEN: Final = json.loads((FOLDER / "personal" / "faces.json").read_text())
# Of the length of all features of a face. A runtime that quantises in another way differs by 0.01; another person of
# this file by more than 0.3.
FEATURES_SHARE: Final = 0.03
PROBABILITY: Final = 0.05

models = pytest.mark.parametrize("model", GOLDEN["heads"])


@models
def test_features_of_stored_crops(model: str) -> None:
    script = load_script("write_golden")
    classifier = ExpressionClassifier(model_path(model), features=True)
    for golden in GOLDEN["faces"]:
        crop = script.stored_crop(json.loads((FOLDER / f"{golden['picture']}.json").read_text())["faces"][0])
        found, stored = classifier.classify(crop)[FEATURES], np.array(golden["features"][model])
        assert np.linalg.norm(found - stored) <= FEATURES_SHARE * np.linalg.norm(stored)
        others = [np.array(other["features"][model]) for other in GOLDEN["faces"] if other is not golden]
        assert max(np.linalg.norm(found - other) for other in others) > 0.3 * np.linalg.norm(stored)
    classifier.close()


@models
def test_probabilities_of_stored_features(model: str, tmp_path: Path) -> None:
    path = tmp_path / "me.json"
    path.write_text(json.dumps(GOLDEN["heads"][model]))
    head = read_personal(path)
    for golden in GOLDEN["faces"]:
        found = head.probabilities(np.array(golden["features"][model], np.float32))
        np.testing.assert_allclose(found, golden["probabilities"][model], atol=0.002)


@models
def test_probabilities_of_stored_crops(model: str, tmp_path: Path) -> None:
    path = tmp_path / "me.json"
    path.write_text(json.dumps(GOLDEN["heads"][model]))
    script = load_script("write_golden")
    ensemble = ExpressionEnsemble(expression_model(model), personal=read_personal(path))
    assert list(ensemble.label_sets) == ["ferplus", "fer2013", "personal"]
    for golden in GOLDEN["faces"]:
        stored = json.loads((FOLDER / f"{golden['picture']}.json").read_text())["faces"][0]
        found = ensemble.classify_crop(script.stored_crop(stored))
        assert list(found) == ["ferplus", "fer2013", "personal"]
        np.testing.assert_allclose(found["personal"], golden["probabilities"][model], atol=PROBABILITY)
    ensemble.close()
