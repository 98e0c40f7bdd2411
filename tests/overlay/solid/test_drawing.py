"""Models on the canvas of a frame."""

from __future__ import annotations

import numpy as np

from emoar.overlay.base import paint_over
from emoar.overlay.content import default_content
from emoar.overlay.layout import Box
from emoar.overlay.solid.camera import Camera
from emoar.overlay.solid.drawing import draw_model, sampled_depth
from emoar.overlay.solid.gltf import load_model
from emoar.overlay.solid.occluder import head_of

from ..conftest import FOV_DEG, MakeFace, MakeScene


def test_a_model_is_drawn_inside_its_box_and_behind_a_head_it_is_not(
    make_face: MakeFace, make_scene: MakeScene
) -> None:
    item = default_content().objects["contempt"][0]
    scene, face = make_scene(), make_face((640, 360), height_px=300)
    camera = Camera.of(scene.frame, FOV_DEG)
    to_camera = np.diag([20.0, 20.0, 20.0, 1.0])
    to_camera[:3, 3] = face.pose[:3, 3] - [0, 0, 20]
    posed = load_model(item.glb, item.file).posed(to_camera)
    boxes: list[Box | None] = []
    free = paint_over(scene.frame.image, lambda canvas: boxes.append(draw_model(canvas, posed, camera, [])))
    box = boxes[0]
    assert box is not None
    y, x = np.nonzero((free != 120).any(axis=2))
    assert box.left <= x.min() < x.max() < box.right
    assert box.top <= y.min() < y.max() < box.bottom
    hidden = paint_over(
        scene.frame.image, lambda canvas: boxes.append(draw_model(canvas, posed, camera, [head_of(face, scene.frame)]))
    )
    assert (hidden == 120).all()


def test_nothing_is_drawn_outside_the_picture(make_scene: MakeScene) -> None:
    item = default_content().objects["contempt"][0]
    to_camera = np.diag([100.0, 100.0, 100.0, 1.0])
    to_camera[:3, 3] = 500, 0, -60
    posed = load_model(item.glb, item.file).posed(to_camera)
    assert draw_model(None, posed, Camera.of(make_scene().frame, FOV_DEG), []) is None


def test_depth_of_finer_samples_has_the_same_head(make_face: MakeFace, make_scene: MakeScene) -> None:
    camera = Camera.of(make_scene().frame, FOV_DEG)
    window = camera.window(np.array([[500, 200, 780, 560]]))
    assert window is not None
    heads = [head_of(make_face(), make_scene().frame)]
    coarse, fine = sampled_depth(heads, camera, window), sampled_depth(heads, camera, window.finer(1.5))
    assert (fine < 1).mean() == (coarse < 1).mean() or abs((fine < 1).mean() - (coarse < 1).mean()) < 0.01
