"""`emoar export`: the table, the JSON, the exit code where a format failed, and options that are refused.

The whole way from a checkpoint to files that run is in tests/training/export/test_export.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from training_faces import made_dataset

torch = pytest.importorskip("torch", reason="exporting needs torch: pip install 'emoar[train]'")

from emoar.cli import export as module  # noqa: E402
from emoar.errors import InputError, TrainingError  # noqa: E402
from emoar.models.inputs import CropInput  # noqa: E402
from emoar.models.metadata import ModelInfo  # noqa: E402
from emoar.models.privacy import Privacy  # noqa: E402
from emoar.training.export.export import Exported, Exports  # noqa: E402
from emoar.training.export.verify import Comparison  # noqa: E402

if TYPE_CHECKING:
    from conftest import Run

AGREES = Exported("tflite", "mine-float32.tflite", 1000, Comparison(1e-6, {"custom": 1.0}), 0.5)
DIFFERS = Exported("onnx", "mine.onnx", 1000, Comparison(0.4, {"custom": 0.5}), 0.5, problem="does not agree: 50 %")
LEFT_OUT = Exported("coreml", note="left out: coremltools is not installed")


class Trained:
    """A checkpoint without a file."""

    def network(self) -> torch.nn.Module:
        return torch.nn.Identity()

    def info(self, name: str | None) -> ModelInfo:
        return ModelInfo(name or "emoar-s", CropInput(), {"custom": ("asleep", "awake")})


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch) -> list[Exported]:
    """The files of an export that is not run; tests add to it."""
    files = [AGREES]

    def export(source: ModelInfo, folder: Path, formats: tuple[str, ...], log: object) -> Exports:
        folder.mkdir(exist_ok=True)
        return Exports(source, {"custom": 1.0}, faces=7, network_ms=1.0, network_bytes=4, files=tuple(files))

    monkeypatch.setattr(module.Checkpoint, "load", lambda _path: Trained())
    monkeypatch.setattr(module, "read_dataset", lambda _path: made_dataset(20))
    monkeypatch.setattr(module, "prepare", lambda _network, info, _faces: info)
    monkeypatch.setattr(module, "export", export)
    return files


def test_the_table_and_where_it_is_written(emoar: Run, results: list[Exported], tmp_path: Path) -> None:
    results.append(LEFT_OUT)
    ran = emoar("export", "final.pt", "--data", "faces.csv", "-o", tmp_path / "out", "--name", "mine")
    assert ran.code == 0, ran.err
    assert "agrees" in ran.out
    assert "left out" in ran.out
    assert "mine: compared with PyTorch on 7 real faces" in ran.out
    assert "mine-export.md" in ran.err
    assert (tmp_path / "out" / "mine-export.md").exists()


def test_privacy_is_printed_beside_the_model_and_in_its_card(
    emoar: Run, results: list[Exported], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    info = ModelInfo("mine", heads={"custom": ("a", "b")}, privacy=Privacy("client", 7.9, 1e-5, "RDP"))
    monkeypatch.setattr(Trained, "info", lambda _self, _name: info)
    ran = emoar("export", "final.pt", "--data", "faces.csv", "-o", tmp_path / "out")
    line = "privacy: epsilon 7.9 at delta 1e-05 for each client; accountant: RDP"
    assert line in ran.out
    assert line in (tmp_path / "out" / "mine-export.md").read_text()
    assert json.loads((tmp_path / "out" / "mine-export.json").read_text())["model"]["privacy"]["epsilon"] == 7.9


def test_json(emoar: Run, results: list[Exported], tmp_path: Path) -> None:
    ran = emoar("export", "final.pt", "--data", "faces.csv", "-o", tmp_path / "out", "--json")
    document = json.loads(ran.out)
    assert document["model"]["name"] == "emoar-s"
    assert [file["format"] for file in document["files"]] == ["tflite"]


def test_a_format_that_disagrees_fails_the_command(emoar: Run, results: list[Exported], tmp_path: Path) -> None:
    results.append(DIFFERS)
    ran = emoar("export", "final.pt", "--data", "faces.csv", "-o", tmp_path / "out")
    assert ran.code == TrainingError.exit_code == 6
    assert "onnx: does not agree: 50 %" in ran.out
    assert "onnx must not be used as it is" in ran.err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--formats", "tflite,keras"), "got 'keras'"),
        (("--formats", ","), "--formats takes tflite"),
        (("--name", "a/b"), "--name must be a name without slashes"),
        (("--name", " "), "--name must be a name without slashes"),
    ],
)
def test_bad_options_are_refused(emoar: Run, tmp_path: Path, more: tuple[str, ...], words: str) -> None:
    ran = emoar("export", "final.pt", "--data", "faces.csv", "-o", tmp_path, *more)
    assert ran.code == InputError.exit_code
    assert words in ran.err
