"""The topic of QTrobot's own face tracker, `/qt_nuitrack_app/faces`, so that programs for it run unchanged.

The four scores are the smoothed probabilities of those labels; all are 0 while a face cannot be classified. Gender and
age are not estimated: they are empty and 0. Angles are yaw, pitch and roll in degrees, with the signs of
`geometry.yaw_pitch_roll_deg`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from emoar.events.ros.messages import Publication, box_norm, point_norm
from emoar.events.values import Event
from emoar.labels import category
from emoar.types import Face, Frame, Scene

__all__ = ["QtRobot"]

TOPIC: Final = "/qt_nuitrack_app/faces"
_SCORES: Final = {
    "neutral": "emotion_neutral",
    "anger": "emotion_angry",
    "happiness": "emotion_happy",
    "surprise": "emotion_surprise",
}


class QtRobot:
    """What is published for QTrobot: each scene with faces. Its programs read the first face without asking for one."""

    def begin(self) -> None:
        """A new connection."""

    def publications(self, events: Sequence[Event], scene: Scene | None) -> Iterator[Publication]:
        """The message of a scene with faces."""
        if scene is not None and scene.faces:
            faces = [_face_info(face, scene.frame) for face in scene.faces]
            yield Publication(TOPIC, "qt_nuitrack_app/Faces", {"faces": faces})

    def ended(self, events: Sequence[Event]) -> list[str]:
        """None: the topic stays."""
        return []


def _face_info(face: Face, frame: Frame) -> Mapping[str, Any]:
    """`qt_nuitrack_app/FaceInfo`, with places in parts of the picture."""
    scores = dict.fromkeys(_SCORES.values(), 0.0)
    if face.quality.usable:
        for label, probability in face.expression.probabilities.items():
            field = _SCORES.get(category(label))
            if field:
                scores[field] = round(float(probability), 4)
    x_min, y_min, x_max, y_max = box_norm(face, frame)
    eyes = {name: list(point_norm(*face.five_landmarks_px[name], frame)) for name in ("left_eye", "right_eye")}
    return {
        "id": face.track_id,
        "gender": "",
        "age_years": 0,
        "age_type": "",
        **scores,
        "rectangle": [x_min, y_min, round(x_max - x_min, 6), round(y_max - y_min, 6)],
        **eyes,
        "angles": [round(float(angle), 2) for angle in face.yaw_pitch_roll_deg],
    }
