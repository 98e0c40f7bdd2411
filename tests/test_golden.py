"""The golden numbers that the browser's tests compare with are what Python finds today."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*.json"))


@pytest.fixture(scope="module")
def script() -> Any:
    """scripts/write_golden.py, which is no package."""
    pytest.importorskip("skimage", reason="the portraits come with it: pip install 'emoar[demo]'")
    pytest.importorskip("matplotlib", reason="a portrait comes with it: pip install 'emoar[demo]'")
    spec = importlib.util.spec_from_file_location("write_golden", ROOT / "scripts" / "write_golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pictures(script: Any) -> dict[str, Any]:
    return script.pictures()


def test_there_is_a_file_for_every_picture(pictures: dict[str, Any]) -> None:
    assert {path.stem for path in GOLDEN} == set(pictures)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path, script: Any, pictures: dict[str, Any]) -> None:
    kept, found = json.loads(path.read_text()), script.describe(pictures[path.stem])
    assert [face["label"] for face in found["faces"]] == [face["label"] for face in kept["faces"]]
    assert len(found["detections"]) == len(kept["detections"])
    for name, tolerance in (("landmarks_px", 0.2), ("pose", 0.05), ("crop_block_means", 1.0)):
        for face, other in zip(found["faces"], kept["faces"], strict=True):
            np.testing.assert_allclose(face[name], other[name], atol=tolerance, err_msg=name)
    for face, other in zip(found["faces"], kept["faces"], strict=True):
        for model, sets in face["probabilities"].items():
            for label_set, values in sets.items():
                np.testing.assert_allclose(values, other["probabilities"][model][label_set], atol=0.02)
