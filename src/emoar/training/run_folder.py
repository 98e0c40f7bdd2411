"""The folder of a run: checkpoints, history and TensorBoard logs. Checkpoints and history are written atomically."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emoar.errors import OutputError
from emoar.files import atomic_write
from emoar.training.checkpoint import Checkpoint

__all__ = ["RunFolder"]


class RunFolder:
    """`last.pt` (the state for resuming), `final.pt` (the result), `history.jsonl` and `tensorboard/`.

    Raises:
        OutputError: the folder cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise OutputError(f"{path} cannot be made ({exc.strerror}): give another folder with -o") from exc
        self._board: Any = None

    def save(self, name: str, checkpoint: Checkpoint) -> Path:
        """Writes a checkpoint and returns its path; on failure the previous file stays.

        Raises:
            OutputError: it cannot be written.
        """
        return checkpoint.save(self.path / name)

    def last(self) -> Checkpoint | None:
        """The checkpoint from which the run continues, if there is one.

        Raises:
            TrainingError: `last.pt` is not a checkpoint.
        """
        path = self.path / "last.pt"
        return Checkpoint.load(path) if path.exists() else None

    def record(self, row: Mapping[str, Any]) -> None:
        """Adds an epoch to the history and the TensorBoard logs; replaces this epoch and later ones in the history.

        Args:
            row: `epoch` (from 1), `loss`, `lr` and `accuracy` (by label set, 0..1); other keys go to the history only.

        Raises:
            OutputError: the history cannot be written; the previous one is kept.
        """
        path = self.path / "history.jsonl"
        before = [line for line in _lines(path) if line["epoch"] < row["epoch"]]
        atomic_write(path, "".join(json.dumps(line) + "\n" for line in (*before, row)).encode())
        self._log(row)

    def close(self) -> None:
        """Closes TensorBoard's file."""
        if self._board is not None:
            self._board.close()

    def _log(self, row: Mapping[str, Any]) -> None:
        if self._board is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # warnings of TensorBoard's imports
                from torch.utils.tensorboard.writer import SummaryWriter
            self._board = SummaryWriter(str(self.path / "tensorboard"), purge_step=row["epoch"])
        self._board.add_scalar("loss", row["loss"], row["epoch"])
        self._board.add_scalar("learning rate", row["lr"], row["epoch"])
        for label_set, top1 in row["accuracy"].items():
            self._board.add_scalar(f"PublicTest top-1/{label_set}", top1, row["epoch"])
        self._board.flush()


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
