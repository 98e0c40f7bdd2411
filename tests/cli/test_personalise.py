"""`emoar personalise`: a head of own labels that commands use live, and one clear line for each fault of the data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import cv2
import jsonschema
import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.cli import main
from emoar.models.personal import personal_schema


@pytest.fixture
def people(tmp_path: Path, astronaut: NDArray[np.uint8]) -> Path:
    """A folder of crops of two labels of one person's own: the upright portrait's face, and it mirrored and dimmed."""
    from emoar import Pipeline, PipelineOptions
    from emoar.perception.align import align

    with Pipeline(PipelineOptions(mode="photo")) as pipeline:
        points = pipeline(astronaut).faces[0].landmarks_px
    crop = align(astronaut, points)
    for label, image in (("plain", crop), ("tongue_out", crop[:, ::-1] // 2)):
        folder = tmp_path / "me" / label
        folder.mkdir(parents=True)
        for shift in range(8):
            moved = cv2.warpAffine(image, np.float32([[1, 0, shift / 4 - 1], [0, 1, 0]]), (48, 48), borderMode=1)
            cv2.imwrite(str(folder / f"{shift}.png"), moved)
    return tmp_path / "me"


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable:
    """The command line with its real pipeline."""

    def run(*arguments: object) -> SimpleNamespace:
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return SimpleNamespace(code=code, out=out, err=err)

    return run


def test_a_head_is_trained_and_used(people: Path, tmp_path: Path, astronaut: NDArray[np.uint8], run: Callable) -> None:
    head = tmp_path / "me.json"
    trained = run("personalise", "--data", people, "-o", head, "--head-only", "--model", "emoar-s")
    assert trained.code == 0
    assert "trained on 6 plain, 6 tongue_out; 100.0% of 4 held-back faces are right" in trained.out
    assert f"emoar camera --model emoar-s --personal {head}" in trained.out
    jsonschema.validate(json.loads(head.read_text()), personal_schema())
    photo = tmp_path / "photo.png"
    cv2.imwrite(str(photo), astronaut[:, :, ::-1])
    used = run("image", photo, "--json", "--model", "emoar-s", "--personal", head)
    assert used.code == 0
    expression = json.loads(used.out)["faces"][0]["expression"]
    assert (expression["label_set"], expression["label"]) == ("personal", "plain")
    assert set(expression["personal"]) == {"plain", "tongue_out"}
    assert set(expression) >= {"ferplus", "fer2013"}
    other = run("image", photo, "--json", "--model", "emoar-s", "--personal", head, "--label-set", "fer2013")
    assert json.loads(other.out)["faces"][0]["expression"]["label_set"] == "fer2013"
    drawn = run("image", photo, "-o", tmp_path / "drawn.png", "--model", "emoar-s", "--personal", head)
    assert drawn.code == 0
    wrong = run("image", photo, "--json", "--personal", head)
    assert (wrong.code, wrong.out) == (5, "")
    assert "the personal head is for the model emoar-s, got emoar-m: give --model emoar-s" in wrong.err


def test_results_as_json(people: Path, tmp_path: Path, emoar: Callable) -> None:
    head = tmp_path / "me.json"
    result = emoar("personalise", "--data", people, "-o", head, "--head-only", "--json")
    assert json.loads(result.out) == {
        "output": str(head),
        "held_back": 4,
        "labels": ["plain", "tongue_out"],
        "accuracy": 1.0,
    }


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("-o", "me.json"), 2, "-o must name a .tflite file, got me.json"),
        (("-o", "me.tflite", "--head-only"), 2, "-o must name a .json file with --head-only, got me.tflite"),
        (("-o", "me.tflite", "--part", "all"), 2, "--part must be one of head, block, stage, got 'all'"),
        (("-o", "me.json", "--head-only", "--public", "x.parquet"), 2, "--public is not needed"),
        (("-o", "me.json", "--head-only", "--model", "emoar-l"), 5, "give --model emoar-m or emoar-s"),
    ],
)
def test_options(
    arguments: tuple[str, ...],
    code: int,
    message: str,
    people: Path,
    tmp_path: Path,
    emoar: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = emoar("personalise", "--data", people, *arguments)
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert result.err.count("\n") == 1


def test_faults_of_the_data(people: Path, tmp_path: Path, emoar: Callable) -> None:
    """No data, one class, three faces."""
    for number in range(2, 8):
        (people / "tongue_out" / f"{number}.png").unlink()
    few = emoar("personalise", "--data", people, "-o", tmp_path / "me.json", "--head-only")
    assert few.code == 2
    assert "me has too few faces for training, 2 of tongue_out: at least 5 of each label" in few.err
    for path in (people / "tongue_out").iterdir():
        path.unlink()
    (people / "tongue_out").rmdir()
    one = emoar("personalise", "--data", people, "-o", tmp_path / "me.json", "--head-only")
    assert "all 8 faces of me are plain: training needs at least two labels" in one.err
    nothing = emoar("personalise", "--data", tmp_path / "nobody", "-o", tmp_path / "me.json", "--head-only")
    assert "nobody does not exist: give a .parquet or .csv file or an image folder" in nothing.err
    assert not (tmp_path / "me.json").exists()
