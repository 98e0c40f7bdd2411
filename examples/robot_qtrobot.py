"""QTrobot shows the expression that it sees, and its programs get faces as from its own tracker. Not tried on a robot.

python examples/robot_qtrobot.py 0 192.168.100.1:9090
"""

from __future__ import annotations

import json
import sys

from websockets.sync.client import connect

import emoar
from emoar.events.detector import EventDetector
from emoar.events.sinks import open_sink
from emoar.events.values import ExpressionChanged

TOPIC = "/qt_robot/emotion/show"
SHOWN = {
    "neutral": "QT/neutral",
    "happiness": "QT/happy",
    "surprise": "QT/surprise",
    "sadness": "QT/sad",
    "anger": "QT/angry",
    "disgust": "QT/disgusted",
    "fear": "QT/afraid",
}


def main(source: str = "0", rosbridge: str = "192.168.100.1:9090") -> None:
    """Reads a camera's index or a path; `rosbridge` is the host and port of the robot's."""
    detector = EventDetector()
    programs = open_sink(f"ros://{rosbridge}?profile=qtrobot&rate=10")  # /qt_nuitrack_app/faces
    frames = emoar.open_frames(int(source) if source.isdecimal() else source)
    with emoar.Pipeline() as pipeline, frames, connect(f"ws://{rosbridge}", compression=None) as robot:
        robot.send(json.dumps({"op": "advertise", "topic": TOPIC, "type": "std_msgs/String"}))
        for frame in frames:
            scene = pipeline(frame)
            programs.send(scene)
            for event in detector.update(scene):
                if isinstance(event, ExpressionChanged) and event.label in SHOWN:
                    print(f"face {event.track_id}: {event.label}")
                    robot.send(json.dumps({"op": "publish", "topic": TOPIC, "msg": {"data": SHOWN[event.label]}}))
    programs.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
