"""What goes over a live socket, without one."""

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


def answer(index: int, dropped: int = 0, total: int = 0) -> str:
    return json.dumps({**NO_FACES, "frame_index": index, "dropped": dropped, "dropped_total": total})


def test_each_answer_has_the_frame_that_it_is_about() -> None:
    talk = LiveCodec(None)
    for shade in range(5):
        assert (unpack_raw(talk.pack(frame(shade))) == frame(shade)).all()
    for index, dropped in ((0, 0), (3, 2), (4, 0)):
        scene = talk.understand(answer(index, dropped, 2))
        assert (scene.scene.frame.image == frame(index)).all()
        assert (scene.index, scene.dropped, scene.dropped_total) == (index, dropped, 2)


def test_frames_without_answers_do_not_pile_up() -> None:
    talk = LiveCodec(None)
    for shade in range(200):
        talk.pack(frame(shade % 256))
    assert len(talk._waiting) == 64
    old, kept = talk.understand(answer(3)), talk.understand(answer(150))
    assert old.scene.frame.image.shape == (4, 6, 3)  # black: the frame is gone, its size is known
    assert not old.scene.frame.image.any()
    assert (kept.scene.frame.image == 150).all()
    assert len(talk._waiting) == 49


def test_a_problem_is_an_error_and_its_frame_is_let_go() -> None:
    talk = LiveCodec(90)
    talk.pack(b"no picture")
    problem = {"status": 415, "detail": "this is no picture", "limit": None, "frame_index": 0, "dropped": 0}
    with pytest.raises(ServerError, match="this is no picture") as caught:
        talk.understand(json.dumps({**problem, "dropped_total": 0}))
    assert caught.value.status == 415
    assert not talk._waiting


def test_a_frame_that_is_none_is_not_counted() -> None:
    talk = LiveCodec(90)
    with pytest.raises(InputError, match="frame must be"):
        talk.pack(np.zeros((3, 3), np.uint8))
    talk.pack(frame(7))
    assert talk.understand(answer(0)).index == 0
