"""A recording of two faces."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_recordings import make_recording

from emoar.analysis.recording import Recording
from emoar.session.marker import Marker


@pytest.fixture
def two_faces() -> Recording:
    """Two faces at 10 frames/s, and nobody in the last frame.

    Face 1 is happy from 0 to 1 s, not usable for 0.2 s, neutral until 2 s. Face 2 is surprised from 0.5 to 1 s.
    """
    found = make_recording({1: "h" * 10 + "uu" + "n" * 8, 2: "-" * 5 + "s" * 5}, frames=21)
    return replace(found, markers=(Marker("question 1", 0.0), Marker('ask "why" & <smile>', 1.05)))
