"""The table of overlays, and that a row in it and a file are all that an overlay needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.overlay import Painter
from emoar.overlay.names import DEFAULT_OVERLAYS, OVERLAYS, bottom_to_top, check_overlay, overlays_in, uses_measures

from .conftest import MakeFace, MakeScene

PACKAGE = Path(__file__).parents[2] / "src" / "emoar"


@pytest.mark.parametrize("spec", OVERLAYS.values(), ids=OVERLAYS)
def test_every_row_leads_to_a_class(spec) -> None:  # type: ignore[no-untyped-def]
    module, name = spec.implementation.split(":")
    assert callable(getattr(import_module(module), name).draw)
    assert check_overlay(spec.name) is spec


def test_text_lies_above_and_paint_below_everything() -> None:
    names = [spec.name for spec in bottom_to_top(OVERLAYS)]
    assert names == ["facepaint", "avatar", "wireframe", "object", "sticker", "box", "label", "quote"]
    assert [spec.name for spec in bottom_to_top(["quote", "label", "label"])] == ["label", "quote"]
    assert set(DEFAULT_OVERLAYS) <= set(OVERLAYS)


def test_the_avatar_alone_draws_measures() -> None:
    assert [name for name in OVERLAYS if uses_measures([name])] == ["avatar"]
    assert uses_measures(["label", "avatar"])
    assert not uses_measures([])
    with pytest.raises(InputError, match="overlay must be one of"):
        uses_measures(["hat"])


def test_an_unknown_name() -> None:
    with pytest.raises(InputError, match=r"overlay must be one of label, quote, .* got 'hat'"):
        bottom_to_top(["label", "hat"])


@pytest.mark.parametrize(
    ("text", "names"), [("", ()), ("label", ("label",)), (" label, box ,,", ("label", "box")), ("hat", ("hat",))]
)
def test_names_in_a_text(text: str, names: tuple[str, ...]) -> None:
    assert overlays_in(text) == names


def test_the_table_loads_no_drawing_library() -> None:
    program = "import emoar.overlay.names, sys; print('skia' in sys.modules, 'numpy' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).split() == ["False", "False"]


DOT = '''
from emoar.overlay.engine import fill


class DotOverlay:
    """A dot on each nose."""

    def draw(self, canvas, scene, occupied):
        for face in scene.faces:
            canvas.drawCircle(*map(float, face.landmarks_px[4, :2]), 3, fill((255, 0, 0)))
'''
ROW = '            OverlaySpec("dot", 45, "emoar.overlay.dot:DotOverlay"),\n'
PROGRAM = """
from makers import make_scene
import emoar
from emoar.cli import main
from emoar.server.routes.parameters import OverlaysQuery

picture = emoar.draw(make_scene(), ["dot", "box"])
print((picture[:, :, 0] > 250).sum() > 10, "dot" in OverlaysQuery.__metadata__[0].description)
main(["image", "--help"])
"""


def test_an_overlay_is_one_file_and_one_row(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "emoar", ignore=shutil.ignore_patterns("*.tflite", "web_app", "training"))
    (tmp_path / "emoar" / "overlay" / "dot.py").write_text(DOT)
    table = tmp_path / "emoar" / "overlay" / "names.py"
    before = '            OverlaySpec("label"'
    assert before in table.read_text()
    table.write_text(table.read_text().replace(before, ROW + before))
    folders = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, "PYTHONPATH": folders}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("True True")
    assert "dot, label, quote" in " ".join(done.stdout.split())


class Dot:
    """An overlay of a user: one method."""

    def __init__(self) -> None:
        self.occupied: list[int] = []

    def draw(self, canvas, scene, occupied) -> None:  # type: ignore[no-untyped-def]
        self.occupied.append(len(occupied))
        canvas.clear(0xFF0000FF)


def test_a_painter_takes_an_object_of_the_user_and_draws_it_on_top(make_face: MakeFace, make_scene: MakeScene) -> None:
    dot = Dot()
    scene = make_scene(make_face((300, 360)), make_face((900, 360), track_id=2))
    picture = Painter([dot, "label"]).draw(scene)
    assert (picture == np.uint8([0, 0, 255])).all()
    assert dot.occupied == [2]  # the boxes of two labels
