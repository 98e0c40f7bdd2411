"""Reads content packs: folders that users copy and edit. `docs/content-packs.md` describes the files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any, TypeVar

from msgspec import Meta

from emoar.config import NOT_BLANK, convert, read_table, read_toml
from emoar.errors import InputError
from emoar.labels import FERPLUS
from emoar.overlay.content.pack import ContentPack, FacePaint, HeadObject, Place, Quote, Sticker
from emoar.overlay.content.svg import load_svg

__all__ = ["default_content", "load_content"]

Item = TypeVar("Item")
Entry = TypeVar("Entry")

_Text = Annotated[str, Meta(pattern=NOT_BLANK)]
_Offset = Annotated[float, Meta(ge=-100, le=100)]
_Share = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True)
class _PackEntry:
    """`pack.toml`."""

    name: _Text
    version: _Text
    licence: _Text
    labels: tuple[_Text, ...] = ()  # of a user's own model, in addition to FERPLUS


@dataclass(frozen=True)
class _StickerEntry:
    """A table of `stickers.toml`."""

    name: _Text
    file: _Text
    size: Annotated[float, Meta(ge=0.01, le=20)]
    places: Annotated[tuple[Place, ...], Meta(min_length=1)]


@dataclass(frozen=True)
class _FacePaintEntry:
    """A table of `facepaint.toml`."""

    name: _Text
    file: _Text
    opacity: _Share = 0.9
    cover: _Share = 0.4


@dataclass(frozen=True)
class _ObjectEntry:
    """A table of `objects.toml`."""

    name: _Text
    file: _Text
    at: str
    offset: tuple[_Offset, _Offset, _Offset] = (0.0, 0.0, 0.0)
    scale: Annotated[float, Meta(ge=0.001, le=1000)] = 1.0

    def __post_init__(self) -> None:
        Place(self.at)  # checks it


def load_content(folder: Path) -> ContentPack:
    """Reads a pack: `pack.toml`, and the files of quotes, stickers, face paint and objects where they exist.

    Raises:
        InputError: the folder is not a pack, or an entry is wrong; the message names the file, the entry and the
            remedy.
    """
    head = folder / "pack.toml"
    if not head.is_file():
        raise InputError(f"{folder} is no content pack: it has no pack.toml; copy the default pack and edit the copy")
    pack = read_toml(head, _PackEntry)
    known = (*FERPLUS, *pack.labels)

    def quote(entry: Quote) -> Quote:
        return replace(entry, text=entry.text.strip())

    def sticker(entry: _StickerEntry) -> Sticker:
        return Sticker(entry.name, load_svg(folder / entry.file), entry.size, entry.places)

    def facepaint(entry: _FacePaintEntry) -> FacePaint:
        return FacePaint(entry.name, load_svg(folder / entry.file), entry.opacity, entry.cover)

    def head_object(entry: _ObjectEntry) -> HeadObject:
        path = folder / entry.file
        return HeadObject(entry.name, _bytes(path), str(path), Place(entry.at, entry.offset), entry.scale)

    return ContentPack(
        name=pack.name,
        version=pack.version,
        licence=pack.licence,
        quotes=_by_category(folder / "quotes.toml", known, tuple[Quote, ...], quote),
        stickers=_by_category(folder / "stickers.toml", known, tuple[_StickerEntry, ...], sticker),
        facepaints=_by_category(folder / "facepaint.toml", known, tuple[_FacePaintEntry, ...], facepaint),
        objects=_by_category(folder / "objects.toml", known, tuple[_ObjectEntry, ...], head_object),
    )


@cache
def default_content() -> ContentPack:
    """The pack inside the package, read once."""
    with as_file(files("emoar") / "content" / "default") as folder:
        return load_content(folder)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); correct its name") from error


def _by_category(
    path: Path, known: Sequence[str], entries: type[tuple[Entry, ...]], make: Callable[[Entry], Item]
) -> dict[str, tuple[Item, ...]]:
    """Reads a file whose keys are categories and whose values are lists of tables; a missing file is an empty one."""
    if not path.is_file():
        return {}
    table: dict[str, Any] = read_table(path)
    unknown = [name for name in table if name not in known]
    if unknown:
        raise InputError(
            f"{path}: [[{unknown[0]}]] is no expression; use {', '.join(known)}, or name it in pack.toml if it is a "
            f'label of your own model: labels = ["{unknown[0]}"]'
        )
    items: dict[str, tuple[Item, ...]] = {}
    for name, value in table.items():
        if not value:
            raise InputError(f"{path}: {name} must be a list of tables with at least one, got {value!r}")
        items[name] = tuple(make(entry) for entry in convert(value, entries, str(path), at=(name,)))
    return items
