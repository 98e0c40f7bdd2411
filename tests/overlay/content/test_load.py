"""The default pack keeps its promises, and the message for a wrong pack names the entry."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from emoar.errors import InputError
from emoar.labels import FERPLUS
from emoar.overlay import default_content, draw, load_content

from ..conftest import MakeFace, MakeScene, changed

DEFAULT = Path(str(files("emoar") / "content" / "default"))


@pytest.mark.parametrize("category", FERPLUS)
def test_stickers_paint_and_objects(category: str) -> None:
    assert len(default_content().stickers[category]) >= 2
    assert len(default_content().facepaints[category]) >= 1
    assert len(default_content().objects[category]) >= 1


def test_every_drawing_is_used_and_draws_something() -> None:
    import numpy as np

    from emoar.overlay.content.svg import load_svg
    from emoar.overlay.engine import skia

    objects = (DEFAULT / "objects.toml").read_text()
    assert all(path.name in objects for path in DEFAULT.rglob("*.glb"))
    named = (DEFAULT / "stickers.toml").read_text() + (DEFAULT / "facepaint.toml").read_text()
    for path in sorted(DEFAULT.rglob("*.svg")):
        assert path.name in named
        art = load_svg(path)
        surface = skia.Surface(100, 100)
        canvas = surface.getCanvas()
        canvas.scale(100 / art.width, 100 / art.height)
        canvas.drawPicture(art.picture)
        assert np.asarray(surface.toarray())[:, :, 3].astype(bool).mean() > 0.02, path.name


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT, tmp_path / "pack"))


def test_a_copy_loads_and_can_be_edited(pack: Path, make_face: MakeFace, make_scene: MakeScene) -> None:
    (pack / "quotes.toml").write_text('[[happiness]]\ntext = "Hello, world"\nauthor = "Me"\n')
    content = load_content(pack)
    assert [quote.text for quote in content.quotes["happiness"]] == ["Hello, world"]
    scene = make_scene(make_face())
    assert changed(scene, draw(scene, ("quote",), content=pack)).any()


def test_a_pack_needs_pack_toml_only(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text('name = "mine"\nversion = "1"\nlicence = "CC0"\n')
    content = load_content(tmp_path)
    assert (content.name, content.quotes, content.stickers, content.facepaints) == ("mine", {}, {}, {})
    assert content.objects == {}


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("pack.toml", "", "name must be a non-empty text"),
        ("pack.toml", "name = [", "is not TOML"),
        ("quotes.toml", '[[joy]]\ntext = "x"\nauthor = "y"', r"\[\[joy\]\] is no expression; use neutral"),
        ("quotes.toml", "happiness = 3", "happiness must be a list of tables"),
        ("quotes.toml", "happiness = []", "happiness must be a list of tables"),
        (
            "quotes.toml",
            '[[happiness]]\ntext = "x"',
            "happiness number 1: author must be a non-empty text, got nothing",
        ),
        ("quotes.toml", '[[happiness]]\ntext = " "\nauthor = "y"', "text must be a non-empty text, got ' '"),
        ("quotes.toml", '[[happiness]]\ntext = "x"\nauthor = "y"\ndied = "1616"', "died must be a whole number"),
        (
            "quotes.toml",
            '[[happiness]]\ntext = "x"\nauthor = "y"\nyear = 3',
            "unknown key happiness number 1: year; known",
        ),
        ("quotes.toml", f'[[happiness]]\ntext = "{"x" * 300}"\nauthor = "y"', "300 characters; 280 fit"),
        (
            "stickers.toml",
            '[[anger]]\nname = "a"\nfile = "no.svg"\nsize = 1\nplaces = [{ at = "nose" }]',
            "no.svg: cannot be read",
        ),
        (
            "stickers.toml",
            '[[anger]]\nname = "a"\nfile = "pack.toml"\nsize = 1\nplaces = [{ at = "nose" }]',
            "is not SVG",
        ),
        (
            "stickers.toml",
            '[[anger]]\nname = "a"\nfile = "stickers/sun.svg"\nsize = 1\nplaces = [{ at = "elbow" }]',
            "anger number 1: places number 1: at must be one of above_head, .* got 'elbow'",
        ),
        (
            "stickers.toml",
            '[[anger]]\nname = "a"\nfile = "stickers/sun.svg"\nsize = 1\nplaces = [{ at = "nose", offset = [1] }]',
            "offset must be a list of 3 numbers",
        ),
        ("stickers.toml", '[[anger]]\nname = "a"\nfile = "stickers/sun.svg"\nsize = 1', "places must be a list"),
        (
            "stickers.toml",
            '[[anger]]\nname = "a"\nfile = "stickers/sun.svg"\nsize = 0\nplaces = [{ at = "nose" }]',
            "size must be a number from 0.01 to 20",
        ),
        ("facepaint.toml", '[[fear]]\nname = "a"\nfile = "facepaint/skull.svg"\ncover = 2', "cover must be a number"),
        ("objects.toml", '[[fear]]\nname = "a"\nfile = "objects/no.glb"\nat = "nose"', "no.glb: cannot be read"),
        (
            "objects.toml",
            '[[fear]]\nname = "a"\nfile = "objects/horns.glb"\nat = "elbow"',
            "fear number 1: at must be one of above_head, .* got 'elbow'",
        ),
        (
            "objects.toml",
            '[[fear]]\nname = "a"\nfile = "objects/horns.glb"\nat = "nose"\nscale = 0',
            "scale must be a number from 0.001 to 1000",
        ),
    ],
)
def test_the_message_for_a_wrong_pack_names_the_entry(file: str, text: str, message: str, pack: Path) -> None:
    (pack / file).write_text(text)
    with pytest.raises(InputError, match=message):
        load_content(pack)


@pytest.mark.parametrize(
    ("svg", "message"),
    [
        ("<html/>", "is not SVG"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "the root must have viewBox"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 5"/>', "the root must have viewBox"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="9 0 5 5"/>', "the root must have viewBox"),
        ("", "is not SVG"),
    ],
)
def test_wrong_svg(svg: str, message: str, pack: Path) -> None:
    (pack / "stickers" / "sun.svg").write_text(svg)
    with pytest.raises(InputError, match=message):
        load_content(pack)


def test_a_folder_that_is_no_pack(tmp_path: Path, make_scene: MakeScene) -> None:
    with pytest.raises(InputError, match=r"has no pack\.toml; copy the default pack"):
        draw(make_scene(), ("quote",), content=tmp_path / "nothing")
