"""`emoar data`: a folder of crops described and stored; mistakes in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from training_faces import made_dataset

from emoar.cli import data
from emoar.media.sinks import write_image


@pytest.fixture
def crops(tmp_path: Path) -> Path:
    """Three grey crops of each of two labels."""
    for label in ("happy", "sad"):
        (tmp_path / "crops" / label).mkdir(parents=True)
        for number in range(3):
            rng = np.random.default_rng(number + 10 * (label == "sad"))
            pixels = np.repeat(rng.integers(0, 256, (48, 48, 1), np.uint8), 3, axis=2)
            write_image(tmp_path / "crops" / label / f"{number}.png", pixels)
    return tmp_path / "crops"


def test_info(crops: Path, emoar: Callable) -> None:
    document = json.loads(emoar("data", "info", crops, "--json").out)
    assert (document["faces"], document["size_px"]) == (6, 48)
    printed = emoar("data", "info", crops).out
    assert "6 faces, 48 x 48" in printed
    assert "happy" in printed


def test_info_of_votes(emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "read_dataset", lambda *_: made_dataset(40))
    assert "votes of FER+: one tagger agrees with the majority of the others on" in emoar("data", "info", "x").out


def test_import_of_crops(crops: Path, tmp_path: Path, emoar: Callable) -> None:
    pytest.importorskip("pyarrow", reason="pip install 'emoar[data]'")
    target = tmp_path / "faces.parquet"
    result = emoar("data", "import", crops, "--crops", "-o", target, "--licence", "CC0", "--split", "50/25/25")
    assert result.code == 0
    assert f"{target}: 6 faces" in result.out
    assert "licence: CC0" in emoar("data", "info", target).out


def test_labels_of_the_users_own(crops: Path, emoar: Callable) -> None:
    document = json.loads(emoar("data", "info", crops, "--label-set", "custom", "--json").out)
    assert set(document["classes"]["custom"]) == {"happy", "sad"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("info", "nothing"), "nothing"),
        (("import", "crops", "--crops", "-o", "faces.csv"), "-o must name a .parquet file"),
        (("import", "crops", "--crops", "-o", "faces.parquet", "--split", "much"), "80/10/10"),
    ],
)
def test_mistakes(
    arguments: tuple[str, ...], message: str, crops: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(crops.parent)
    result = emoar("data", *arguments)
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert message in result.err
