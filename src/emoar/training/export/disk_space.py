"""Whether an export has room: the converters end the whole process, without a word, where a disk is full."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from torch import nn

from emoar.errors import OutputError
from emoar.files import output_errors

__all__ = ["check_space", "parameter_bytes"]

_COPIES: Final = 6  # of the float32 weights that lie on a disk at once: scratch files and results
_SLACK_BYTES: Final = 4_000_000  # the graph itself, and what the converters note down


def parameter_bytes(network: nn.Module) -> int:
    """The size of a network's weights as float32, of what it learned without gradients, too."""
    return 4 * sum(values.numel() for values in network.state_dict().values() if values.is_floating_point())


def check_space(folder: Path, network: nn.Module) -> None:
    """Refuses an export for which `folder`, which exists, or the folder of temporary files has no room.

    Raises:
        OutputError: it says how much is missing, and where.
    """
    needed = _COPIES * parameter_bytes(network) + _SLACK_BYTES
    for place in (folder, Path(tempfile.gettempdir())):
        with output_errors(place):
            free = shutil.disk_usage(place).free
        if free < needed:
            raise OutputError(
                f"the disk is full: an export needs about {needed / 1e6:.0f} MB in {place}, "
                f"{free / 1e6:.0f} MB are free; free some, or take another disk with -o or TMPDIR"
            )
