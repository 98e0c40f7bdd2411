"""Writes scenes of a pipeline into a session."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emoar.session.session_file import SessionFile
from emoar.types import Scene

__all__ = ["SessionSink"]


class SessionSink(SessionFile):
    """A `SessionFile` for `annotate` and other loops.

    Raises:
        OutputError: the file exists, or cannot be written.
    """

    needs_picture = False

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None = None) -> None:
        """Appends a scene.

        Raises:
            OutputError: the session is closed, or the file cannot be written; what was written before stays.
        """
        self.write_document(scene.to_dict())
