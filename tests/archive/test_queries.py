"""The queries of docs/archives.md run as they are printed, over real results, and give what the page promises."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from makers import make_video
from numpy.typing import NDArray

from emoar.archive.listing import find_videos
from emoar.archive.run import EngineOptions, run_archive

PAGE = Path(__file__).parents[2] / "docs" / "archives.md"
QUERIES = re.findall(r"```sql\n(.+?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, astronaut: NDArray[np.uint8]) -> Path:
    """Of one second with one smiling face and another second with two, and of a file that is no video."""
    folder = tmp_path_factory.mktemp("archive")
    face = astronaut[:256, 96:352]

    def picture(index: int, width: int, height: int) -> NDArray[np.uint8]:
        second = face if index >= 30 else np.full_like(face, 90)
        return np.concatenate([face, second], axis=1)

    (folder / "v").mkdir()
    make_video(folder / "v" / "smiles.mp4", count=60, size=(512, 256), picture=picture, quality=12)
    (folder / "v" / "diary.mp4").write_text("Dear diary")
    run_archive(find_videos([str(folder / "v")]), folder / "r", engine=EngineOptions(workers=1))
    return folder / "r"


def answer(query: str) -> list[tuple[Any, ...]]:
    return duckdb.connect().execute(query).fetchall()


def test_the_page_has_its_queries() -> None:
    assert len(QUERIES) == 5


def test_every_second_with_two_smiling_faces(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(results)
    assert answer(QUERIES[0]) == [("smiles.mp4", 1.0)]


def test_the_other_queries_answer(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(results)
    shares, faces, states, unfinished = map(answer, QUERIES[1:])
    assert shares[0][:2] == ("smiles.mp4", "happiness")
    assert sum(share for _, _, share in shares) == pytest.approx(1.0)
    assert len(faces) == 2
    assert faces[1][2] >= 1.0 - 1 / 30  # the second face comes after a second
    assert all(probability > 0.5 for *_, probability in faces)
    assert {state: videos for state, videos, *_ in states} == {"done": 1, "failed": 1}
    assert unfinished[0][:2] == ("diary.mp4", "failed")
    assert "is not a video" in unfinished[0][2]


def test_the_query_of_the_summary_page_is_that_of_the_docs(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import html

    monkeypatch.chdir(results)
    printed = re.search(r"<pre>(.+?)</pre>", (results / "summary.html").read_text("utf-8"), re.DOTALL)
    assert printed
    assert answer(html.unescape(printed.group(1))) == answer(QUERIES[0])


def test_the_program_of_the_page_runs(results: Path, tmp_path: Path) -> None:
    program = re.search(r"```python\n(.+?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert program
    (tmp_path / "program.py").write_text(program.group(1))
    shutil.copytree(results.parent / "v", tmp_path / "videos")
    done = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "2 videos, 1 failed\n", done.stderr
    assert (tmp_path / "results" / "summary.html").is_file()


def test_what_10_000_hours_cost_follows_from_the_measured_speed() -> None:
    page = PAGE.read_text("utf-8")
    row = re.search(r"\| ([\d.]+) × real time \| ([\d,]+) core hours \| ([\d,]+) \|", page)
    assert row
    speed, hours, price = (float(text.replace(",", "")) for text in row.groups())
    assert hours == pytest.approx(10_000 / speed, rel=0.01)
    assert price == pytest.approx(0.05 * hours, rel=0.01)
