"""A task makes of a video the table that `emoar video --scenes` makes, and of a broken video its reason."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_tasks import make_task
from makers import make_sound, make_video
from pyarrow import parquet

from emoar.annotate import annotate
from emoar.archive import task as task_module
from emoar.archive.options import ArchiveOptions
from emoar.archive.part import DONE, FAILED, INCOMPLETE, PartWriter, read_part
from emoar.archive.task import Thinning, VideoTask, process_video
from emoar.errors import ModelError, OutputError
from emoar.media.sinks import open_scene_sink, write_image
from emoar.media.video import VideoSource
from emoar.pipeline import Pipeline
from emoar.types import Scene


def test_the_table_is_that_of_emoar_video(face_video: Path, tmp_path: Path) -> None:
    task = make_task(face_video.parent, face_video.name, tmp_path / "part-1.parquet")
    process_video(replace(task, path=str(face_video)))  # a pipeline that has seen another video gives the same
    info = process_video(task)
    with Pipeline() as pipeline, VideoSource(face_video) as source:
        annotate(source, pipeline, [open_scene_sink(tmp_path / "video.parquet")])
    ours, theirs = parquet.read_table(task.part), parquet.read_table(tmp_path / "video.parquet")
    assert ours.num_rows == 12
    assert ours.equals(theirs)
    assert read_part(Path(task.part)) == info
    assert (info.state, info.error, info.frames, info.frames_with_face, info.faces) == (DONE, None, 12, 12, 1)
    assert sum(info.labels.values()) <= 12
    assert (info.width_px, info.height_px, info.video_s) == (256, 256, pytest.approx(0.4, abs=0.01))
    assert info.content_sha256 == hashlib.sha256(face_video.read_bytes()).hexdigest()
    assert (info.size_bytes, info.modified_ns) == (face_video.stat().st_size, face_video.stat().st_mtime_ns)


def test_fps_takes_frames_at_regular_times(face_video: Path, tmp_path: Path) -> None:
    task = make_task(face_video.parent, face_video.name, tmp_path / "part-1.parquet")
    info = process_video(replace(task, source="named", options=ArchiveOptions(fps=10)))
    table = parquet.read_table(task.part)
    assert info.frames == 4
    assert table["frame_index"].to_pylist() == [0, 3, 6, 9]
    assert set(table["source"].to_pylist()) == {"named"}


@pytest.mark.parametrize(
    ("fps", "times", "kept"),
    [
        (10.0, [0, 0.05, 0.1, 0.15, 0.2], [0, 0.1, 0.2]),
        (10.0, [0.06, 0.5, 0.56, 2.0], [0.06, 0.5, 2.0]),  # gaps are not made up for
        (30.0, [0, 0.033333, 0.066667, 0.1], [0, 0.033333, 0.066667, 0.1]),  # rounded times lose no frame
        (1000.0, [0, 0.5, 1.0], [0, 0.5, 1.0]),
    ],
)
def test_thinning(fps: float, times: list[float], kept: list[float]) -> None:
    thinning = Thinning(fps)
    assert [time for time in times if thinning(time)] == kept


def truncated(path: Path) -> None:
    make_video(path, count=90, size=(160, 120), faststart=True, quality=1)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing.mp4": (lambda path: None, "cannot read missing.mp4: No such file or directory"),
    "empty.mp4": (lambda path: path.touch(), "empty.mp4 is empty (0 bytes)"),
    "text.mp4": (lambda path: path.write_text("Dear diary, " * 99), "text.mp4 is not a video"),
    "sound.m4a": (make_sound, "no video stream"),
    "photo.png": (lambda path: write_image(path, make_picture()), "photo.png is a picture, not a video"),
    "folder.mp4": (lambda path: path.mkdir(), "folder.mp4 is not a file"),
    "pipe.mp4": (os.mkfifo, "pipe.mp4 is not a file"),
}


def make_picture() -> object:
    import numpy as np

    return np.zeros((20, 30, 3), np.uint8)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_video_is_a_row_with_its_reason(name: str, tmp_path: Path) -> None:
    make, words = BROKEN[name]
    make(tmp_path / name)
    task = make_task(tmp_path, name)
    info = process_video(task)
    assert info.state == FAILED
    assert words in (info.error or "")
    assert str(tmp_path) not in (info.error or "")
    assert read_part(Path(task.part)) == info


def test_of_a_video_that_is_cut_short_the_readable_part_is_kept(tmp_path: Path) -> None:
    truncated(tmp_path / "cut.mp4")
    info = process_video(make_task(tmp_path, "cut.mp4"))
    assert info.state == INCOMPLETE
    assert "stopped at" in (info.error or "")
    assert 0 < info.frames < 90


def test_what_a_library_raises_is_a_reason_too(
    face_video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: PartWriter, scene: Scene) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(PartWriter, "write", fail)
    task = make_task(face_video.parent, face_video.name, tmp_path / "part-1.parquet")
    assert process_video(task).error == "unexpected MemoryError: no room"
    assert [path.name for path in tmp_path.iterdir()] == ["part-1.parquet"]


def test_a_full_disk_is_no_fault_of_the_video(
    face_video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: PartWriter, scene: Scene) -> None:
        raise OutputError("cannot write: the disk is full")

    monkeypatch.setattr(PartWriter, "write", fail)
    task = make_task(face_video.parent, face_video.name, tmp_path / "part-1.parquet")
    with pytest.raises(OutputError, match="disk is full"):
        process_video(task)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_model_is_no_fault_of_the_video(face_video: Path, tmp_path: Path) -> None:
    task = VideoTask(
        str(face_video), "v", str(tmp_path / "p.parquet"), ArchiveOptions(model_folder=str(tmp_path / "none")), "m", "o"
    )
    with pytest.raises(ModelError):
        process_video(task)
    assert list(tmp_path.iterdir()) == []
    task_module._pipeline.cache_clear()


def test_a_worker_does_without_pandas() -> None:
    program = (
        "import sys; from emoar.archive.task import do_without_pandas; do_without_pandas()\n"
        "import pyarrow; pyarrow.table({'a': [1.0, None]})\n"
        "print('pandas.core' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
