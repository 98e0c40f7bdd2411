"""Settings in TOML: every fault names the file, the key, what was expected and what came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import pytest
from msgspec import Meta

from emoar.config import NOT_BLANK, convert, read_table, read_toml
from emoar.errors import InputError


@dataclass(frozen=True)
class Inner:
    side: Literal["left", "right"]
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    turn_deg: Annotated[float, Meta(ge=-180, le=180)] = 0.0


@dataclass(frozen=True)
class Outer:
    name: Annotated[str, Meta(pattern=NOT_BLANK)]
    epochs: Annotated[int, Meta(ge=1)] = 1
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.5
    year: int | None = None
    flip: bool = False
    note: str = ""
    inner: Inner | None = None
    places: Annotated[tuple[Inner, ...], Meta(min_length=1)] = (Inner("left"),)
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.epochs > 100:
            raise ValueError("epochs: more than a hundred take too long")


def write(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_becomes_a_frozen_dataclass(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        name = "a"
        dropout = 0
        year = -8
        tags = ["x", "y"]
        inner = { side = "right", offset = [1, 2.5, 3] }
        [[places]]
        side = "left"
        [[places]]
        side = "right"
        turn_deg = 8
        """,
    )
    outer = read_toml(path, Outer)
    assert outer == Outer(
        "a",
        dropout=0.0,
        year=-8,
        tags=("x", "y"),
        inner=Inner("right", (1.0, 2.5, 3.0)),
        places=(Inner("left"), Inner("right", turn_deg=8.0)),
    )
    assert isinstance(outer.dropout, float)


def test_an_empty_list_of_texts_is_a_value(tmp_path: Path) -> None:
    assert read_toml(write(tmp_path, 'name = "a"\ntags = []'), Outer).tags == ()


NAMED = 'name = "a"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "name must be a non-empty text, got nothing"),
        ('name = " "', "name must be a non-empty text, got ' '"),
        ("name = 3", "name must be a non-empty text, got 3"),
        (NAMED + "note = 3", "note must be a text, got 3"),
        (NAMED + 'epochs = "3"', "epochs must be a whole number of at least 1, got '3'"),
        (NAMED + "epochs = 0", "epochs must be a whole number of at least 1, got 0"),
        (NAMED + "epochs = 1.0", "epochs must be a whole number of at least 1, got 1.0"),
        (NAMED + "epochs = true", "epochs must be a whole number of at least 1, got True"),
        (NAMED + "epochs = 101", "epochs: more than a hundred take too long"),
        (NAMED + "dropout = 1", "dropout must be a number of at least 0 and below 1, got 1"),
        (NAMED + "dropout = nan", "dropout must be a number of at least 0 and below 1, got nan"),
        (NAMED + 'year = "1616"', "year must be a whole number, got '1616'"),
        (NAMED + "flip = 1", "flip must be true or false, got 1"),
        (NAMED + "tags = [3]", "tags number 1 must be a text, got 3"),
        (NAMED + 'tags = "x"', "tags must be a list of texts, got 'x'"),
        (NAMED + "epoch = 3", "unknown key epoch; did you mean epochs?"),
        (
            NAMED + "zzz = 3",
            "unknown key zzz; known are name, epochs, dropout, year, flip, note, inner, places, tags",
        ),
        (NAMED + "inner = 3", "inner must be a table, got 3"),
        (NAMED + "inner = {}", "inner.side must be one of left, right, got nothing"),
        (NAMED + 'inner = { side = "up" }', "inner.side must be one of left, right, got 'up'"),
        (NAMED + 'inner = { side = "left", turn = 3 }', "unknown key inner.turn; did you mean inner.turn_deg?"),
        (NAMED + "places = []", "places must be a list of at least 1 tables, got []"),
        (NAMED + "places = [3]", "places number 1 must be a table, got 3"),
        (
            NAMED + 'places = [{ side = "left" }, { side = "left", turn_deg = 200 }]',
            "places number 2: turn_deg must be a number from -180 to 180, got 200",
        ),
        (
            NAMED + 'places = [{ side = "left", offset = [1] }]',
            "places number 1: offset must be a list of 3 numbers, got [1]",
        ),
        (
            NAMED + 'places = [{ side = "left", offset = [1, 2, "3"] }]',
            "places number 1: offset number 3 must be a number, got '3'",
        ),
        (NAMED + 'places = [{ side = "left", ofset = [1] }]', "did you mean places number 1: offset?"),
        ("name = [", "is not TOML in UTF-8"),
    ],
)
def test_a_fault_names_the_file_and_the_key(text: str, message: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        read_toml(path, Outer)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(InputError, match="is not TOML in UTF-8"):
        read_table(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([{"side": "left"}, {"side": 3}], "quotes.toml: number 2: side must be one of left, right, got 3"),
        ([], "quotes.toml: it must be a list of at least 1 tables, got []"),
        (3, "quotes.toml: it must be a list of at least 1 tables, got 3"),
    ],
)
def test_a_value_that_is_not_a_whole_file(value: object, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        convert(value, Annotated[tuple[Inner, ...], Meta(min_length=1)], "quotes.toml")  # type: ignore[arg-type]


def test_tables_of_any_keys() -> None:
    assert convert({"a": 1}, dict[str, int], "x") == {"a": 1}
    with pytest.raises(InputError, match="x: Expected `int`, got `str`"):
        convert({"a": "b"}, dict[str, int], "x")


def test_the_keys_that_led_to_a_value_are_in_the_message() -> None:
    with pytest.raises(InputError, match=r"^quotes.toml: anger number 1: side must be one of left, right, got nothing"):
        convert([{}], tuple[Inner, ...], "quotes.toml", at=("anger",))
    with pytest.raises(InputError, match=r"^quotes.toml: anger must be a list of tables, got 3"):
        convert(3, tuple[Inner, ...], "quotes.toml", at=("anger",))
