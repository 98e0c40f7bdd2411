"""What a gateway of browsers was started with, in a file that its client processes read."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emoar.config import convert
from emoar.errors import InputError
from emoar.files import atomic_write

__all__ = ["BrowserSettings"]


@dataclass(frozen=True)
class BrowserSettings:
    """The gateway's own choices; how browsers protect their updates is its matter, not the federation server's."""

    folder: str  # shared with `emoar serve --federated`
    fingerprint: str  # sha256 of the checkpoint that the federation starts from
    model: str  # name of the file whose features browsers compute
    sha256: str  # of that file
    label_set: str
    labels: tuple[str, ...]  # in the order of the head
    clip_norm: float  # L2 norm of a browser's update before the noise, at most
    noise: float  # standard deviation of the noise of each number, in units of clip_norm
    at_least: int  # updates that become one mean

    def write(self, path: Path) -> None:
        """Writes the file.

        Raises:
            OutputError: it cannot be written.
        """
        atomic_write(path, json.dumps(dataclasses.asdict(self), indent=1).encode(), mode=0o600)

    @classmethod
    def read(cls, path: Path) -> BrowserSettings:
        """Reads the file.

        Raises:
            InputError: it cannot be read.
        """
        try:
            document: Any = json.loads(path.read_bytes())
        except (OSError, ValueError) as exc:
            raise InputError(f"{path}: the gateway's settings cannot be read; start it again") from exc
        return convert(document, cls, str(path))
