"""`--model`: a user's own model from the command line to the picture, the JSON and the table, with its own labels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from emoar.cli import main
from emoar.models.inputs import CropInput
from emoar.models.metadata import ModelInfo, with_info
from emoar.models.public import model_path

LABELS = ("bored", "Delighted", "amazed", "gloomy", "cross", "sickened", "alarmed", "sniffy")  # in FER+'s order


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The shipped network as somebody else's: eight labels of its own, one label set."""
    path = tmp_path / "mine.tflite"
    path.write_bytes(with_info(model_path("emoar-m").read_bytes(), ModelInfo("mine", CropInput(), {"custom": LABELS})))
    return path


@pytest.fixture
def photo(tmp_path: Path, astronaut: NDArray[np.uint8]) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(astronaut).save(path)
    return path


def test_image(tmp_path: Path, mine: Path, photo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["image", str(photo), "-o", str(out), "--model", str(mine), "--overlays", "label"]) == 0
    captured = capfd.readouterr()
    assert "1 face: Delighted" in captured.out
    assert captured.err == ""
    (face,) = json.loads((out / "photo.json").read_text())["faces"]
    expression = face["expression"]
    assert (expression["label_set"], expression["label"]) == ("custom", "Delighted")
    assert list(expression["custom"]) == list(LABELS)
    assert sum(expression["custom"].values()) == pytest.approx(1, abs=1e-3)
    assert not {"ferplus", "fer2013"} & set(expression)
    drawn = np.asarray(Image.open(out / "photo.png").convert("RGB"), int)
    changed = np.abs(drawn - np.asarray(Image.open(photo), int)).max(axis=2) > 8
    assert 200 < changed.sum() < 0.2 * changed.size  # the label, and nothing else


def test_the_label_is_drawn_as_it_is_written(mine: Path, photo: Path, tmp_path: Path) -> None:
    """Another model of the same network, one label renamed: the pictures differ where the label is."""
    renamed = tmp_path / "renamed.tflite"
    labels = ("bored", "Overjoyed", *LABELS[2:])
    renamed.write_bytes(with_info(mine.read_bytes(), ModelInfo("renamed", CropInput(), {"custom": labels})))
    pictures: list[NDArray[np.uint8]] = []
    for model in (mine, renamed):
        target = tmp_path / f"{model.stem}.png"
        assert main(["image", str(photo), "-o", str(target), "--model", str(model), "--overlays", "label", "-q"]) == 0
        pictures.append(np.asarray(Image.open(target).convert("RGB")))
    assert (pictures[0] != pictures[1]).any(axis=2).sum() > 50


def test_scenes_as_a_table(tmp_path: Path, mine: Path, astronaut: NDArray[np.uint8]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow: pip install 'emoar[data]'")
    clip = tmp_path / "clip.gif"
    frames = [Image.fromarray(astronaut)] * 2
    frames[0].save(clip, save_all=True, append_images=frames[1:], duration=100)
    table = tmp_path / "scenes.parquet"
    assert main(["video", str(clip), "--scenes", str(table), "--model", str(mine), "-q"]) == 0
    rows = parquet.read_table(table)
    columns = [name for name in rows.column_names if name.startswith(("custom_", "ferplus_", "fer2013_"))]
    assert columns == [f"custom_{label}" for label in LABELS]
    assert set(rows["label"].to_pylist()) == {"Delighted"}
    assert rows["custom_Delighted"].to_pylist()[0] > 0.8


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--model", "emoarm"), 5, "did you mean emoar-m?"),
        (("--model", "missing.tflite"), 5, "missing.tflite does not exist"),
        (("--model", "photo.png"), 5, "photo.png is not a model"),
        (("--model", "mine.tflite", "--label-set", "ferplus"), 2, "label set must be one of custom with this model"),
        (("--label-set", "moods"), 2, "label set must be one of ferplus, fer2013 with this model, got 'moods'"),
    ],
)
def test_bad_input(  # type: ignore[no-untyped-def]
    arguments: tuple[str, ...], code: int, words: str, tmp_path: Path, mine: Path, photo: Path, monkeypatch, capfd
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert main(["image", "photo.png", "-o", "out.png", *arguments]) == code
    captured = capfd.readouterr()
    assert captured.err.count("\n") == 1
    assert words in captured.err
    assert sorted(tmp_path.iterdir()) == before


def test_the_help_lists_the_option(emoar: Callable) -> None:
    assert "--model" in emoar("image", "-h").out
