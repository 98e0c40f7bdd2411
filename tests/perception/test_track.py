"""The tracker on two made people who move, turn and cross, at the frame rates of fast and of starved machines.

`web/src/perception/track.test.ts` has the same people: both must keep who is who.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.face_landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from emoar.geometry import Region
from emoar.perception.mesh import MeshFit
from emoar.perception.track import FaceTracker, TrackerOptions
from emoar.types import Detection, Frame

SIZE_PX = 100.0
HOLDS = 0.4  # of a face's size: a region that is off by more makes the mesh slide
GONE = 1.0  # and by more than this, there is no face in it
# Each pixel holds its place, so that the detector knows which part of the picture it gets.
PICTURE = np.zeros((360, 760, 3), np.uint8)
PICTURE[..., 0], PICTURE[..., 1] = np.arange(760) % 256, np.arange(360)[:, None] % 256
PICTURE[..., 2] = np.arange(760) // 256 * 16 + np.arange(360)[:, None] // 256


@dataclass(frozen=True)
class Person:
    """A face in the picture, upright; turned away it is narrower."""

    x: float
    y: float
    yaw_rad: float = 0.0

    def landmarks(self) -> NDArray[np.float32]:
        width = SIZE_PX * math.cos(self.yaw_rad)
        points = np.tile(np.array([self.x, self.y, 0], np.float32), (468, 1))
        points[0, :2] -= (width / 2, SIZE_PX / 2)
        points[7, :2] += (width / 2, SIZE_PX / 2)
        points[RIGHT_EYE_OUTER, 0] -= 0.3 * width
        points[LEFT_EYE_OUTER, 0] += 0.3 * width
        return points

    def detection(self) -> Detection:
        x, y, eye = self.x, self.y, 0.3 * SIZE_PX * math.cos(self.yaw_rad)
        points = np.array([[x - eye, y], [x + eye, y], [x, y], [x, y], [x, y], [x, y]], np.float32)
        return Detection(np.array([x - 50, y - 50, x + 50, y + 50], np.float32), points, 0.9)


@dataclass
class World:
    """A detector that sees all who are there, and a mesh that slides when it is led to the wrong place."""

    people: list[Person] = field(default_factory=list)
    ghosts: list[Person] = field(default_factory=list)  # the detector sees a face, the mesh does not
    searches: int = 0

    def detect(self, picture: NDArray[np.uint8]) -> list[Detection]:
        self.searches += picture.shape == PICTURE.shape
        (x, y, high), (height, width) = picture[0, 0].tolist(), picture.shape[:2]
        left, top = x + 256 * (high // 16), y + 256 * (high % 16)
        here = [replace(p, x=p.x - left, y=p.y - top) for p in (*self.people, *self.ghosts)]
        return [p.detection() for p in here if -20 < p.x < width + 20 and -20 < p.y < height + 20]

    def fit(self, _: NDArray[np.uint8], region: Region) -> MeshFit:
        u, v = region.centre_x_px, region.centre_y_px
        if not self.people:
            return MeshFit(Person(u, v).landmarks(), 0.0)
        person = min(self.people, key=lambda p: math.hypot(p.x - u, p.y - v))
        off = math.hypot(person.x - u, person.y - v) / SIZE_PX
        if off > GONE:
            return MeshFit(Person(u, v).landmarks(), 0.0)
        share = 1.0 if off < HOLDS else 0.5  # halfway there, and sure of itself: what the real one does
        slid = Person(u + share * (person.x - u), v + share * (person.y - v), person.yaw_rad)
        return MeshFit(slid.landmarks(), 1.0)


def made(**options: Any) -> tuple[World, FaceTracker]:
    world = World()
    fake = cast(Any, world)
    return world, FaceTracker(fake, fake, TrackerOptions(smoothing=None, **options))


def side_by_side(time_s: float) -> dict[str, Person]:
    """Both sway and turn, each in another place."""
    left = Person(200 + 60 * math.sin(2.5 * time_s), 180, 0.7 * math.sin(1.3 * time_s))
    right = Person(480 + 70 * math.sin(2.1 * time_s + 1), 190 + 20 * math.sin(3 * time_s), 0.8 * math.sin(time_s))
    return {"left": left, "right": right}


def crossing(time_s: float) -> dict[str, Person]:
    """They change places every three seconds; one passes behind the other, and is not seen there."""
    along = 180 * math.cos(math.pi * time_s / 3)
    front = Person(320 - along, 180, 0.5 * math.sin(time_s))
    behind = Person(320 + along, 160, 0.5 * math.cos(time_s))
    hidden = abs(front.x - behind.x) < 0.6 * SIZE_PX
    return {"front": front} if hidden else {"behind": behind, "front": front}


def leaving(time_s: float) -> dict[str, Person]:
    """One stays; the other is outside the picture for 1.6 of every 6 s, and comes back on the side where they left."""
    goes = Person(180 - 180 * math.sin(math.pi * time_s / 3), 180)
    stays = Person(520 + 20 * math.sin(2 * time_s), 170, 0.6 * math.sin(time_s))
    return {"stays": stays} if goes.x < 60 else {"goes": goes, "stays": stays}


@pytest.mark.parametrize("late", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("fps", [3, 5, 7.5, 15, 30])
@pytest.mark.parametrize("people", [side_by_side, crossing, leaving])
def test_two_people_keep_their_ids_at_any_frame_rate(people: Any, fps: float, late: float) -> None:
    world, tracker = made()
    ids: dict[str, set[int]] = {}
    missed = frames = 0
    for step in range(int(24 * fps)):
        time_s = (step + late) / fps
        now: dict[str, Person] = people(time_s)
        world.people = [*now.values()][:: 1 if step % 3 else -1]  # the order has no meaning
        faces = tracker.track(Frame(PICTURE, time_s, step))
        for name, person in now.items():
            frames += 1
            here = [f.track_id for f in faces if math.dist(f.landmarks_px[2, :2], (person.x, person.y)) < 20]
            missed += not here
            ids.setdefault(name, set()).update(here)
    assert [len(one) for one in ids.values()] == [1, 1], ids
    assert len(set.union(*ids.values())) == 2, f"nobody has the id of another: {ids}"
    assert missed <= 0.03 * frames, f"{missed} of {frames}"


def seen(world: World, tracker: FaceTracker, time_s: float, *places: float) -> dict[int, float]:
    """Where each id is, with faces at these places."""
    world.people = [Person(x, 180) for x in places]
    return {face.track_id: float(face.landmarks_px[2, 0]) for face in tracker.track(Frame(PICTURE, time_s, 0))}


def test_only_what_was_seen_counts_as_absence() -> None:
    world, tracker = made()
    assert seen(world, tracker, 0, 100) == {1: 100}
    assert seen(world, tracker, 0.5) == {}
    assert seen(world, tracker, 2.8, 120) == {1: 120}, "missing in one frame, with two seconds before the next"
    assert seen(world, tracker, 3) == {}
    assert seen(world, tracker, 5.1) == {}
    assert seen(world, tracker, 5.2, 120) == {2: 120}, "seen to be missing for more than two seconds"


def test_a_face_elsewhere_proves_the_guess_of_a_blurred_one_wrong() -> None:
    """The detector sees something where a fast face is expected, and the face has turned back."""
    world, tracker = made(search_every_s=0.0)
    for step in range(4):
        assert seen(world, tracker, step / 10, 200 + 60 * step) == {1: 200 + 60 * step}
    world.ghosts = [Person(440, 180)]
    assert list(seen(world, tracker, 0.4, 60).values()) == [60]
    world.ghosts = []
    assert list(seen(world, tracker, 0.5, 60).values()) == [60]


def test_a_newcomer_takes_nobodys_place_after_a_leap() -> None:
    world, tracker = made(maximum_faces=1)
    assert seen(world, tracker, 0, 100) == {1: 100}
    assert seen(world, tracker, 1, 400, 110) == {1: 110}
    assert seen(world, tracker, 2, 400) == {2: 400}, "far from where the first could be by now"


def test_an_unread_face_is_forgotten_where_no_further_search_is_made() -> None:
    world, tracker = made(maximum_faces=1)
    world.people, world.ghosts = [Person(200, 180)], [Person(600, 180)]
    unread = list[int]()
    for step, time_s in enumerate(
        (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    ):  # the gap makes the tracker search for all faces
        tracker.track(Frame(PICTURE, time_s, step))
        unread.append(len(tracker.unread))
    assert unread == [0, 1, 1, 1, 1, 1, 0]
