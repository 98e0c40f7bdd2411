"""The folder of a run: checkpoints and history, complete or as they were before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")

from emoar.errors import OutputError, TrainingError  # noqa: E402
from emoar.training.checkpoint import Checkpoint  # noqa: E402
from emoar.training.run_folder import RunFolder  # noqa: E402


def checkpoint(epoch: int) -> Checkpoint:
    return Checkpoint({"architecture": "emoar-s"}, {"custom": ("a", "b")}, {"w": torch.ones(2)}, epoch)


def row(epoch: int, loss: float = 1.0) -> dict[str, object]:
    return {"epoch": epoch, "loss": loss, "lr": 0.1, "accuracy": {"fer2013": 0.5}, "elapsed_s": 1.5}


def test_the_last_checkpoint(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "runs" / "new")
    assert folder.last() is None
    folder.save("last.pt", checkpoint(1))
    folder.save("last.pt", checkpoint(2))
    last = folder.last()
    assert last is not None
    assert last.epoch == 2
    (folder.path / "last.pt").write_bytes(b"nothing")
    with pytest.raises(TrainingError, match="not a checkpoint"):
        folder.last()


def test_a_full_disk_leaves_the_previous_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RunFolder(tmp_path)
    folder.save("last.pt", checkpoint(1))

    def full(_state: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise RuntimeError("PytorchStreamWriter failed writing file data/0: file write failed")

    monkeypatch.setattr("emoar.training.checkpoint.torch.save", full)
    with pytest.raises(OutputError, match=r"last\.pt cannot be written .*the previous checkpoint is kept"):
        folder.save("last.pt", checkpoint(2))
    monkeypatch.undo()
    last = folder.last()
    assert last is not None
    assert last.epoch == 1
    assert [file.name for file in tmp_path.iterdir()] == ["last.pt"]


def test_an_epoch_that_is_done_again_replaces_its_row(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for epoch in (1, 2, 3):
        folder.record(row(epoch))
    folder.record(row(2, loss=0.5))
    folder.close()
    rows = [json.loads(line) for line in (tmp_path / "history.jsonl").read_text().splitlines()]
    assert [(each["epoch"], each["loss"]) for each in rows] == [(1, 1.0), (2, 0.5)]
    assert rows[0] == row(1)
    assert list((tmp_path / "tensorboard").glob("events*"))


def test_a_history_that_cannot_be_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RunFolder(tmp_path)
    folder.record(row(1))
    before = (tmp_path / "history.jsonl").read_text()

    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"history\.jsonl: the disk is full"):
        folder.record(row(2))
    assert (tmp_path / "history.jsonl").read_text() == before


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="give another folder with -o"):
        RunFolder(tmp_path / "file" / "run")
