"""Photographs of crowds, composed at run time: faces on two portraits' heads, on the pictures of installed packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.demo.people import PEOPLE, Person, portrait

__all__ = ["Crowd", "TruePlace", "backgrounds", "compose", "public_test_faces"]

Image = NDArray[np.uint8]
BESIDE: Final = 1.25  # half of the width of a head's field, in face widths: shoulders beyond it are cut off
ABOVE, BELOW = 0.8, 1.5  # of a head's field above and below the face's middle
PICTURES: Final = (  # without a face
    ("skimage", "data/coffee.png"),
    ("skimage", "data/chelsea.png"),
    ("skimage", "data/rocket.jpg"),
    ("skimage", "data/motorcycle_left.png"),
    ("sklearn", "datasets/images/china.jpg"),
    ("sklearn", "datasets/images/flower.jpg"),
)


@dataclass(frozen=True)
class TruePlace:
    """Where a face was put: the middle of the box around its landmarks, and that box's width."""

    x_px: float
    y_px: float
    width_px: float

    def is_at(self, box_xyxy_px: NDArray[np.floating]) -> bool:
        """Whether a box is around this face."""
        left, top, right, bottom = box_xyxy_px.tolist()
        away = np.hypot((left + right) / 2 - self.x_px, (top + bottom) / 2 - self.y_px)
        return bool(away < 0.4 * self.width_px) and 0.5 < (right - left) / self.width_px < 2


@dataclass(frozen=True, eq=False)
class Crowd:
    """One picture, (H, W, 3) RGB, and where its faces are."""

    image: Image
    places: tuple[TruePlace, ...]


@cache
def backgrounds(folder: Path | None = None) -> tuple[Image, ...]:
    """(H, W, 3) RGB pictures without faces: of the installed packages, and the files of a folder."""
    paths = list[Path]()
    for package, name in PICTURES:
        spec = find_spec(package)
        if spec and spec.origin:
            paths.append(Path(spec.origin).parent / name)
    if folder is not None:
        paths += sorted(folder.iterdir())
    read = [cv2.imread(str(path), cv2.IMREAD_COLOR) for path in paths]
    return tuple(np.ascontiguousarray(picture[..., ::-1]) for picture in read if picture is not None)


