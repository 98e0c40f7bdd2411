"""The options that several commands share, and the pipeline and painter that they configure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emoar.errors import InputError
from emoar.labels import CUSTOM, DEFAULT_LABEL_SET, LABEL_SETS, PERSONAL
from emoar.media.formats import SCENE_FORMATS
from emoar.models.shipped import DEFAULT_MODEL, expression_model_names
from emoar.overlay.names import DEFAULT_OVERLAYS, OVERLAYS, overlays_in, uses_measures

if TYPE_CHECKING:
    from emoar.overlay import Painter
    from emoar.pipeline import Pipeline

__all__ = [
    "LabelSetName",
    "Landmarks",
    "MaxFaces",
    "ModeName",
    "Model",
    "ModelFolder",
    "Overlays",
    "Personal",
    "Scenes",
    "Settings",
    "Threads",
    "default_overlays",
    "overlay_names",
]

_DRAWING, _RECOGNITION = "Drawing", "Recognition"  # panels of the help
_NONE = "none"
default_overlays = ",".join(DEFAULT_OVERLAYS)


class ModeName(StrEnum):
    """The mode of the pipeline: live frames or independent photos."""

    live = "live"
    photo = "photo"


Overlays = Annotated[
    str,
    typer.Option(
        "--overlays",
        help=f"What to draw, with commas: {', '.join(OVERLAYS)}; or none.",
        rich_help_panel=_DRAWING,
        autocompletion=lambda: [*OVERLAYS, _NONE],
    ),
]
Threads = Annotated[int, typer.Option("--threads", help="Threads of each model.", min=1, rich_help_panel=_RECOGNITION)]
ModelFolder = Annotated[
    Path | None,
    typer.Option(
        "--model-folder", help="Folder of the public models, if not the user's cache.", rich_help_panel=_RECOGNITION
    ),
]
Model = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="NAME|FILE",
        help="Expression model: the name of one that comes with EmoAR (emoar models list), or your own .tflite "
        "with its own labels (emoar export).",
        rich_help_panel=_RECOGNITION,
        autocompletion=lambda: list(expression_model_names()),
    ),
]
Personal = Annotated[
    Path | None,
    typer.Option(
        "--personal",
        metavar="FILE",
        help="Your own labels on that model: a .json of emoar personalise --head-only, or of the browser app.",
        rich_help_panel=_RECOGNITION,
        show_default=False,
    ),
]
LabelSetName = Annotated[
    str | None,
    typer.Option(
        "--label-set",
        help=f"Names of the expressions: {', '.join(LABEL_SETS)}, or a set of your own model ({CUSTOM}). "
        f"Default: {PERSONAL} with --personal, else {DEFAULT_LABEL_SET}, or the first set that the model has.",
        rich_help_panel=_RECOGNITION,
        show_default=False,
        autocompletion=lambda: [*LABEL_SETS, CUSTOM, PERSONAL],
    ),
]
MaxFaces = Annotated[
    int | None,
    typer.Option(
        "--max-faces",
        help="At most so many faces; without it 4, and 20 in mode photo.",
        min=1,
        show_default=False,
        rich_help_panel=_RECOGNITION,
    ),
]
Landmarks = Annotated[bool, typer.Option("--landmarks", help="Put all 468 landmarks into the JSON, 12 kB a face.")]
Scenes = Annotated[
    str | None,
    typer.Option(
        "--scenes",
        help=f"What was found: {', '.join(f'{row.suffixes[0]} ({row.summary})' for row in SCENE_FORMATS)}, "
        "or - for JSON Lines on stdout.",
    ),
]


@dataclass(frozen=True)
class Settings:
    """The values of the shared options; each field is one option of every command `with_settings`.

    Options with completion are defined above the class: a lambda in a class annotation cannot use the module's names.
    """

    overlays: Overlays = default_overlays
    content: Annotated[
        Path | None,
        typer.Option(
            "--content",
            help="Folder of a content pack with your own quotes, stickers and face paint.",
            rich_help_panel=_DRAWING,
        ),
    ] = None
    seed: Annotated[
        int, typer.Option("--seed", help="Another number gives other quotes and stickers.", rich_help_panel=_DRAWING)
    ] = 0
    language: Annotated[
        str,
        typer.Option(
            "--language", help="Language of the quotes: en or de, or another of your pack's.", rich_help_panel=_DRAWING
        ),
    ] = "en"
    model: Model = DEFAULT_MODEL
    personal: Personal = None
    label_set: LabelSetName = None
    max_faces: MaxFaces = None
    mode: Annotated[
        ModeName,
        typer.Option(
            "--mode",
            help="live follows faces; photo takes each picture by itself and searches small faces too.",
            rich_help_panel=_RECOGNITION,
        ),
    ] = ModeName.live
    threads: Threads = 1
    model_folder: ModelFolder = None
    measures: Annotated[
        bool,
        typer.Option(
            "--measures",
            help="Put into the scenes how far brows, lids, jaw and lips have moved from rest.",
            rich_help_panel=_RECOGNITION,
        ),
    ] = False
    valence: Annotated[
        bool,
        typer.Option(
            "--valence",
            help="Put into the scenes how pleasant an expression is, derived from its probabilities.",
            rich_help_panel=_RECOGNITION,
        ),
    ] = False

    @property
    def measured(self) -> bool:
        """Whether faces get measures: they are asked for, or an overlay draws them.

        Raises:
            InputError: an overlay is wrong.
        """
        return self.measures or uses_measures(overlay_names(self.overlays))

    def pipeline(self) -> Pipeline:
        """Creates the pipeline, which loads the models. The caller closes it.

        Raises:
            ModelMissing: the models are not on this machine, or there is no such expression model.
            ModelMismatch: the expression model cannot be used.
            InputError: the expression model has no such label set.
        """
        from emoar.pipeline import Pipeline, PipelineOptions

        options = PipelineOptions(
            mode=self.mode.value,
            max_faces=self.max_faces,
            label_set=self.label_set,
            threads=self.threads,
            model_folder=self.model_folder,
            model=self.model,
            personal=self.personal,
            measures=self.measured,
            valence=self.valence,
        )
        return Pipeline(options)

    def painter(self) -> Painter | None:
        """Creates the painter of the overlays; None for `--overlays none`.

        Raises:
            InputError: an overlay or the content pack is wrong.
        """
        names = overlay_names(self.overlays)
        if not names:
            return None
        from emoar.overlay import Painter

        return Painter(names, self.content, self.seed, self.language)


def overlay_names(text: str) -> tuple[str, ...]:
    """The names in the value of `--overlays`; empty for `none`.

    Raises:
        InputError: there is no name, or `none` is combined with another name.
    """
    names = overlays_in(text)
    if names == (_NONE,):
        return ()
    if not names or _NONE in names:
        raise InputError(f"--overlays takes names with commas between them, or none, got {text!r}")
    return names
