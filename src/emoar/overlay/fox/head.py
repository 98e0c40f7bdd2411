"""The fox's head: plain bodies in centimetres, in the head frame. It is `web/src/overlay/layers/avatarParts.ts`."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from emoar.overlay.fox.bodies import Body, ball, capsule, cone
from emoar.overlay.fox.mouth import mouth_strips, muzzle_z
from emoar.overlay.fox.movements import AT_REST, AvatarFace
from emoar.overlay.solid.light import to_linear
from emoar.overlay.solid.model import Group, Model, Posed, Shape, for_normals, model_of, of_length_1
from emoar.overlay.solid.raster import Mesh

__all__ = ["fox", "fox_shell"]

LARGER: Final = 1.12  # than the average head, so that hair does not stick out
FUR: Final = (0xE8, 0x77, 0x2E)
CREAM: Final = (0xFF, 0xF0, 0xDC)
DARK: Final = (0x3A, 0x24, 0x18)
WHITE: Final = (0xFF, 0xFF, 0xFF)
BLACK: Final = (0x17, 0x11, 0x0E)
IRIS: Final = (0x5B, 0x8F, 0x3A)
INNER: Final = (0x7D, 0x1F, 0x2B)
TONGUE: Final = (0xE0, 0x66, 0x7A)
LID: Final = (20, 8)  # columns and rows
EYE: Final = (3.9, 3.0, 5.6)  # of the left one
_LEFT, _RIGHT = 1.0, -1.0
_SIDES: Final = (_LEFT, _RIGHT)

# The groups: the head, for each side the upper and the lower lid and the brow, then tongue and mouth.
_HEAD, _UPPER, _LOWER, _BROW, _TONGUE, _MOUTH, _GROUPS = 0, 1, 3, 5, 7, 8, 9
Matrix = NDArray[np.float64]
Triple = tuple[float, float, float]
Colour = tuple[int, int, int]


class _Part(NamedTuple):
    body: Body
    colour: Colour
    at: Matrix  # (4, 4)


def fox(face: AvatarFace, to_camera: Matrix) -> Posed:
    """The head in camera space.

    Args:
        face: how it stands.
        to_camera: (4, 4) from the head frame.
    """
    model = _model()
    vertices, normals = model.vertices.copy(), model.normals.copy()
    strips = mouth_strips(face)
    span = next(span for group, span in model.spans if group == _MOUTH)
    vertices[span] = np.concatenate([strip.vertices for strip in strips])
    normals[span] = np.concatenate([strip.normals for strip in strips])
    posed = replace(model, vertices=vertices, normals=normals).placed(_own_matrices(face), to_camera)
    return Posed(model, posed.vertices, posed.normals)


def fox_shell(to_camera: Matrix) -> Mesh:
    """What hides behind the head, in camera space: the parts that do not move."""
    vertices, triangles = _shell()
    return Mesh((vertices @ to_camera[:3, :3].T + to_camera[:3, 3]).astype(np.float32), triangles)


@cache
def _model() -> Model:
    groups = [Group(-1, np.eye(4)) for _ in range(_GROUPS)]
    shapes = [_shape(_HEAD, part) for part in _still_parts()]
    lid, brow = ball(*LID, math.pi / 2), capsule(0.52, 3.1, 6, 14)
    for number in range(len(_SIDES)):
        shapes.append(_shape(_UPPER + number, _Part(lid, FUR, _at(scale=(2.4, 2.72, 2.45)))))
        shapes.append(_shape(_LOWER + number, _Part(lid, FUR, _at(scale=(2.38, 2.76, 2.2)))))
        shapes.append(_shape(_BROW + number, _Part(brow, DARK, np.eye(4))))
    shapes.append(_shape(_TONGUE, _Part(_detailed(1.7), TONGUE, np.eye(4))))
    for strip, colour in zip(mouth_strips(AT_REST), (INNER, DARK, DARK), strict=True):
        shapes.append(_shape(_MOUTH, _Part(strip, colour, np.eye(4))))
    return model_of(groups, shapes)


@cache
def _shell() -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    shapes = [_shape(_HEAD, part) for part in _skull_parts()]
    starts = np.cumsum([0, *(len(shape.vertices) for shape in shapes)])
    triangles = [shape.triangles + start for shape, start in zip(shapes, starts, strict=False)]
    vertices = LARGER * np.concatenate([shape.vertices for shape in shapes]).astype(np.float64)
    return vertices, np.concatenate(triangles).astype(np.int32)


def _own_matrices(face: AvatarFace) -> Matrix:
    """(groups, 4, 4) from each group's frame to the head frame."""
    own = np.tile(np.eye(4), (_GROUPS, 1, 1))
    eyes, smiles = (face.eye_left, face.eye_right), (face.smile_left, face.smile_right)
    brows = face.brow_left, face.brow_right
    for number, side in enumerate(_SIDES):
        root = _eye(side)
        own[_UPPER + number] = root @ _at(turn=(1.25 - 1.75 * min(eyes[number], 1.3), 0, 0))
        lower = math.pi + 0.55 - 0.35 * max(smiles[number], 0) - 0.15 * (1 - min(eyes[number], 1))
        own[_LOWER + number] = root @ _at(turn=(lower, 0, 0))
        raised = brows[number]
        place = 3.9 * side, 6.6 + 1.5 * raised, 6.55 - 0.35 * max(raised, 0)
        own[_BROW + number] = _at(place, (0, 0.25 * side, math.pi / 2 - side * (0.06 + 0.5 * face.brow_tilt)))
    opening, half = 3.7 * face.jaw, 3.3 * face.mouth_width * (1 - 0.12 * face.jaw)
    y = -5.6 - 0.72 * opening
    shown = face.jaw > 0.12
    size = (0.5 * half, 0.28 * opening, 0.75) if shown else (0.0, 0.0, 0.0)
    own[_TONGUE] = _at((0, y, float(muzzle_z(0, y)) - 0.62), scale=size)
    return np.diag([LARGER, LARGER, LARGER, 1.0]) @ own


