"""Reads a binary glTF file as a model: triangles by material, and parts that move as their `extras` tell."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.config import convert
from emoar.errors import InputError
from emoar.overlay.solid.gltf_document import Document, Material, Node, Primitive, read_glb
from emoar.overlay.solid.model import Group, Model, Shape, for_normals, model_of, of_length_1, rotation
from emoar.overlay.solid.motion import Motion

__all__ = ["load_model"]

TRIANGLES: Final = 4  # the mode of a primitive
BLENDED: Final = 0.999  # the largest opacity of what is drawn after the opaque parts
Array = NDArray[np.float32]
Matrix = NDArray[np.float64]
Triangles = NDArray[np.int32]


def load_model(data: bytes, where: str) -> Model:
    """Reads the content of a binary glTF file; `where` is its name, for the message.

    Raises:
        InputError: it is not binary glTF 2.0, has what is not drawn, or nothing to draw.
    """
    document = read_glb(data, where)
    try:
        return _Reader(document, where).model()
    except InputError as error:
        raise error if str(error).startswith(where) else InputError(f"{where}: {error}") from error
    except (IndexError, KeyError, ValueError, RecursionError) as error:
        raise InputError(f"{where}: is damaged ({error!r}); export it again") from error


class _Reader:
    """Collects the triangles of a file by the group that they move with."""

    def __init__(self, document: Document, where: str) -> None:
        self._document, self._where = document, where
        self._groups = [Group(-1, np.eye(4))]
        self._shapes: list[Shape] = []

    def model(self) -> Model:
        for index in self._document.scenes[self._document.scene].nodes:
            self._walk(self._document.nodes[index], 0, np.eye(4))
        if not self._shapes:
            raise InputError("has no triangles; export the object's meshes")
        return model_of(self._groups, self._shapes)

    def _walk(self, node: Node, group: int, outer: Matrix) -> None:
        """Args: outer is (4, 4), from the node's parent to the frame of the group."""
        motion = self._motion(node)
        if motion is None:
            outer = outer @ _rest(node)
        else:
            moving = Group(group, outer, node.translation, node.rotation, node.scale, motion)
            group, outer = len(self._groups), np.eye(4)
            self._groups.append(moving)
        if node.mesh is not None:
            for primitive in self._document.meshes[node.mesh].primitives:
                self._add(primitive, group, outer)
        for child in node.children:
            self._walk(self._document.nodes[child], group, outer)

    def _motion(self, node: Node) -> Motion | None:
        extras: Any = node.extras
        if not isinstance(extras, dict) or "motion" not in extras:
            return None
        return convert(extras["motion"], Motion, self._where, at=("motion",))

    def _add(self, primitive: Primitive, group: int, outer: Matrix) -> None:
        if primitive.mode != TRIANGLES:
            raise InputError("has lines or points; export triangles")
        document = self._document
        places = document.array(primitive.attributes["POSITION"]).astype(np.float32)
        indices = np.arange(len(places)) if primitive.indices is None else document.array(primitive.indices)
        triangles = indices.reshape(-1, 3).astype(np.int32)
        if triangles.size and int(triangles.max()) >= len(places):
            raise InputError("has a triangle without vertices; export it again")
        normal = primitive.attributes.get("NORMAL")
        if normal is None:  # each triangle is flat
            places, triangles = places[triangles.ravel()], np.arange(triangles.size, dtype=np.int32).reshape(-1, 3)
            a, b, c = places[0::3], places[1::3], places[2::3]
            normals = np.repeat(np.cross(b - a, c - a), 3, axis=0).astype(np.float32)
        else:
            normals = document.array(normal).astype(np.float32)
        material = Material() if primitive.material is None else document.materials[primitive.material]
        self._put(group, material, *_moved(places, normals, triangles, outer))

    def _put(self, group: int, material: Material, places: Array, normals: Array, triangles: Triangles) -> None:
        if material.double_sided:
            triangles = np.concatenate([triangles, triangles[:, ::-1] + len(places)])
            places, normals = np.concatenate([places, places]), np.concatenate([normals, -normals])
        *colour, alpha = material.pbr_metallic_roughness.base_color_factor
        opacity = min(max(alpha, 0.0), BLENDED) if material.alpha_mode == "BLEND" else 1.0
        light = material.emissive_factor
        self._shapes.append(Shape(group, places, normals, triangles, (colour[0], colour[1], colour[2]), light, opacity))


def _rest(node: Node) -> Matrix:
    if node.matrix is not None:
        return np.array(node.matrix, np.float64).reshape(4, 4).T
    matrix = np.eye(4)
    matrix[:3, :3] = rotation(node.rotation) * np.array(node.scale)
    matrix[:3, 3] = node.translation
    return matrix


def _moved(places: Array, normals: Array, triangles: Triangles, matrix: Matrix) -> tuple[Array, Array, Triangles]:
    """Vertices, normals and triangles in another frame; a mirror image turns the triangles round."""
    linear = matrix[:3, :3]
    inside_out = np.linalg.det(linear) < 0
    moved = (places @ linear.T + matrix[:3, 3]).astype(np.float32)
    turned = normals @ for_normals(linear).T
    return moved, of_length_1(turned), triangles[:, ::-1] if inside_out else triangles
