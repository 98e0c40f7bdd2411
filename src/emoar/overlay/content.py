"""Content packs: the quotes, stickers and face paint of each expression, in a folder that people copy and edit.

`docs/content-packs.md` describes the files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final, TypeVar

from emoar.errors import InputError
from emoar.labels import FERPLUS
from emoar.overlay.perspective import ANCHORS
from emoar.overlay.svg import Art, load_svg
from emoar.overlay.toml import Entry, read_entries, read_table

__all__ = ["ContentPack", "FacePaint", "Place", "Quote", "Sticker", "default_content", "load_content"]

Item = TypeVar("Item")
QUOTE_LENGTH: Final = 280  # characters: more does not fit into a bubble


@dataclass(frozen=True)
class Quote:
    """A line that somebody wrote or said."""

    text: str  # a line break is kept, as in verse
    author: str
    died: int | None  # year, negative before our era
    work: str  # with act, chapter or book
    language: str  # of `text`, as in BCP 47


@dataclass(frozen=True)
class Place:
    """Where on the head a sticker sits; see `perspective.Quad` for the units."""

    anchor: str
    offset: tuple[float, float, float]
    turn_deg: float
    tilt_deg: float
    mirror: bool


@dataclass(frozen=True, eq=False)
class Sticker:
    """Vector art on one or more places of the head."""

    name: str
    art: Art
    size: float  # width in eye distances
    places: tuple[Place, ...]


@dataclass(frozen=True, eq=False)
class FacePaint:
    """Vector art in the texture space of the canonical face."""

    name: str
    art: Art
    opacity: float  # 0..1
    cover: float  # 0 dyes the skin as ink does, 1 covers it as make-up does


@dataclass(frozen=True, eq=False)
class ContentPack:
    """What can be shown, by expression category (`labels.FERPLUS`, and labels that the pack itself adds)."""

    name: str
    version: str
    licence: str
    quotes: Mapping[str, tuple[Quote, ...]]
    stickers: Mapping[str, tuple[Sticker, ...]]
    facepaints: Mapping[str, tuple[FacePaint, ...]]


def load_content(folder: Path) -> ContentPack:
    """Reads a pack: `pack.toml`, and `quotes.toml`, `stickers.toml`, `facepaint.toml` where they are there.

    Raises:
        InputError: the folder is no pack, or an entry is wrong; the message names the file, the entry and the remedy.
    """
    head = folder / "pack.toml"
    if not head.is_file():
        raise InputError(f"{folder} is no content pack: it has no pack.toml; copy the default pack and edit the copy")
    table = Entry(read_table(head), str(head))
    known = (*FERPLUS, *table.texts("labels"))
    return ContentPack(
        name=table.text("name"),
        version=table.text("version"),
        licence=table.text("licence"),
        quotes=_by_category(folder / "quotes.toml", known, _quote),
        stickers=_by_category(folder / "stickers.toml", known, lambda entry: _sticker(entry, folder)),
        facepaints=_by_category(folder / "facepaint.toml", known, lambda entry: _facepaint(entry, folder)),
    )


@cache
def default_content() -> ContentPack:
    """The pack that comes with EmoAR."""
    with as_file(files("emoar") / "content" / "default") as folder:
        return load_content(folder)


def _by_category(path: Path, known: Sequence[str], read: Callable[[Entry], Item]) -> dict[str, tuple[Item, ...]]:
    """Reads a file whose keys are categories and whose values are lists of tables; a missing file holds nothing."""
    if not path.is_file():
        return {}
    table: dict[str, Any] = read_table(path)
    unknown = [name for name in table if name not in known]
    if unknown:
        raise InputError(
            f"{path}: [[{unknown[0]}]] is no expression; use {', '.join(known)}, or name it in pack.toml if your "
            f'own model says it: labels = ["{unknown[0]}"]'
        )
    return {name: tuple(read(entry) for entry in read_entries(table, name, path)) for name in table}


def _quote(entry: Entry) -> Quote:
    entry.only("text", "author", "died", "work", "language")
    text = entry.text("text").strip()
    if len(text) > QUOTE_LENGTH:
        raise InputError(f"{entry.where}: text has {len(text)} characters; {QUOTE_LENGTH} fit into a bubble")
    died = entry.whole("died")
    return Quote(text, entry.text("author"), died, entry.text("work", ""), entry.text("language", "en"))


def _sticker(entry: Entry, folder: Path) -> Sticker:
    entry.only("name", "file", "size", "places")
    art = load_svg(folder / entry.text("file"))
    places = tuple(_place(place) for place in entry.entries("places"))
    return Sticker(entry.text("name"), art, entry.number("size", None, 0.01, 20), places)


def _place(entry: Entry) -> Place:
    entry.only("anchor", "offset", "turn_deg", "tilt_deg", "mirror")
    anchor = entry.text("anchor")
    if anchor not in ANCHORS:
        raise InputError(f"{entry.where}: anchor must be one of {', '.join(ANCHORS)}; got {anchor!r}")
    return Place(
        anchor,
        entry.triple("offset"),
        entry.number("turn_deg", 0, -180, 180),
        entry.number("tilt_deg", 0, -360, 360),
        entry.flag("mirror"),
    )


def _facepaint(entry: Entry, folder: Path) -> FacePaint:
    entry.only("name", "file", "opacity", "cover")
    art = load_svg(folder / entry.text("file"))
    return FacePaint(entry.text("name"), art, entry.number("opacity", 0.9, 0, 1), entry.number("cover", 0.4, 0, 1))
