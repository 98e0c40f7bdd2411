"""A solid body of groups that move: made once, posed for each picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from emoar.overlay.solid.motion import Motion, Moved, moved_at

__all__ = ["Group", "Model", "Part", "Posed", "Shape", "for_normals", "model_of", "of_length_1", "rotation"]

CENTIMETRE: Final = 0.01  # the unit of glTF is the metre
Array = NDArray[np.float32]
Matrix = NDArray[np.float64]


class Part(NamedTuple):
    """Triangles that are drawn together."""

    vertices: slice
    triangles: slice
    opacity: float = 1.0


@dataclass(frozen=True, eq=False)
class Group:
    """Vertices that move together."""

    parent: int  # index of an earlier group; -1 for the model's own frame
    outer: Matrix  # (4, 4) from this group's rest place to its parent's frame
    translation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    motion: Motion | None = None

    @property
    def rest(self) -> Matrix:
        """(4, 4) from the group's frame to its parent's, while it does not move."""
        return _own_matrices([replace(self, motion=None)], 0.0, 0.0)[0]


@dataclass(frozen=True, eq=False)
class Model:
    """Triangles of all parts, one after the other. A two-sided surface is two: its back has vertices of its own."""

    groups: tuple[Group, ...]  # parents first
    spans: tuple[tuple[int, slice], ...]  # (index of a group, vertices that move with it)
    parts: tuple[Part, ...]  # the opaque one, then those that are seen through
    vertices: Array  # (N, 3), each in the frame of its group
    normals: Array  # (N, 3)
    colours: Array  # (N, 3) linear, 0..1
    emissive: Array  # (N, 3) linear
    triangles: NDArray[np.int32]  # (M, 3), counter-clockwise seen from outside

    @cached_property
    def top(self) -> float:
        """The highest coordinate, at rest."""
        return float(self._moved(np.array([group.rest for group in self.groups]), np.eye(4)).vertices[:, 1].max())

    def posed(self, to_camera: Matrix, time_s: float = 0.0, strength: float = 0.5) -> Posed:
        """The model in camera space.

        Args:
            to_camera: (4, 4) from the model's frame.
            time_s: on the clock of the animation.
            strength: of the expression, 0..1.
        """
        return self._moved(_own_matrices(self.groups, time_s, strength), to_camera)

    def _moved(self, own: Matrix, to_camera: Matrix) -> Posed:
        """Args: own is (G, 4, 4), from each group's frame to its parent's."""
        matrices = np.empty_like(own)
        for index, group in enumerate(self.groups):
            outer = to_camera if group.parent < 0 else matrices[group.parent]
            matrices[index] = outer @ own[index]
        linear = matrices[:, :3, :3]
        places, turns = linear.astype(np.float32), for_normals(linear).astype(np.float32)
        shifts = matrices[:, :3, 3].astype(np.float32)
        vertices, normals = np.empty_like(self.vertices), np.empty_like(self.normals)
        for group, span in self.spans:
            np.matmul(self.vertices[span], places[group].T, out=vertices[span])
            vertices[span] += shifts[group]
            np.matmul(self.normals[span], turns[group].T, out=normals[span])
        return Posed(self, vertices, of_length_1(normals))


@dataclass(frozen=True, eq=False)
class Posed:
    """A model in camera space."""

    model: Model
    vertices: Array  # (N, 3) cm
    normals: Array  # (N, 3) of length 1


class Shape(NamedTuple):
    """Triangles of one material, and the group that they move with."""

    group: int
    vertices: Array  # (N, 3)
    normals: Array  # (N, 3)
    triangles: NDArray[np.int32]  # (M, 3)
    colour: tuple[float, float, float]  # linear, 0..1
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    opacity: float = 1.0


def model_of(groups: Sequence[Group], shapes: Sequence[Shape]) -> Model:
    """A model of at least one shape; those that are seen through stay apart."""
    opaque = sorted((shape for shape in shapes if shape.opacity >= 1), key=lambda shape: shape.group)
    glass = [shape for shape in shapes if shape.opacity < 1]
    ordered = opaque + glass
    starts = np.cumsum([0, *(len(shape.vertices) for shape in ordered)]).tolist()
    firsts = np.cumsum([0, *(len(shape.triangles) for shape in ordered)]).tolist()
    spans: list[tuple[int, slice]] = []
    for shape, start, end in zip(ordered, starts, starts[1:], strict=False):
        if spans and spans[-1][0] == shape.group:
            start = spans.pop()[1].start
        spans.append((shape.group, slice(start, end)))
    number = len(opaque)
    parts = [Part(slice(0, starts[number]), slice(0, firsts[number]))] if opaque else []
    for i, shape in enumerate(glass, number):
        parts.append(Part(slice(starts[i], starts[i + 1]), slice(firsts[i], firsts[i + 1]), shape.opacity))
    return Model(
        tuple(groups),
        tuple(spans),
        tuple(parts),
        np.concatenate([shape.vertices for shape in ordered]).astype(np.float32),
        np.concatenate([shape.normals for shape in ordered]).astype(np.float32),
        np.concatenate([np.tile(np.array(shape.colour, np.float32), (len(shape.vertices), 1)) for shape in ordered]),
        np.concatenate([np.tile(np.array(shape.emissive, np.float32), (len(shape.vertices), 1)) for shape in ordered]),
        np.concatenate([shape.triangles + start for shape, start in zip(ordered, starts, strict=False)]),
    )


def rotation(quaternion: Sequence[float]) -> Matrix:
    """(3, 3) of a unit quaternion, x y z w."""
    x, y, z, w = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def _own_matrices(groups: Sequence[Group], time_s: float, strength: float) -> Matrix:
    """(G, 4, 4) from each group's frame to its parent's."""
    moved = [Moved() if group.motion is None else moved_at(group.motion, time_s, strength) for group in groups]
    turn, tilt = np.radians([one.turn_deg for one in moved]), np.radians([one.tilt_deg for one in moved])
    inner = np.zeros((len(groups), 4, 4))
    inner[:, 3, 3] = 1
    scale = np.array([group.scale for group in groups]) * [one.scale for one in moved]
    turned = np.array([rotation(group.rotation) for group in groups]) @ _about_y(turn) @ _about_z(tilt)
    inner[:, :3, :3] = turned * scale[:, None]
    inner[:, :3, 3] = np.array([group.translation for group in groups])
    inner[:, :3, 3] += CENTIMETRE * np.array([one.shift_cm for one in moved])
    return np.array([group.outer for group in groups]) @ inner


def for_normals(linear: NDArray[Any]) -> NDArray[Any]:
    """(..., 3, 3) that take normals where `linear` takes places: cofactors, which flattened ones have, too."""
    x, y, z = linear[..., 0], linear[..., 1], linear[..., 2]
    return np.stack([np.cross(y, z), np.cross(z, x), np.cross(x, y)], axis=-1)


def of_length_1(normals: NDArray[Any]) -> Array:
    squares = (normals * normals) @ np.ones(3, normals.dtype)
    return (normals * (1 / np.sqrt(np.maximum(squares, 1e-24)))[:, None]).astype(np.float32, copy=False)


def _about_y(angle_rad: NDArray[np.float64]) -> Matrix:
    """(G, 3, 3) rotations."""
    turned = np.zeros((len(angle_rad), 3, 3))
    turned[:, 0, 0] = turned[:, 2, 2] = np.cos(angle_rad)
    turned[:, 0, 2] = np.sin(angle_rad)
    turned[:, 2, 0] = -turned[:, 0, 2]
    turned[:, 1, 1] = 1
    return turned


def _about_z(angle_rad: NDArray[np.float64]) -> Matrix:
    """(G, 3, 3) rotations."""
    turned = np.zeros((len(angle_rad), 3, 3))
    turned[:, 0, 0] = turned[:, 1, 1] = np.cos(angle_rad)
    turned[:, 1, 0] = np.sin(angle_rad)
    turned[:, 0, 1] = -turned[:, 1, 0]
    turned[:, 2, 2] = 1
    return turned
