"""A face is drawn when it is seen for the third time; those of a first scene at once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from emoar.overlay.sightings import Sightings

from .conftest import MakeFace, MakeScene


@pytest.mark.parametrize(
    ("scenes", "drawn"),
    [
        ([[1, 2]], [[1, 2]]),  # a photo, or the beginning of a stream
        ([[], [1], [1], [1], [1]], [[], [], [], [1], [1]]),
        ([[1], [1, 2], [1], [1, 3], [1, 3], [1]], [[1]] * 6),  # two ghosts
        ([[1], [], [1]], [[1], [], [1]]),  # missing in one frame
        ([[1], [1, 2], [1], [1, 2], [1, 2]], [[1], [1], [1], [1], [1, 2]]),
    ],
)
def test_faces_that_last(
    scenes: Sequence[Sequence[int]], drawn: Sequence[Sequence[int]], make_face: MakeFace, make_scene: MakeScene
) -> None:
    sightings = Sightings()
    found = [
        sightings.confirmed(make_scene(*(make_face(track_id=track) for track in tracks), time_s=index / 10))
        for index, tracks in enumerate(scenes)
    ]
    assert [[face.track_id for face in scene.faces] for scene in found] == drawn


def test_after_a_reset_the_next_scene_is_the_first(make_face: MakeFace, make_scene: MakeScene) -> None:
    sightings = Sightings()
    sightings.confirmed(make_scene())
    scene = make_scene(make_face())
    assert sightings.confirmed(scene).faces == ()
    sightings.reset()
    assert sightings.confirmed(scene) is scene


def test_a_track_that_was_gone_for_long_is_forgotten(make_face: MakeFace, make_scene: MakeScene) -> None:
    sightings = Sightings()
    assert sightings.confirmed(make_scene(make_face(), time_s=0)).faces
    sightings.confirmed(make_scene(time_s=10))
    assert not sightings.confirmed(make_scene(make_face(), time_s=10.1)).faces
