"""`emoar personalise`: a model continues on one person's faces, or gets a head of that person's labels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
import typer

from emoar.cli import options as opt
from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime
from emoar.cli.progress import bars
from emoar.errors import InputError
from emoar.files import atomic_write, check_writable
from emoar.labels import title_of
from emoar.training.data.read import read_dataset
from emoar.training.personal.faces import PersonFaces, person_faces

if TYPE_CHECKING:
    from emoar.training.personal.personalise import Gain

__all__ = ["EPILOG", "personalise"]

EPILOG: Final = """Examples:

  emoar data collect anna --correct              your face, with the right labels

  emoar personalise --data ~/.local/share/emoar/collections/anna -o anna.tflite

  emoar personalise --data anna.parquet -o anna.tflite --public fer2013.parquet

  emoar personalise --data winks/ -o me.json --head-only      labels of your own

  emoar camera --model anna.tflite

  emoar camera --personal me.json

A .tflite continues from the model in its own labels. Give public faces with --public where you have them: then the
accuracy on PublicTest falls by a point at most. A head (.json) is small and has any labels, for that model only."""

_PARTS: Final = ("head", "block", "stage")


def personalise(
    context: typer.Context,
    data: Annotated[
        Path,
        typer.Option(
            "--data", help="Your labelled faces: a folder of emoar data collect, .parquet.", show_default=False
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="A .tflite, or a .json with --head-only.", show_default=False)
    ],
    model: opt.Model = opt.DEFAULT_MODEL,
    head_only: Annotated[
        bool, typer.Option("--head-only", help="Only a head of your labels, which may be any words; needs no torch.")
    ] = False,
    part: Annotated[
        str, typer.Option("--part", help=f"What is trained: {', '.join(_PARTS)} (the last ones).")
    ] = "block",
    public: Annotated[
        Path | None, typer.Option("--public", help="Faces of many people (FER2013), which must not be forgotten.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> None:
    """Make a model your own: train it on your faces, on this machine, and see what it gains on faces held back."""
    suffix = ".json" if head_only else ".tflite"
    if output.suffix != suffix:
        raise InputError(f"-o must name a {suffix} file{' with --head-only' if head_only else ''}, got {output}")
    if part not in _PARTS:
        raise InputError(f"--part must be one of {', '.join(_PARTS)}, got {part!r}")
    if head_only and public is not None:
        raise InputError("--head-only leaves the model as it is: --public is not needed")
    check_writable(output)
    faces = person_faces(read_dataset(data))
    preload_runtime(verbose=is_verbose(context))
    if head_only:
        _head(context, faces, model, output, as_json=as_json)
    else:
        _model(context, faces, model, output, part, public, seed, as_json=as_json)


def _head(context: typer.Context, faces: PersonFaces, model: str, output: Path, *, as_json: bool) -> None:
    from emoar.training.personal.head import features_of, fit_head

    with bars(is_quiet(context)) as progress:
        head = fit_head(model, faces, progress)
        probabilities = head.probabilities(features_of(model, faces.held_back, progress))
    named = np.array(head.labels)[probabilities.argmax(axis=1)]
    wanted = np.array(faces.labels)[faces.held_back_index]
    share = float((named == wanted).mean())
    atomic_write(output, (json.dumps(head.to_dict(), ensure_ascii=False, separators=(",", ":")) + "\n").encode())
    if as_json:
        typer.echo(
            json.dumps(
                {"output": str(output), "held_back": len(wanted), "labels": list(head.labels), "accuracy": share}
            )
        )
        return
    counts = ", ".join(f"{count} {label}" for label, count in faces.counts.items())
    typer.echo(f"trained on {counts}; {share:.1%} of {len(wanted)} held-back faces are right")
    if not is_quiet(context):
        typer.echo(f"{output} is for {head.model_name}: emoar camera --model {head.model_name} --personal {output}")


def _model(
    context: typer.Context,
    faces: PersonFaces,
    model: str,
    output: Path,
    part: Any,
    public: Path | None,
    seed: int,
    *,
    as_json: bool,
) -> None:
    from emoar.training.personal.fine_tune import TuneOptions
    from emoar.training.personal.personalise import base_of, personalise, read_public

    options = TuneOptions(part=part, seed=seed)
    with bars(is_quiet(context)) as progress:
        base = base_of(model)
        others = (
            None if public is None else read_public(base, read_dataset(public, progress=progress), options, progress)
        )
        gains = personalise(base, faces, output, others, options, progress)
    if as_json:
        found = {head: {"before": gain.before, "after": gain.after} for head, gain in gains.items()}
        typer.echo(json.dumps({"output": str(output), "held_back": len(faces.held_back), "accuracy": found}))
        return
    _print(gains, len(faces.held_back))
    if not is_quiet(context):
        typer.echo(f"{output}: emoar camera --model {output}")


def _print(gains: Mapping[str, Gain], held_back: int) -> None:
    for head, gain in gains.items():
        typer.echo(
            f"{title_of(head)}: {gain.before:.1%} of {held_back} held-back faces were right before, "
            f"{gain.after:.1%} now ({gain.points:+.1f} points)"
        )
    if not any(gain.points > 0 for gain in gains.values()):
        typer.echo("no gain on the held-back faces: the model already knows yours, or it takes more of them")
