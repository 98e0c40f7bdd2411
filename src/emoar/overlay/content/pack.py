"""The content of a pack: quotes, stickers, face paint and 3D objects by expression, and which of them a face gets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, Literal, TypeVar

from msgspec import Meta

from emoar.config import NOT_BLANK
from emoar.errors import InputError
from emoar.face_landmarks import ATTACHMENT_POINTS
from emoar.labels import UNSURE, category
from emoar.overlay.content.svg import Art
from emoar.types import Face, Frame

__all__ = [
    "ContentPack",
    "FacePaint",
    "HeadObject",
    "Place",
    "Quote",
    "Sticker",
    "content_for",
]

Item = TypeVar("Item")
_MARKS: Final = {"de": "„“", "fr": "«»", "es": "«»", "it": "«»", "pl": "„”"}  # other languages: “”
QUOTE_LENGTH: Final = 280  # characters: more does not fit into a bubble

_Text = Annotated[str, Meta(pattern=NOT_BLANK)]
_Offset = Annotated[float, Meta(ge=-100, le=100)]
_Share = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True)
class Quote:
    """A quotation with its author.

    Raises:
        InputError: the text is too long.
    """

    text: _Text  # line breaks are kept, as in verse
    author: _Text
    died: int | None = None  # year of the author's death; negative: BC
    work: str = ""  # with act, chapter or book
    translator: str = ""  # of `text`; empty: it is in the author's words
    translator_died: int | None = None
    language: str = "en"  # of `text`, as in BCP 47

    def __post_init__(self) -> None:
        if len(self.text.strip()) > QUOTE_LENGTH:
            raise InputError(f"text has {len(self.text.strip())} characters; {QUOTE_LENGTH} fit into a bubble")

    @property
    def source(self) -> str:
        """The work and the translator, as they stand under the quote; empty without both."""
        return ", ".join(filter(None, (self.work, self.translator and f"translated by {self.translator}")))

    @property
    def quoted(self) -> str:
        """The text in the quotation marks of its language."""
        opening, closing = _MARKS.get(_base_language(self.language), "“”")
        return f"{opening}{self.text}{closing}"


@dataclass(frozen=True)
class Place:
    """Where a sticker is attached to the head; see `perspective.Quad` for the units.

    Raises:
        InputError: `at` is not an attachment point.
    """

    at: str  # a key of `ATTACHMENT_POINTS`
    offset: tuple[_Offset, _Offset, _Offset] = (0.0, 0.0, 0.0)
    turn_deg: Annotated[float, Meta(ge=-180, le=180)] = 0.0
    tilt_deg: Annotated[float, Meta(ge=-360, le=360)] = 0.0
    mirror: bool = False

    def __post_init__(self) -> None:
        if self.at not in ATTACHMENT_POINTS:
            raise InputError(f"at must be one of {', '.join(ATTACHMENT_POINTS)}, got {self.at!r}")


@dataclass(frozen=True, eq=False)
class Sticker:
    """Vector art that is attached to one or more places of the head."""

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
    cover: float  # 0: multiplied with the colour of the skin, 1: painted over it


@dataclass(frozen=True, eq=False)
class HeadObject:
    """A 3D object that is attached to the head."""

    name: str
    glb: bytes  # the content of the file, binary glTF in metres
    file: str  # its name, for messages
    place: Place  # of the object's origin
    scale: float


@dataclass(frozen=True, eq=False)
class ContentPack:
    """The content by expression category (`labels.FERPLUS`, and labels that the pack adds)."""

    name: str
    version: str
    licence: str
    quotes: Mapping[str, tuple[Quote, ...]]
    stickers: Mapping[str, tuple[Sticker, ...]]
    facepaints: Mapping[str, tuple[FacePaint, ...]]
    objects: Mapping[str, tuple[HeadObject, ...]] = field(default_factory=dict[str, tuple[HeadObject, ...]])

    def in_language(self, language: str) -> ContentPack:
        """The pack with the quotes of one language, such as `de`; an expression without any keeps all of them."""
        chosen = _base_language(language)
        parts = {k: tuple(q for q in v if _base_language(q.language) == chosen) for k, v in self.quotes.items()}
        return replace(self, quotes={name: part or self.quotes[name] for name, part in parts.items()})


def content_for(
    items: Mapping[str, Sequence[Item]],
    face: Face,
    frame: Frame,
    seed: int,
    kind: Literal["quote", "sticker", "facepaint", "object"],
) -> Item | None:
    """The item that is drawn over a face in this frame, chosen from its expression's category.

    The result is None when the face is skipped or unsure, or the pack has no item for the category. The choice is
    pseudo-random and stays the same while the face keeps its label. It is stateless: a hash of seed, kind, source,
    track id, label and the time at which the label began, so that any frame can be drawn independently.
    """
    if not face.quality.usable or face.expression.label == UNSURE:
        return None
    choices = items.get(category(face.expression.label), ())
    if not choices:
        return None
    key = f"{seed}|{kind}|{frame.source}|{face.track_id}|{face.expression.label}|{face.expression.since_s:.6f}"
    digest = hashlib.blake2b(key.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return choices[int.from_bytes(digest) % len(choices)]


def _base_language(code: str) -> str:
    return code.replace("_", "-").split("-")[0].lower()
