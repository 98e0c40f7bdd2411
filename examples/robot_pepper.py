"""Raises an event in the memory of Pepper or NAO at each change; Choregraphe's boxes and programs subscribe to it.

pip install qi
python examples/robot_pepper.py 0 tcp://pepper.local:9559

Not tried on a robot.
"""

from __future__ import annotations

import json
import sys

import qi

import emoar
from emoar.events.detector import EventDetector
from emoar.events.values import ExpressionChanged


def main(source: str = "0", robot: str = "tcp://pepper.local:9559") -> None:
    """Reads a camera's index or a path, and raises `EmoAR/Expression` with the event's JSON document."""
    session = qi.Session()
    session.connect(robot)
    memory = session.service("ALMemory")
    detector = EventDetector()
    frames = emoar.open_frames(int(source) if source.isdecimal() else source)
    with emoar.Pipeline() as pipeline, frames:
        for frame in frames:
            for event in detector.update(pipeline(frame)):
                if isinstance(event, ExpressionChanged):
                    print(f"face {event.track_id}: {event.label}")
                    memory.raiseEvent("EmoAR/Expression", json.dumps(event.to_dict()))
    session.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
