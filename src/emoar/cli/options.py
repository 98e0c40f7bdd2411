"""The options that several commands share, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from emoar.errors import InputError
from emoar.labels import LABEL_SETS
from emoar.models.expression import DEFAULT_MODEL, expression_model_names

if TYPE_CHECKING:
    from emoar.overlay import Painter
    from emoar.pipeline import Pipeline
    from emoar.types import Face

__all__ = [
    "Content",
    "Labels",
    "Landmarks",
    "MaxFaces",
    "Mode",
    "ModeName",
    "Model",
    "Models",
    "Overlays",
    "Seed",
    "Settings",
    "Threads",
    "describe_face",
]

DEFAULT_OVERLAYS = "label,quote"


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
    str | None,
    typer.Option(
        "--labels",
        help="Names of the expressions: ferplus (has contempt), fer2013, or a set of your own model (custom). "
        "Default: ferplus, or the first set that the model has.",
        rich_help_panel="Recognition",
        show_default=False,
        autocompletion=lambda: [*LABEL_SETS, "custom"],
    ),
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
Model = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="NAME|FILE",
        help="Expression model: the name of one that comes with EmoAR (emoar models list), or your own .tflite "
        "with its own labels (emoar export).",
        rich_help_panel="Recognition",
        autocompletion=lambda: list(expression_model_names()),
    ),
]
Landmarks = Annotated[bool, typer.Option("--landmarks", help="Put all 468 landmarks into the JSON, 12 kB a face.")]


@dataclass(frozen=True)
class Settings:
    """What the shared options say."""

    mode: Literal["live", "photo"] = "live"
    overlays: str = DEFAULT_OVERLAYS
    labels: str | None = None
    max_faces: int = 4
    threads: int = 1
    content: Path | None = None
    models: Path | None = None
    seed: int = 0
    model: str = DEFAULT_MODEL

    def pipeline(self) -> Pipeline:
        """Loads the models.

        Raises:
            ModelMissing: they are not on this machine, or there is no such expression model.
            ModelMismatch: the expression model cannot be used.
            InputError: the expression model has no such label set.
        """
        from emoar.pipeline import Pipeline, PipelineOptions

        options = PipelineOptions(
            mode=self.mode,
            max_faces=self.max_faces,
            label_set=self.labels,
            threads=self.threads,
            model_folder=self.models,
            model=self.model,
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


def describe_face(face: Face) -> str:
    """One face in plain words, for the terminal."""
    if not face.quality.usable:
        return f"skipped: {', '.join(face.quality.reasons)}"
    expression: Any = face.expression
    if expression.label == "unsure":
        return "unsure"
    return f"{expression.label} ({round(100 * expression.confidence)} %)"
