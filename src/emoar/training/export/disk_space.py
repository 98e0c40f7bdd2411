"""A check of the free disk space before an export: on a full disk, the converters end the process without an error."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from torch import nn

from emoar.errors import OutputError
from emoar.files import output_errors

__all__ = ["check_space", "parameter_bytes"]

_COPIES: Final = 6  # largest number of copies of the float32 weights on the disk: scratch files and results
_SLACK_BYTES: Final = 4_000_000  # for the graph and the metadata of the converters


def parameter_bytes(network: nn.Module) -> int:
    """The size in bytes of a network's parameters and floating-point buffers as float32."""
    return 4 * sum(values.numel() for values in network.state_dict().values() if values.is_floating_point())


def check_space(folder: Path, network: nn.Module) -> None:
    """Checks that `folder`, which must exist, and the folder of temporary files have enough space for an export.

    Raises:
        OutputError: there is too little space; the message gives the required space and the folder.
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
