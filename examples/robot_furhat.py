"""Furhat answers an expression with a gesture, through its Realtime API. Not tried on a robot.

The API is off by default: turn it on in the robot's web interface, and copy the key that other networks need.

python examples/robot_furhat.py 0 ws://furhat.local:9000/v1/events KEY
"""

from __future__ import annotations

import json
import sys

from websockets.sync.client import connect

import emoar
from emoar.events.detector import EventDetector
from emoar.events.values import ExpressionChanged

GESTURES = {"happiness": "BigSmile", "surprise": "Surprise", "sadness": "ExpressSad", "neutral": "Nod"}


def main(source: str = "0", robot: str = "ws://furhat.local:9000/v1/events", key: str = "") -> None:
    """Reads a camera's index or a path, and asks the robot at `robot` for gestures."""
    detector = EventDetector()
    frames = emoar.open_frames(int(source) if source.isdecimal() else source)
    with emoar.Pipeline() as pipeline, frames, connect(robot) as furhat:
        furhat.send(json.dumps({"type": "request.auth", **({"key": key} if key else {})}))
        if not json.loads(furhat.recv(timeout=5)).get("access"):
            sys.exit("Furhat refuses the key")
        for frame in frames:
            for event in detector.update(pipeline(frame)):
                if isinstance(event, ExpressionChanged) and event.label in GESTURES:
                    print(f"face {event.track_id}: {event.label}")
                    gesture = {"name": GESTURES[event.label], "intensity": event.confidence, "duration": 1.0}
                    furhat.send(json.dumps({"type": "request.gesture.start", **gesture}))


if __name__ == "__main__":
    main(*sys.argv[1:])
