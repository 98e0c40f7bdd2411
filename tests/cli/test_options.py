"""Shared options and what follows from them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emoar.cli.options import Settings, overlay_names
from emoar.errors import InputError
from emoar.overlay.names import OVERLAYS
from emoar.pipeline import PipelineOptions


def test_the_pipeline_gets_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[PipelineOptions] = []
    monkeypatch.setattr("emoar.pipeline.Pipeline", seen.append)
    Settings(model="emoar-s", label_set="fer2013", max_faces=7, threads=2, model_folder=tmp_path).pipeline()
    assert seen == [
        PipelineOptions("live", max_faces=7, label_set="fer2013", threads=2, model_folder=tmp_path, model="emoar-s")
    ]


@pytest.mark.parametrize(
    ("text", "names"), [("label,quote", ("label", "quote")), (" box ", ("box",)), ("none", ()), ("hat", ("hat",))]
)
def test_overlay_names(text: str, names: tuple[str, ...]) -> None:
    assert overlay_names(text) == names


@pytest.mark.parametrize("text", ["", ",", "none,box"])
def test_wrong_overlay_names(text: str) -> None:
    with pytest.raises(InputError, match="--overlays takes names with commas"):
        overlay_names(text)


def test_the_painter_draws_what_is_named() -> None:
    assert Settings(overlays="none").painter() is None
    assert Settings(overlays="box").painter() is not None
    with pytest.raises(InputError, match="overlay must be one of label, quote"):
        Settings(overlays="hat").painter()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("emoar image --overlays ", {*OVERLAYS, "none"}),
        ("emoar video --label-set ", {"ferplus", "fer2013", "custom"}),
        ("emoar camera --model ", {"emoar-s", "emoar-m", "emoar-l"}),
        ("emoar demo --overlays ", {*OVERLAYS, "none"}),
    ],
)
def test_the_shell_completes_values(words: str, expected: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from emoar.cli import main; sys.exit(main([]))"],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "_EMOAR_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        },
    )
    assert set(done.stdout.split()) >= expected