def public_test_faces(parquet: Path, count: int, rng: np.random.Generator) -> list[Image]:
    """(48, 48) grey faces of FER2013's PublicTest that the taggers called a face, at random."""
    import pyarrow.parquet as pq

    columns = ["image", "votes_not_a_face", "votes_unknown"]
    rows = pq.read_table(parquet, filters=[("usage", "=", "PublicTest")], columns=columns).to_pylist()
    kept = [row["image"] for row in rows if row["votes_not_a_face"] + row["votes_unknown"] == 0]
    chosen = rng.choice(len(kept), min(count, len(kept)), replace=False)
    return [np.asarray(cv2.imdecode(np.frombuffer(kept[i], np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8) for i in chosen]


def compose(
    size_px: tuple[int, int],
    faces_px: Sequence[float],
    rng: np.random.Generator,
    faces: Sequence[Image] = (),
    folder: Path | None = None,
) -> Crowd:
    """A picture of (width, height) pixels with a face of each of these widths, as far as there is room.

    The heads are the portraits'; where there are `faces`, (48, 48) grey, theirs are laid over the portraits' own.
    """
    width, height = size_px
    pictures = backgrounds(folder)
    behind = pictures[int(rng.integers(len(pictures)))]
    scale = max(width / behind.shape[1], height / behind.shape[0])
    board = cv2.resize(behind, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)[:height, :width]
    board = np.ascontiguousarray(board[:, ::-1] if rng.random() < 0.5 else board)
    places, occupied = list[TruePlace](), np.zeros((height, width), np.bool_)
    for face_px in sorted(faces_px, reverse=True):
        half, above, below = (round(share * face_px) for share in (BESIDE, ABOVE, BELOW))
        if 2 * half >= width or above + below >= height:
            continue
        for _ in range(60):
            x, y = int(rng.integers(half, width - half)), int(rng.integers(above, height - below))
            field = np.s_[y - above : y + below, x - half : x + half]
            if not occupied[field].any():
                break
        else:
            continue
        occupied[field] = True
        colours, cover = _head(face_px, rng, faces)
        board[field] = np.clip(np.rint(colours + (1 - cover) * board[field]), 0, 255).astype(np.uint8)
        places.append(TruePlace(x, y, face_px))
    return Crowd(board, tuple(places))


def _head(
    face_px: float, rng: np.random.Generator, faces: Sequence[Image]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A head's field: premultiplied colours and coverage 0..1, (H, W, 3) and (H, W, 1)."""
    person = PEOPLE[int(rng.integers(len(PEOPLE)))]
    colours, cover = _person(person)
    if faces:
        colours = _with_face(person, colours, faces[int(rng.integers(len(faces)))])
    half, above, below = (round(share * face_px) for share in (BESIDE, ABOVE, BELOW))
    scale = face_px / person.size_px[0]
    turn = np.deg2rad(rng.normal(0, 6))
    mirrored = -1.0 if rng.random() < 0.5 else 1.0
    linear = scale * np.array([[mirrored * np.cos(turn), np.sin(turn)], [-mirrored * np.sin(turn), np.cos(turn)]])
    shrink = max(int(1 / scale), 1)  # averaging first, or a small head would alias
    layers = np.dstack([colours, cover]).astype(np.float32)
    if shrink > 1:
        layers = cv2.blur(layers, (shrink, shrink))
    matrix = np.column_stack([linear, np.array([half, above]) - linear @ np.array(person.centre_px)])
    moved = cv2.warpAffine(layers, matrix, (2 * half, above + below), flags=cv2.INTER_LINEAR)
    across = np.abs(np.arange(2 * half) - half) / half
    down = np.arange(above + below) / (above + below)
    fade = np.clip((1 - across) / 0.1, 0, 1) * np.clip((1 - down[:, None]) / 0.1, 0, 1)
    return moved[..., :3] * fade[..., None], moved[..., 3:] * fade[..., None]


@cache
def _person(person: Person) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Premultiplied colours and coverage 0..1 of a person."""
    picture = portrait(person.name)
    solid = cv2.fillPoly(np.zeros(picture.shape[:2], np.float32), [np.array(person.outline_px, np.int32)], 1.0)
    cover = cv2.GaussianBlur(solid, (0, 0), 1.6)
    return picture * cover[..., None], cover


def _with_face(person: Person, colours: NDArray[np.float32], face: Image) -> NDArray[np.float32]:
    """The person with a (48, 48) grey face instead of theirs, in their tint, brightness and contrast."""
    x, y = person.centre_px
    scale = person.size_px[0] / 36.0  # the box around the landmarks is about 36 px wide in FER2013
    matrix = np.array([[scale, 0, x - scale * 24], [0, scale, y - scale * 25.5]])
    height, width = colours.shape[:2]
    grey = cv2.warpAffine(
        face.astype(np.float32), matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    across = (np.arange(width) - x) / (0.5 * person.size_px[0])
    down = (np.arange(height)[:, None] - y) / (0.56 * person.size_px[1])
    oval = np.clip((1.0 - np.hypot(across, down)) / 0.15, 0, 1)[..., None]
    inside = np.hypot(across, down) < 0.9
    own = colours @ np.array([0.299, 0.587, 0.114], np.float32)
    tint = colours[inside].mean(axis=0) / own[inside].mean()
    gain = own[inside].std() / max(float(grey[inside].std()), 1.0)
    level = (grey - grey[inside].mean()) * gain + own[inside].mean()
    return np.clip(colours + oval * (level[..., None] * tint - colours), 0, 255).astype(np.float32)
