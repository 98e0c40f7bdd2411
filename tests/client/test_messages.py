"""The messages of a live socket, without one."""

from __future__ import annotations

import json

import numpy as np
import pytest

from emoar.client.messages import LiveCodec
from emoar.errors import InputError, ServerError
from emoar.media.raw_frames import unpack_raw

NO_FACES = {"schema": "emoar.scene/1", "source": "", "time_s": 0.5, "width_px": 6, "height_px": 4, "faces": []}


def frame(shade: int) -> np.ndarray:
    return np.full((4, 6, 3), shade, np.uint8)


def message(index: int, dropped: int = 0, total: int = 0) -> str:
    return json.dumps({**NO_FACES, "frame_index": index, "dropped": dropped, "dropped_total": total})


def test_each_scene_has_its_frame() -> None:
    codec = LiveCodec(None)
    for shade in range(5):
        assert (unpack_raw(codec.pack(frame(shade))) == frame(shade)).all()
    for index, dropped in ((0, 0), (3, 2), (4, 0)):
        scene = codec.unpack(message(index, dropped, 2))
        assert (scene.scene.frame.image == frame(index)).all()
        assert (scene.index, scene.dropped, scene.dropped_total) == (index, dropped, 2)


def test_the_number_of_pending_frames_is_bounded() -> None:
    codec = LiveCodec(None)
    for shade in range(200):
        codec.pack(frame(shade % 256))
    assert len(codec._pending) == 64
    old, kept = codec.unpack(message(3)), codec.unpack(message(150))
    assert old.scene.frame.image.shape == (4, 6, 3)  # black: the frame is gone, its size is known
    assert not old.scene.frame.image.any()
    assert (kept.scene.frame.image == 150).all()
    assert len(codec._pending) == 49


def test_a_problem_is_an_error_and_its_frame_is_dropped() -> None:
    codec = LiveCodec(90)
    codec.pack(b"no picture")
    problem = {"status": 415, "detail": "this is no picture", "limit": None, "frame_index": 0, "dropped": 0}
    with pytest.raises(ServerError, match="this is no picture") as caught:
        codec.unpack(json.dumps({**problem, "dropped_total": 0}))
    assert caught.value.status == 415
    assert not codec._pending


def test_a_frame_that_is_none_is_not_counted() -> None:
    codec = LiveCodec(90)
    with pytest.raises(InputError, match="frame must be"):
        codec.pack(np.zeros((3, 3), np.uint8))
    codec.pack(frame(7))
    assert codec.unpack(message(0)).index == 0
