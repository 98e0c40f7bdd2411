"""Reachy Mini moves its antennas and head with the expression that it sees. Not tried on a robot.

python examples/robot_reachy_mini.py 0 http://reachy-mini.local:8000
"""

from __future__ import annotations

import sys

import httpx

import emoar
from emoar.events.detector import EventDetector
from emoar.events.values import ExpressionChanged

# Antennas in radians; the head in metres and radians from its rest.
MOVES = {
    "happiness": {"antennas": [0.5, -0.5], "head_pose": {"z": 0.01}},
    "surprise": {"antennas": [1.0, -1.0], "head_pose": {"z": 0.01, "pitch": -0.15}},
    "sadness": {"antennas": [-0.5, 0.5], "head_pose": {"pitch": 0.2}},
    "neutral": {"antennas": [0.0, 0.0], "head_pose": {}},
}


def main(source: str = "0", robot: str = "http://reachy-mini.local:8000") -> None:
    """Reads a camera's index or a path, and moves the robot whose daemon is at `robot`."""
    detector = EventDetector()
    frames = emoar.open_frames(int(source) if source.isdecimal() else source)
    with emoar.Pipeline() as pipeline, frames, httpx.Client(base_url=robot, timeout=2) as daemon:
        for frame in frames:
            for event in detector.update(pipeline(frame)):
                if isinstance(event, ExpressionChanged) and event.label in MOVES:
                    print(f"face {event.track_id}: {event.label}")
                    daemon.post("/api/move/goto", json={**MOVES[event.label], "duration": 0.4}).raise_for_status()


if __name__ == "__main__":
    main(*sys.argv[1:])
