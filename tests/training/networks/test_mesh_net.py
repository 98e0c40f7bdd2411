"""The mesh network: the pose is removed exactly, and what is left is whitened."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from emoar.canonical import canonical_face  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.networks.mesh_net import COMPONENTS, mirrored, pose_normalised  # noqa: E402

LEFT_EYE, RIGHT_EYE, NOSE_TIP, CHIN = 263, 33, 4, 152  # outer corners: of the person, so "left" is right in the picture


@pytest.fixture(scope="module")
def face() -> torch.Tensor:
    """(1, 468, 3) the canonical face as a camera sees it, y down, 10 px a centimetre."""
    vertices = canonical_face().vertices_cm * np.float32([10, -10, -10])
    return torch.from_numpy(vertices.astype(np.float32))[None]


def rotation(axis: int, degrees: float) -> torch.Tensor:
    turn = np.deg2rad(degrees)
    first, second = [each for each in range(3) if each != axis]
    matrix = np.eye(3)
    matrix[first, first] = matrix[second, second] = np.cos(turn)
    matrix[first, second], matrix[second, first] = -np.sin(turn), np.sin(turn)
    return torch.from_numpy(matrix.astype(np.float32))


def test_the_normalised_face_is_upright_centred_and_of_one_size(face: torch.Tensor) -> None:
    points = pose_normalised(face)[0]
    assert points[LEFT_EYE, 0] > 0 > points[RIGHT_EYE, 0]
    assert float(points[LEFT_EYE, 1]) == pytest.approx(float(points[RIGHT_EYE, 1]), abs=0.01)  # level
    assert points[CHIN, 1] > points[NOSE_TIP, 1] > points[LEFT_EYE, 1]  # y points down
    assert abs(float(points[NOSE_TIP, 0])) < 0.01
    assert points[NOSE_TIP, 2] < points[LEFT_EYE, 2]  # z points away from the camera
    assert 1 < float(points.abs().max()) < 4


@pytest.mark.parametrize(("axis", "degrees"), [(2, 90.0), (2, -30.0), (1, 35.0), (0, 20.0)])
def test_a_turned_face_is_the_same_face(face: torch.Tensor, axis: int, degrees: float) -> None:
    turned = face @ rotation(axis, degrees).T
    torch.testing.assert_close(pose_normalised(turned), pose_normalised(face), atol=1e-4, rtol=0)


def test_place_and_size_change_nothing(face: torch.Tensor) -> None:
    moved = 3.5 * face + torch.tensor([640.0, -20.0, 7.0])
    torch.testing.assert_close(pose_normalised(moved), pose_normalised(face), atol=1e-4, rtol=0)


def test_normalising_twice_changes_nothing(face: torch.Tensor) -> None:
    once = pose_normalised(face)
    torch.testing.assert_close(pose_normalised(once), once, atol=1e-4, rtol=0)


def test_an_expression_stays(face: torch.Tensor) -> None:
    smiling = face.clone()
    smiling[0, [61, 291], 1] -= 5  # the corners of the mouth, up
    moved = pose_normalised(smiling) - pose_normalised(face)
    assert float(moved[0, [61, 291], 1].max()) < -0.05
    assert float(moved[0, NOSE_TIP].abs().max()) < 0.01


def test_a_mesh_without_extent_is_finite() -> None:
    assert torch.isfinite(pose_normalised(torch.zeros(1, 468, 3))).all()


def test_mirroring_swaps_the_sides_and_twice_is_nothing(face: torch.Tensor) -> None:
    points = pose_normalised(face)[0].numpy().copy()
    points[61, 1] -= 0.3  # one corner of the mouth
    other = mirrored(points)
    np.testing.assert_allclose(other[291], points[61] * np.float32([-1, 1, 1]), atol=1e-6)
    np.testing.assert_allclose(mirrored(other), points, atol=1e-6)


@torch.no_grad()
def test_warming_up_whitens_what_differs_between_faces(face: torch.Tensor) -> None:
    rng = np.random.default_rng(0)
    base = pose_normalised(face).numpy()
    faces = base + rng.normal(0, 0.05, (600, 468, 3)).astype(np.float32)
    network = build("emoar-mesh")
    network.warm_up(faces)
    rows = np.concatenate([faces, mirrored(faces)]).reshape(-1, 468 * 3)
    np.testing.assert_allclose(network.mean.numpy(), rows.mean(axis=0), atol=1e-5)
    components = (torch.from_numpy(rows) - network.mean) @ network.basis
    assert components.shape == (1200, COMPONENTS)
    torch.testing.assert_close(components.std(dim=0, correction=0), torch.ones(COMPONENTS), atol=0.02, rtol=0)


@torch.no_grad()
def test_the_network_sees_neither_place_nor_size(face: torch.Tensor) -> None:
    network = build("emoar-mesh").eval()
    network.basis.normal_(generator=torch.Generator().manual_seed(0))
    landmarks = face + torch.rand(3, 468, 3, generator=torch.Generator().manual_seed(1)) * 3
    logits, moved = network(landmarks)["fer2013"], network(landmarks * 2 + 30)["fer2013"]
    assert logits.shape == (3, 7)
    assert float(logits.std(dim=0).max()) > 1e-3  # three different faces
    torch.testing.assert_close(logits, moved, atol=1e-2, rtol=1e-2)