def _still_parts() -> list[_Part]:
    """The parts that do not move relative to the head."""
    parts = _skull_parts()
    for side in _SIDES:
        root = _eye(side)
        parts += [
            _ball(WHITE, (0, 0, 0), (2.15, 2.45, 1.7), root),
            _ball(IRIS, (-0.15 * side, -0.05, 1.1), (1.28, 1.42, 0.75), root),
            _ball(BLACK, (-0.15 * side, -0.05, 1.55), (0.78, 0.92, 0.42), root),
            _ball(WHITE, (0.25, 0.5, 1.93), (0.3, 0.3, 0.14), root),
        ]
        for x, y in ((2.9, -3.3), (3.7, -4.1), (2.7, -4.6)):  # where whiskers grow
            parts.append(_ball(DARK, (x * side, y, float(muzzle_z(x, y)) + 0.02), (0.16, 0.16, 0.1)))
    return parts


def _skull_parts() -> list[_Part]:
    return [
        _ball(FUR, (0, 2.6, -3), (10.6, 11.6, 10.4)),
        _ball(CREAM, (4.6, -3.4, 0.6), (6.2, 5.4, 6.6)),
        _ball(CREAM, (-4.6, -3.4, 0.6), (6.2, 5.4, 6.6)),
        _ball(CREAM, (0, -4.6, 3.2), (6.4, 4.6, 6.6)),  # the muzzle, see `muzzle_z`
        _ball(FUR, (0, 0.2, 5.2), (2.6, 3.2, 3.4)),
        _ball(BLACK, (0, -1.5, 9.3), (1.9, 1.35, 1.2)),
        *(part for side in _SIDES for part in _ear(side)),
    ]


def _ear(side: float) -> list[_Part]:
    root = _at((6.6 * side, 14.6, -3.2), (-0.1, 0.15 * side, -0.38 * side))
    return [
        _Part(cone(4.2, 9.5, 28), FUR, root @ _at(scale=(1, 1, 0.55))),
        _Part(cone(2.6, 6.6, 24), CREAM, root @ _at((0, -0.9, 1.35), scale=(1, 1, 0.4))),
        _Part(cone(1.62, 3.7, 24), DARK, root @ _at((0, 3, 0), scale=(1, 1, 0.57))),
    ]


def _eye(side: float) -> Matrix:
    return _at((EYE[0] * side, EYE[1], EYE[2]), (0, 0.24 * side, 0))


def _ball(colour: Colour, at: Triple, radii: Triple, root: Matrix | None = None) -> _Part:
    place = _at(at, scale=radii)
    return _Part(_detailed(max(radii)), colour, place if root is None else root @ place)


def _detailed(radius: float) -> Body:
    """A ball with as many triangles as its size needs; the browser has the same where it has no GPU."""
    return ball(36, 26) if radius > 8 else ball(28, 20) if radius > 4 else ball(20, 14) if radius > 1.2 else ball(12, 8)


def _shape(group: int, part: _Part) -> Shape:
    body, linear = part.body, part.at[:3, :3]
    red, green, blue = to_linear(part.colour).tolist()
    vertices = (body.vertices @ linear.T + part.at[:3, 3]).astype(np.float32)
    normals = of_length_1(body.normals @ for_normals(linear).T)
    return Shape(group, vertices, normals, body.triangles, (red, green, blue))


def _at(place: Triple = (0, 0, 0), turn: Triple = (0, 0, 0), scale: Triple = (1, 1, 1)) -> Matrix:
    """(4, 4): scaled, turned about z, then y, then x by angles in radians, and moved."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(turn), np.sin(turn)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    matrix = np.eye(4)
    matrix[:3, :3] = about_x @ about_y @ about_z * np.array(scale)
    matrix[:3, 3] = place
    return matrix
