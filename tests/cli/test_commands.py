"""What a user sees of the command line when everything is well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from makers import make_video, read_sound, read_video

from emoar.cli import COMMANDS
from emoar.media.sinks import write_image

HEAVY = ("torch", "pandas", "matplotlib", "scipy", "skia", "cv2", "av", "ai_edge_litert", "pyarrow", "numpy")


def picture(path: Path) -> Path:
    write_image(path, np.full((100, 120, 3), 90, np.uint8))
    return path


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


def test_image_writes_picture_and_json(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("image", picture(tmp_path / "a.png"), "-o", tmp_path / "out", "--landmarks")
    assert (result.code, result.err) == (0, "")
    assert "1 face: happiness 79 %" in result.out
    (face,) = json.loads((tmp_path / "out" / "a.json").read_text())["faces"]
    assert len(face["landmarks_px"]) == 468
    from emoar.media.images import read_image

    drawn = read_image(tmp_path / "out" / "a.png").image
    assert (drawn != 90).any()


def test_image_to_one_file(tmp_path: Path, emoar: Callable) -> None:
    assert emoar("image", picture(tmp_path / "a.png"), "-o", tmp_path / "r.jpg", "-q").out == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "r.jpg", "r.json"]


def test_image_json_alone(tmp_path: Path, emoar: Callable) -> None:
    one = emoar("image", picture(tmp_path / "a.png"), "--json")
    assert json.loads(one.out)["source"] == "a.png"
    several = emoar("image", tmp_path / "a.png", picture(tmp_path / "b.png"), "--json")
    assert [document["source"] for document in json.loads(several.out)] == ["a.png", "b.png"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_equal_names_do_not_overwrite_each_other(tmp_path: Path, emoar: Callable) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        picture(tmp_path / folder / "a.png")
    picture(tmp_path / "x" / "a.jpg")
    assert emoar("image", tmp_path / "x", tmp_path / "y", "-o", tmp_path / "out").code == 0
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == ["a-2.json", "a-2.png", "a-3.json", "a-3.png", "a.jpg", "a.json"]


def test_video_keeps_the_sound_and_the_times(tmp_path: Path, emoar: Callable) -> None:
    source = make_video(tmp_path / "in.mp4", count=20, size=(160, 120), sound="aac")
    result = emoar("video", source, "-o", tmp_path / "out.mp4", "--scenes", tmp_path / "out.jsonl")
    assert (result.code, result.err) == (0, "")
    assert "out.mp4 (20 frames)" in result.out
    assert "1 face," in result.out
    times, pictures = read_video(tmp_path / "out.mp4")
    np.testing.assert_allclose(times, np.arange(20) / 30, atol=1e-3)
    assert len(np.unique(pictures[0])) > 30  # a label over the flat grey
    assert read_sound(tmp_path / "out.mp4")[0] == "aac"
    scenes = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [scene["frame_index"] for scene in scenes] == list(range(20))


def test_video_scenes_on_stdout_are_nothing_but_json(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("video", make_video(tmp_path / "in.mp4"), "--scenes", "-", "--seconds", "0.5")
    assert (result.code, result.err) == (0, "")
    assert len([json.loads(line) for line in result.out.splitlines()]) == 15


def test_verbose_times_the_stages(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("video", "-v", make_video(tmp_path / "in.mp4"), "--scenes", tmp_path / "a.jsonl")
    assert "ms per frame: detect 1.00, total 2.00" in result.err


def test_camera(tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from emoar.media import camera

    asked: list[tuple[object, object]] = []

    class Still:
        def read(self) -> tuple[bool, object]:
            import time

            time.sleep(0.01)
            return True, np.full((100, 120, 3), 90, np.uint8)

        def get(self, _: int) -> float:
            return 30.0

        def release(self) -> None: ...

    def opened(device: int | str, options: camera.CameraOptions) -> Still:
        asked.append((device, (options.width_px, options.height_px)))
        return Still()

    monkeypatch.setattr(camera, "_open_device", opened)
    result = emoar(
        "camera", "2", "-o", tmp_path / "out.mp4", "--seconds", "0.5", "--size", "640x480", "--overlays", "box"
    )
    assert (result.code, result.err) == (0, "")
    assert asked == [(2, (640, 480))]
    times, _ = read_video(tmp_path / "out.mp4")
    assert 2 < len(times) < 60
    assert times[-1] < 0.5


def test_completion_knows_the_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from emoar.cli import main; sys.exit(main([]))"],
        capture_output=True,
        text=True,
        env={**os.environ, "_EMOAR_COMPLETE": "complete_bash", "COMP_WORDS": "emoar ", "COMP_CWORD": "1"},
    )
    assert set(done.stdout.split()) >= {"image", "video", "camera", "models"}


def test_models_list_names_files_and_ensembles(emoar: Callable) -> None:
    result = emoar("models", "list")
    assert result.code == 0
    assert all(name in result.out for name in ("face_landmark", "emoar-m", "emoar-s", "emoar-mesh"))
    assert "emoar-l: 1 emoar-m + 0.5 emoar-s, on each face and its mirror image" in result.out
