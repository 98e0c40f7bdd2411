"""What is finished is not done again; what has changed is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from emoar.archive.listing import Video, find_videos
from emoar.archive.options import ArchiveOptions, Identity
from emoar.archive.part import DONE, FAILED, INCOMPLETE, PartInfo, write_failed_part
from emoar.archive.plan import Plan, check_identity, make_plan
from emoar.archive.results import ResultsFolder
from emoar.errors import InputError
from emoar.labels import DEFAULT_HEADS

OPTIONS = ArchiveOptions()
IDENTITY = Identity.of(OPTIONS)


@pytest.fixture
def results(tmp_path: Path) -> Iterator[ResultsFolder]:
    with ResultsFolder(tmp_path / "results") as results:
        results.begin(IDENTITY)
        yield results


@pytest.fixture
def videos(tmp_path: Path) -> tuple[Video, ...]:
    (tmp_path / "v").mkdir()
    for size in (1, 2, 3):
        (tmp_path / "v" / f"{size}.mp4").write_bytes(b"x" * size)
    return find_videos([str(tmp_path / "v")])


def finish(results: ResultsFolder, video: Video, **changes: object) -> None:
    status = video.path.stat()
    info = PartInfo(
        video.source,
        str(video.path),
        DONE,
        size_bytes=status.st_size,
        modified_ns=status.st_mtime_ns,
        content_sha256=hashlib.sha256(video.path.read_bytes()).hexdigest(),
        model_sha256=IDENTITY.model_sha256,
        options_sha256=IDENTITY.options_sha256,
    )
    write_failed_part(results.part_of(video.source), replace(info, **changes), DEFAULT_HEADS)  # type: ignore[arg-type]


def plan(results: ResultsFolder, videos: tuple[Video, ...]) -> Plan:
    return make_plan(videos, results, IDENTITY, OPTIONS)


def sources(plan: Plan) -> list[str]:
    return [task.source for task in plan.tasks]


def test_all_is_new_and_the_largest_file_comes_first(results: ResultsFolder, videos: tuple[Video, ...]) -> None:
    found = plan(results, videos)
    assert sources(found) == ["3.mp4", "2.mp4", "1.mp4"]
    assert (found.finished, found.sizes) == (0, {"3.mp4": 3, "2.mp4": 2, "1.mp4": 1})
    task = found.tasks[0]
    assert (task.part, task.path) == (str(results.part_of("3.mp4")), str(videos[2].path))
    assert (task.model_sha256, task.options_sha256) == (IDENTITY.model_sha256, IDENTITY.options_sha256)


def test_finished_and_incomplete_videos_are_left_and_failed_ones_tried_again(
    results: ResultsFolder, videos: tuple[Video, ...]
) -> None:
    for video, state in zip(videos, (DONE, INCOMPLETE, FAILED), strict=True):
        finish(results, video, state=state)
    found = plan(results, videos)
    assert (sources(found), found.finished) == (["3.mp4"], 2)


@pytest.mark.parametrize("changes", [{"model_sha256": "other"}, {"options_sha256": "other"}])
def test_other_models_and_options(changes: dict[str, str], results: ResultsFolder, videos: tuple[Video, ...]) -> None:
    for video in videos:
        finish(results, video)
    finish(results, videos[0], **changes)
    assert sources(plan(results, videos)) == ["1.mp4"]


def test_a_part_that_is_not_whole_is_none(results: ResultsFolder, videos: tuple[Video, ...]) -> None:
    for video in videos:
        finish(results, video)
    part = results.part_of("2.mp4")
    part.write_bytes(part.read_bytes()[:-9])
    assert sources(plan(results, videos)) == ["2.mp4"]


def test_a_changed_video_is_computed_again_and_a_touched_one_is_not(
    results: ResultsFolder, videos: tuple[Video, ...]
) -> None:
    for video in videos:
        finish(results, video)
    os.utime(videos[0].path, (1, 1))
    videos[1].path.write_bytes(b"yy")
    os.utime(videos[1].path, (1, 1))
    assert sources(plan(results, videos)) == ["2.mp4"]


def test_a_moved_archive_is_finished_and_another_of_the_same_names_is_refused(
    results: ResultsFolder, videos: tuple[Video, ...], tmp_path: Path
) -> None:
    for video in videos:
        finish(results, video)
    moved = (tmp_path / "v").rename(tmp_path / "w")
    assert plan(results, find_videos([str(moved)])).tasks == ()
    (moved / "2.mp4").write_bytes(b"zz")
    os.utime(moved / "2.mp4", (1, 1))
    with pytest.raises(InputError, match=r"the results have 2\.mp4 of .*/v/2\.mp4 already, which differs from"):
        plan(results, find_videos([str(moved)]))


def test_other_options_are_refused_unless_there_is_nothing_to_lose(
    results: ResultsFolder, videos: tuple[Video, ...]
) -> None:
    other = Identity.of(ArchiveOptions(fps=5))
    check_identity(results, other, recompute=False)
    finish(results, videos[0])
    check_identity(results, IDENTITY, recompute=False)
    check_identity(results, other, recompute=True)
    with pytest.raises(InputError, match=r"was made with fps all, now 5: .* --recompute to replace its 1 results"):
        check_identity(results, other, recompute=False)
