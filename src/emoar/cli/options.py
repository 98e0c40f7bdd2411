"""The options that several commands share, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from emoar.errors import InputError

if TYPE_CHECKING:
    from emoar.overlay import Painter
    from emoar.pipeline import Pipeline
    from emoar.types import Face

__all__ = [
    "Content",
    "LabelSetName",
    "Labels",
    "Landmarks",
    "MaxFaces",
    "Mode",
    "ModeName",
    "Models",
    "Overlays",
    "Seed",
    "Settings",
    "Threads",
    "face_words",
]

DEFAULT_OVERLAYS = "label,quote"


class LabelSetName(StrEnum):
    """The label sets by name."""

    ferplus = "ferplus"
    fer2013 = "fer2013"


class ModeName(StrEnum):
    """How faces are looked for."""

    live = "live"
    photo = "photo"


Overlays = Annotated[
    str,
    typer.Option(
        "--overlay",
        help="What to draw, with commas: label, quote, sticker, facepaint, wireframe, box; or none.",
        rich_help_panel="Drawing",
        autocompletion=lambda: ["label", "quote", "sticker", "facepaint", "wireframe", "box", "none"],
    ),
]
Content = Annotated[
    Path | None,
    typer.Option(
        "--content",
        help="Folder of a content pack with your own quotes, stickers and face paint.",
        rich_help_panel="Drawing",
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", help="Another number gives other quotes and stickers.", rich_help_panel="Drawing")
]
Labels = Annotated[
    LabelSetName,
    typer.Option("--labels", help="Names of the expressions; ferplus has contempt.", rich_help_panel="Recognition"),
]
MaxFaces = Annotated[
    int, typer.Option("--max-faces", help="At most so many faces.", min=1, rich_help_panel="Recognition")
]
Mode = Annotated[
    ModeName,
    typer.Option(
        "--mode",
        help="live follows faces; photo judges each picture by itself and searches small faces too.",
        rich_help_panel="Recognition",
    ),
]
Threads = Annotated[int, typer.Option("--threads", help="Threads of each model.", min=1, rich_help_panel="Recognition")]
Models = Annotated[
    Path | None,
    typer.Option(
        "--models", help="Folder of the public models, if not the user's cache.", rich_help_panel="Recognition"
    ),
]
Landmarks = Annotated[bool, typer.Option("--landmarks", help="Put all 468 landmarks into the JSON, 12 kB a face.")]


@dataclass(frozen=True)
class Settings:
    """What the shared options say."""

    mode: Literal["live", "photo"] = "live"
    overlays: str = DEFAULT_OVERLAYS
    labels: Literal["ferplus", "fer2013"] = "ferplus"
    max_faces: int = 4
    threads: int = 1
    content: Path | None = None
    models: Path | None = None
    seed: int = 0

    def pipeline(self) -> Pipeline:
        """Loads the models.

        Raises:
            ModelMissing: they are not on this machine.
        """
        from emoar.pipeline import Pipeline, PipelineOptions

        options = PipelineOptions(
            mode=self.mode,
            max_faces=self.max_faces,
            label_set=self.labels,
            threads=self.threads,
            model_folder=self.models,
        )
        return Pipeline(options)

    def painter(self) -> Painter | None:
        """What draws a scene; None for `--overlay none`.

        Raises:
            InputError: an overlay or the content pack is wrong.
        """
        names = [name.strip() for name in self.overlays.split(",") if name.strip()]
        if names == ["none"]:
            return None
        if not names or "none" in names:
            raise InputError(f"--overlay takes names with commas between them, or none, got {self.overlays!r}")
        from emoar.overlay import Painter

        return Painter(names, self.content, self.seed)


def face_words(face: Face) -> str:
    """One face in plain words, for the terminal."""
    if not face.quality.judged:
        return f"not judged ({', '.join(face.quality.reasons)})"
    expression: Any = face.expression
    if expression.label == "unsure":
        return "unsure"
    return f"{expression.label} ({round(100 * expression.confidence)} %)"
