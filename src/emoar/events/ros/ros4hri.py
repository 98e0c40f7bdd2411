"""The topics of ROS4HRI (REP-155) for faces, in the order in which `libhri` expects them.

    /humans/faces/tracked           hri_msgs/IdsList
    /humans/faces/<id>/roi          hri_msgs/NormalizedRegionOfInterest2D
    /humans/faces/<id>/expression   hri_msgs/Expression
    /humans/faces/<id>/landmarks    hri_msgs/FacialLandmarks
    /humans/faces/<id>/facs         hri_msgs/FacialActionUnits, of faces with measures
    /tf                             tf2_msgs/TFMessage: face_<id> in the camera's optical frame, gaze_<id> in face_<id>

No picture of a face is sent: `/cropped` and `/aligned` are absent. An id is `f` and the track's number in five digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from emoar.events.clock import captured_unix_s
from emoar.events.ros import messages
from emoar.events.ros.messages import Message, Publication
from emoar.events.values import Event, ExpressionChanged, FaceAppeared, FaceGone
from emoar.labels import UNSURE
from emoar.types import Face, Scene

__all__ = ["Ros4Hri"]

FACES: Final = "/humans/faces"


class Ros4Hri:
    """What is published for the scenes of one camera.

    `unsure` and contempt, which ROS4HRI does not have, are published as no expression, once at the change: `libhri`
    then has none and prints a warning for each such message.

    Args:
        frame_id: optical frame of the camera in the robot's tf tree.
        prefix: of the ids, where several cameras publish to one robot.
    """

    def __init__(self, frame_id: str, prefix: str = "") -> None:
        self._frame_id, self._prefix = frame_id, prefix
        self._tracked: set[int] = set()
        self._expressions: dict[int, str] = {}  # the last published one, of the faces that have one
        self._is_new = True  # whether no ids have been published on this connection

    def begin(self) -> None:
        """A new connection, whose other side knows no face."""
        self._expressions.clear()
        self._is_new = True

    def publications(self, events: Sequence[Event], scene: Scene | None) -> Iterator[Publication]:
        """The messages of events and of a scene; events alone give ids and expressions."""
        head = messages.header(captured_unix_s(scene.frame if scene else None), self._frame_id)
        changed = self._update(events)
        if changed or self._is_new or scene is not None:
            self._is_new = False
            ids = [self._id(track_id) for track_id in sorted(self._tracked)]
            yield Publication(f"{FACES}/tracked", "hri_msgs/IdsList", messages.ids_list(head, ids))
        if scene is None:
            for event in events:
                if not isinstance(event, ExpressionChanged):
                    continue
                yield from self._expression(head, event.track_id, event.label, event.confidence, None)
            return
        for face in scene.faces:
            yield from self._of_face(head, face, scene)
        if scene.faces:
            yield Publication("/tf", "tf2_msgs/TFMessage", {"transforms": self._transforms(head, scene)})

    def ended(self, events: Sequence[Event]) -> list[str]:
        """The beginnings of the topics that no longer have a face."""
        gone = {event.track_id for event in events if isinstance(event, FaceGone)} - self._tracked
        return [f"{FACES}/{self._id(track_id)}/" for track_id in sorted(gone)]

    def _update(self, events: Sequence[Event]) -> bool:
        """Takes note of who came and went; whether somebody did."""
        before = set(self._tracked)
        for event in events:
            if isinstance(event, FaceAppeared):
                self._tracked.add(event.track_id)
            elif isinstance(event, FaceGone):
                self._tracked.discard(event.track_id)
                self._expressions.pop(event.track_id, None)
        return self._tracked != before

    def _of_face(self, head: Message, face: Face, scene: Scene) -> Iterator[Publication]:
        topic = f"{FACES}/{self._id(face.track_id)}"
        region = messages.region(head, face, scene.frame)
        yield Publication(f"{topic}/roi", "hri_msgs/NormalizedRegionOfInterest2D", region)
        label = face.expression.label if face.quality.usable else UNSURE
        yield from self._expression(head, face.track_id, label, face.expression.confidence, face.valence)
        landmarks = messages.landmarks(head, face, scene.frame)
        yield Publication(f"{topic}/landmarks", "hri_msgs/FacialLandmarks", landmarks)
        if face.measures:
            units = messages.facial_action_units(head, face)
            yield Publication(f"{topic}/facs", "hri_msgs/FacialActionUnits", units)

    def _expression(
        self, head: Message, track_id: int, label: str, confidence: float, valence: float | None
    ) -> Iterator[Publication]:
        name = messages.expression_name(label)
        if name or self._expressions.get(track_id):
            message = messages.expression(head, name, confidence, valence)
            yield Publication(f"{FACES}/{self._id(track_id)}/expression", "hri_msgs/Expression", message)
        self._expressions[track_id] = name

    def _transforms(self, head: Message, scene: Scene) -> list[Message]:
        transforms: list[Message] = []
        for face in scene.faces:
            name = self._id(face.track_id)
            transforms.append(messages.face_transform(head, f"face_{name}", face))
            in_face = {**head, "frame_id": f"face_{name}"}
            transforms.append(messages.gaze_transform(in_face, f"gaze_{name}"))
        return transforms

    def _id(self, track_id: int) -> str:
        return f"{self._prefix}f{track_id:05d}"
