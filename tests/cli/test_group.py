"""The group of commands: help, completion, loading when needed, and one line for every error."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from makers import FakePipeline, make_video

from emoar.cli import COMMANDS

from .inputs import check_line, encoded, noise

HEAVY = ("torch", "pandas", "matplotlib", "scipy", "skia", "cv2", "av", "ai_edge_litert", "pyarrow", "numpy")


def test_help_lists_every_command_with_examples(emoar: Callable) -> None:
    result = emoar("--help")
    assert (result.code, result.err) == (0, "")
    for command in COMMANDS:
        assert command.name in result.out
    assert "emoar image photo.jpg -o out/" in result.out
    assert emoar().out.split() == result.out.split()


@pytest.mark.parametrize("command", ["image", "video", "camera"])
def test_each_command_has_help_with_examples(command: str, emoar: Callable) -> None:
    result = emoar(command, "-h")
    assert (result.code, result.err) == (0, "")
    assert f"emoar {command}" in result.out.split("Examples:")[1]
    assert "Raises" not in result.out
    for option in (
        "--overlays",
        "--label-set",
        "--max-faces",
        "--mode",
        "--threads",
        "--content",
        "--model-folder",
        "--seed",
    ):
        assert option in result.out


def test_version(emoar: Callable) -> None:
    result = emoar("--version")
    assert result.code == 0
    assert result.out.startswith("emoar ")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["nope"]])
def test_nothing_heavy_is_imported_for_help(arguments: list[str]) -> None:
    code = (
        "import sys; from emoar.cli import main; main(sys.argv[1:]); "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_broken_command_harms_no_other(emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "emoar.cli.train", None)
    result = emoar("train", "--help")
    assert result.code != 0
    assert result.err.count("\n") == 1
    assert emoar("--help").code == 0


def test_completion_knows_the_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from emoar.cli import main; sys.exit(main([]))"],
        capture_output=True,
        text=True,
        env={**os.environ, "_EMOAR_COMPLETE": "complete_bash", "COMP_WORDS": "emoar ", "COMP_CWORD": "1"},
    )
    assert set(done.stdout.split()) >= {"image", "video", "camera", "models"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("video", "a.mp4"), "name an output"),
        (("camera",), "name an output"),
        (("camera", "--size", "big", "--scenes", "-"), "--size must look like"),
        (("video", "a.mp4", "-o", "out.avi"), "name a video file"),
        (("video", "a.mp4", "--scenes", "out.txt"), ".jsonl or .parquet"),
        (("video", "a.mp4", "-o", "out.mp4", "--overlays", "hat"), "overlay must be one of"),
        (("video", "a.mp4", "-o", "out.mp4", "--overlays", "none,box"), "--overlays"),
        (("video", "a.mp4", "-o", "a.mp4"), "overwrite the source"),
        (("image", "a.png", "-o", "a.png"), "overwrite the picture"),
        (("image", "a.png", "-o", "."), "overwrite the picture"),
        (("image", "a.png", "b.png", "-o", "one.png"), "name a folder"),
        (("image", "a.png", "--max-faces", "0"), "--max-faces"),
        (("image",), "Missing argument"),
        (("imagine",), "No such command"),
        (("--nonsense",), "No such option"),
    ],
)
def test_wrong_options(
    arguments: tuple[str, ...], message: str, tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_video(tmp_path / "a.mp4", count=2)
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(encoded(noise(), "PNG"))
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    result = emoar(*arguments)
    assert result.code in (2, 4)
    check_line(result.err)
    assert message in result.err
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_what_nobody_foresaw_is_one_line_too(tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from makers import FakePipeline

    def broken(self: FakePipeline, frame: object) -> None:
        raise ZeroDivisionError("far\ntoo far")

    monkeypatch.setattr(FakePipeline, "__call__", broken)
    (tmp_path / "a.png").write_bytes(encoded(noise(), "PNG"))
    result = emoar("image", tmp_path / "a.png")
    assert result.code == 1
    check_line(result.err)
    assert "ZeroDivisionError: far too far; run with -v" in result.err
    verbose = emoar("image", "-v", tmp_path / "a.png")
    assert "Traceback" in verbose.err
    assert "Traceback" in emoar("-v", "image", tmp_path / "a.png").err
