"""What is published for scenes and events, in which order."""

from __future__ import annotations

from dataclasses import replace

from makers import make_face, make_scene
from ros_interfaces import check_message

from emoar.events.detector import EventDetector
from emoar.events.ros.messages import Publication
from emoar.events.ros.ros4hri import Ros4Hri
from emoar.types import Face, Scene


class Talk:
    """A profile with the events of its scenes."""

    def __init__(self, prefix: str = "") -> None:
        self.profile, self.detector = Ros4Hri("camera", prefix), EventDetector()
        self.ended: list[str] = []

    def send(self, scene: Scene, *, with_scene: bool = True) -> list[Publication]:
        events = self.detector.update(scene)
        publications = list(self.profile.publications(events, scene if with_scene else None))
        for publication in publications:
            check_message(publication.type, publication.msg)
        self.ended = self.profile.ended(events)
        return publications


def scene_of(*faces: Face, time_s: float = 0.0) -> Scene:
    return replace(make_scene(0, time_s=time_s), faces=faces)


def labelled(label: str, since_s: float = 0.0) -> Face:
    face = make_face()
    return replace(face, expression=replace(face.expression, label=label, since_s=since_s))


def topics(publications: list[Publication]) -> list[str]:
    return [publication.topic.removeprefix("/humans/faces/") for publication in publications]


def test_the_order_is_that_of_libhri() -> None:
    assert topics(Talk().send(make_scene(2))) == [
        "tracked",
        *("f00001/roi", "f00001/expression", "f00001/landmarks"),
        *("f00002/roi", "f00002/expression", "f00002/landmarks"),
        "/tf",
    ]


def test_one_frame_has_one_stamp_and_faces_their_frames() -> None:
    publications = Talk("left_").send(make_scene(2))
    headers = [p.msg["header"] for p in publications if "header" in p.msg]
    headers += [transform["header"] for p in publications if p.topic == "/tf" for transform in p.msg["transforms"]]
    assert len({tuple(head["stamp"].values()) for head in headers}) == 1
    assert publications[0].msg["ids"] == ["left_f00001", "left_f00002"]
    frames = [(t["header"]["frame_id"], t["child_frame_id"]) for t in publications[-1].msg["transforms"]]
    assert frames == [
        ("camera", "face_left_f00001"),
        ("face_left_f00001", "gaze_left_f00001"),
        ("camera", "face_left_f00002"),
        ("face_left_f00002", "gaze_left_f00002"),
    ]


def test_unsure_and_contempt_are_published_once_at_the_change() -> None:
    talk = Talk()
    labels = ["unsure", "happiness", "happiness", "contempt", "contempt", "unsure", "fear"]
    names = [
        [p.msg["expression"] for p in talk.send(scene_of(labelled(label), time_s=float(i))) if "expression" in p.topic]
        for i, label in enumerate(labels)
    ]
    assert names == [[], ["happy"], ["happy"], [""], [], [], ["scared"]]


def test_a_face_that_cannot_be_classified_has_no_expression() -> None:
    talk, face = Talk(), make_face()
    talk.send(scene_of(face))
    blurred = replace(face, quality=replace(face.quality, reasons=("too blurred",)))
    expression = next(p for p in talk.send(scene_of(blurred)) if "expression" in p.topic)
    assert (expression.msg["expression"], expression.msg["confidence"]) == ("", 0.0)


def test_a_new_connection_gets_no_expression_again() -> None:
    talk = Talk()
    talk.send(scene_of(labelled("unsure")))
    talk.profile.begin()
    assert "f00001/expression" not in topics(talk.send(scene_of(labelled("unsure"))))


def test_who_goes_is_no_longer_tracked_and_its_topics_end() -> None:
    talk = Talk()
    talk.send(make_scene(2))
    publications = talk.send(scene_of(make_face(2), time_s=1.0))
    assert publications[0].msg["ids"] == ["f00002"]
    assert talk.ended == ["/humans/faces/f00001/"]
    assert topics(talk.send(scene_of(time_s=2.0))) == ["tracked"]


def test_a_face_with_measures_has_action_units() -> None:
    measured = replace(make_face(), measures={"jawOpen": 0.5}, valence=0.25)
    publications = Talk().send(scene_of(measured))
    assert topics(publications)[-2:] == ["f00001/facs", "/tf"]
    assert [p.msg["valence"] for p in publications if "expression" in p.topic] == [0.25]


def test_events_alone_give_ids_and_expressions() -> None:
    talk = Talk()
    assert topics(talk.send(make_scene(1), with_scene=False)) == ["tracked", "f00001/expression"]
    assert talk.send(make_scene(1), with_scene=False) == []
    changed = talk.send(scene_of(labelled("fear", 0.5), time_s=0.5), with_scene=False)
    assert [p.msg.get("expression") for p in changed] == ["scared"]
    talk.profile.begin()
    again = talk.send(scene_of(labelled("anger", 0.6), time_s=0.6), with_scene=False)
    assert [p.msg.get("ids") or p.msg["expression"] for p in again] == [["f00001"], "angry"], "to a new connection"
