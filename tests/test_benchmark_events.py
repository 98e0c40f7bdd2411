"""A small run of the benchmark of events: all connections at once, every scene arrives, none before it is there."""

from __future__ import annotations

import math

import numpy as np
from benchmarks.events import FACES, crowd, latency_ms
from makers import make_face

from emoar.events.detector import EventDetector
from emoar.types import Frame

FRAME = Frame(np.zeros((4, 4, 3), np.uint8))


def test_every_scene_arrives_at_each_program() -> None:
    found, left_out = latency_ms(12)
    assert left_out == []
    assert {"http", "jsonl", "osc", "ros", "ws"} <= found.keys()
    for kind, times_ms in found.items():
        assert len(times_ms) >= (4 if kind == "http" else 12), kind  # webhooks: ten a second
        assert all(math.isfinite(ms) and ms > 0 for ms in times_ms), kind


def test_a_crowd_changes_and_comes_and_goes() -> None:
    detector, face = EventDetector(), make_face()
    kinds = [event.kind for index in range(601) for event in detector.update(crowd(face, FRAME, index))]
    assert kinds.count("face_appeared") == FACES + 2
    assert kinds.count("face_gone") == 2
    assert kinds.count("expression_changed") > 15 * FACES
