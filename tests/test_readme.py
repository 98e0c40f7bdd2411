"""What the README shows is run: its loop as it stands, and its commands against what there is."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from emoar.demo.clip import demo_clip
from emoar.media.sources import open_frames
from emoar.media.video_sink import VideoSink
from emoar.types import Scene

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_the_loop_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    with VideoSink(tmp_path / "clip.mp4") as sink:
        for frame in islice(demo_clip(), 12):
            sink.write(Scene(frame), frame.image)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(block, names)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 24  # two faces in twelve frames
    assert {line.split()[0] for line in lines} == {"1", "2"}
    with open_frames(tmp_path / "annotated.mp4") as frames:
        drawn = [frame.image for frame in frames]
    assert len(drawn) == 12
    changed = np.abs(drawn[-1].astype(int) - names["frame"].image).max(axis=2) > 60  # type: ignore[attr-defined]
    assert 0.005 < changed.mean() < 0.3  # the labels and quotes


def test_its_commands_and_targets_exist() -> None:
    from emoar.cli import COMMANDS

    known = {command.name for command in COMMANDS}
    assert set(re.findall(r"^    emoar (\w+)", README, re.MULTILINE)) <= known
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^    make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_its_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / link).exists(), link
