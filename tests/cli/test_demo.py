"""`emoar demo`: what it is asked to draw, and what it prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from emoar.demo.run import DemoResult, FaceSummary


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Sequence[str]]]:
    """The folder and the overlays of each run."""
    seen: list[tuple[Path, Sequence[str]]] = []

    def run(folder: Path, options: object, overlays: Sequence[str], progress: Callable[[int, int], None]) -> DemoResult:
        seen.append((folder, overlays))
        progress(1, 1)
        faces = (FaceSummary(1, 9, {"happiness": 0.75, "neutral": 0.25}, (3.0, -2.0, 0.4)),)
        stages = {"detect": 1.25, "total": 2.5, "draw": 3.0}
        return DemoResult(faces, 9, stages, 400.0, 90.0, (folder / "annotated.mp4",))

    monkeypatch.setattr("emoar.demo.run.run_demo", run)
    return seen


def test_it_prints_faces_stages_and_files(tmp_path: Path, emoar: Callable, drawn: list) -> None:
    result = emoar("demo", "-o", tmp_path)
    assert (result.code, result.err) == (0, "")
    assert drawn == [(tmp_path, ("label", "quote", "sticker"))]
    assert "happiness 75%, neutral 25%" in result.out
    assert "whole pipeline" in result.out
    assert "400 frames/s in the pipeline, 90 with" in result.out
    assert f"wrote {tmp_path / 'annotated.mp4'}" in result.out


@pytest.mark.parametrize(("text", "names"), [("box", ("box",)), ("none", ())])
def test_other_overlays(text: str, names: tuple[str, ...], tmp_path: Path, emoar: Callable, drawn: list) -> None:
    assert emoar("demo", "-o", tmp_path, "--overlays", text, "-q").out == ""
    assert drawn == [(tmp_path, names)]
