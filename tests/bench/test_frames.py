"""The pictures of the measurement: real faces that move a little, as many as wanted."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.bench.frames import face_frames
from emoar.errors import DependencyMissing, InputError
from emoar.pipeline import Pipeline, PipelineOptions


def test_frames_move_a_little_and_come_round() -> None:
    frames = face_frames(1, 31)
    assert [frame.image.shape for frame in frames] == [(480, 640, 3)] * 31
    assert np.diff([frame.time_s for frame in frames]) == pytest.approx(1 / 30)
    changed = np.abs(frames[0].image.astype(int) - frames[3].image).mean()
    assert 0.5 < changed < 40
    assert np.array_equal(frames[0].image, frames[30].image)


@pytest.mark.parametrize("faces", [1, 2, 4, 5])
def test_frames_show_so_many_faces(models: None, faces: int) -> None:
    with Pipeline(PipelineOptions(max_faces=faces + 1)) as pipeline:
        scenes = [pipeline(frame) for frame in face_frames(faces, 5)]
    assert len(scenes[-1].faces) == faces
    widths_px = [face.box_xyxy_px[2] - face.box_xyxy_px[0] for face in scenes[-1].faces]
    field_height_px = 480 // int(np.ceil(np.sqrt(faces)))
    assert np.array(widths_px) == pytest.approx(0.4 * field_height_px, rel=0.15)


def test_no_face_is_an_error() -> None:
    with pytest.raises(InputError, match="faces must be at least 1, got 0"):
        face_frames(0, 1)


def test_missing_portrait_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from emoar.demo import people

    people.cutout.cache_clear()
    monkeypatch.setattr(people, "find_spec", lambda package: None)
    with pytest.raises(DependencyMissing, match="pip install 'emoar\\[demo\\]'"):
        face_frames(1, 1)
