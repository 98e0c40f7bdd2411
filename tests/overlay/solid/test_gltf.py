"""glTF files become triangles in one frame for all that move together."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.overlay import default_content
from emoar.overlay.solid.gltf import load_model

from .glb import CORNERS, packed, triangle


def test_a_triangle() -> None:
    model = load_model(packed(triangle()), "a.glb")
    np.testing.assert_allclose(model.vertices, CORNERS)
    np.testing.assert_allclose(model.normals, [[0, 0, 1]] * 3)  # flat, since the file has none
    np.testing.assert_allclose(model.colours, [[1, 0, 0]] * 3)
    assert model.top == pytest.approx(1)


def test_nodes_are_moved_by_their_parents_and_a_mirror_image_keeps_its_outside() -> None:
    nodes = [{"children": [1], "translation": [0, 2, 0]}, {"mesh": 0, "scale": [-1, 1, 1]}]
    posed = load_model(packed(triangle(nodes)), "a.glb").posed(np.eye(4))
    np.testing.assert_allclose(posed.vertices, CORNERS * [-1, 1, 1] + [0, 2, 0], atol=1e-6)
    a, b, c = posed.vertices[posed.model.triangles[0]]
    assert np.cross(b - a, c - a)[2] > 0


def test_a_moving_node_takes_its_children_along() -> None:
    motion = {"motion": {"kind": "bob", "period_s": 4, "amount": 50}}
    nodes = [{"children": [1], "extras": motion}, {"mesh": 0, "translation": [1, 0, 0]}]
    model = load_model(packed(triangle(nodes)), "a.glb")
    np.testing.assert_allclose(model.posed(np.eye(4), 1).vertices, CORNERS + [1, 0.5, 0], atol=1e-6)  # metres
    assert model.top == pytest.approx(1)  # at rest


def test_a_two_sided_surface_is_seen_from_behind_and_glass_is_a_part_of_its_own() -> None:
    colours = {"baseColorFactor": [1, 1, 1, 0.5]}
    materials = [{"doubleSided": True, "alphaMode": "BLEND", "pbrMetallicRoughness": colours}]
    model = load_model(packed(triangle(materials=materials)), "a.glb")
    assert len(model.triangles) == 2
    np.testing.assert_allclose(model.normals[:3], -model.normals[3:])
    assert [part.opacity for part in model.parts] == [0.5]


def test_the_objects_of_the_default_pack() -> None:
    for items in default_content().objects.values():
        for item in items:
            model = load_model(item.glb, item.file)
            assert len(model.triangles) > 500
            assert np.ptp(model.posed(np.eye(4)).vertices, axis=0).max() < 0.6  # metres


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not binary glTF 2.0; export it as .glb"),
        (b"glTF\1\0\0\0" + b"\0" * 30, "is not binary glTF 2.0"),
        (packed(triangle(extensionsRequired=["KHR_draco_mesh_compression"])), "needs KHR_draco_mesh_compression"),
        (packed(triangle(nodes="all")), "is not glTF that can be read: .*array"),
        (packed(triangle(nodes=[{}])), "has no triangles"),
        (packed(triangle(scenes=[{"nodes": [7]}])), "is damaged"),
        (packed(triangle(), b"\0" * 20), "ends too early"),
        (packed(triangle(nodes=[{"children": [0]}])), "is damaged"),
        (packed(triangle(nodes=[{"mesh": 0, "extras": {"motion": {"kind": "fly"}}}])), "motion.kind must be"),
        (
            packed(triangle(nodes=[{"mesh": 0, "extras": {"motion": {"kind": "bob", "amont": 1}}}])),
            "unknown key motion.amont; did you mean",
        ),
    ],
)
def test_a_wrong_file_is_named(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=rf"^hat.glb: {message}"):
        load_model(data, "hat.glb")
