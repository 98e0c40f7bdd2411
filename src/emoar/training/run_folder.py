"""The folder of a run: checkpoints that are whole or not there, the history, and what TensorBoard shows."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false
# (torch and TensorBoard are typed only in part)
from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from emoar.errors import OutputError
from emoar.training.checkpoint import read_state

__all__ = ["RunFolder"]


class RunFolder:
    """`last.pt` (all that going on needs), `final.pt` (the result), `history.jsonl`, `tensorboard/`.

    Raises:
        OutputError: the folder cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise OutputError(f"{path} cannot be made ({exc.strerror}): give another folder with -o") from exc
        self._board: Any = None

    def save(self, name: str, state: Mapping[str, Any]) -> Path:
        """Writes a checkpoint; a kill or a full disk leaves the previous one whole.

        Raises:
            OutputError: it cannot be written.
        """
        path, partial = self.path / name, self.path / f"{name}.partial"
        try:
            torch.save(dict(state), partial)
            os.replace(partial, path)
        except (OSError, RuntimeError) as exc:  # torch's own writer says RuntimeError when the disk is full
            partial.unlink(missing_ok=True)
            cause = str(exc).splitlines()[0]
            raise OutputError(f"{path} cannot be written ({cause}): the previous checkpoint is kept") from exc
        return path

    def last(self) -> dict[str, Any] | None:
        """The state to go on from, if there is one."""
        path = self.path / "last.pt"
        return read_state(path) if path.exists() else None

    def record(self, row: Mapping[str, Any]) -> None:
        """Adds an epoch to the history and to TensorBoard's logs; an epoch that is there already is replaced."""
        path = self.path / "history.jsonl"
        before = [line for line in _lines(path) if line["epoch"] < row["epoch"]]
        partial = path.with_suffix(".partial")
        try:
            partial.write_text("".join(json.dumps(line) + "\n" for line in (*before, row)))
            partial.replace(path)
        except OSError as exc:
            partial.unlink(missing_ok=True)
            raise OutputError(f"{path} cannot be written ({exc.strerror})") from exc
        self._show(row)

    def close(self) -> None:
        """Ends TensorBoard's file."""
        if self._board is not None:
            self._board.close()

    def _show(self, row: Mapping[str, Any]) -> None:
        if self._board is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of its own imports
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
