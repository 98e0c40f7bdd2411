"""`emoar train measures`: distils MediaPipe's blendshapes into a small network on landmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime
from emoar.cli.progress import bars
from emoar.labels import MEASURES
from emoar.perception.measures.network import MODEL
from emoar.training.data.read import read_dataset
from emoar.training.measures.distill import DistillOptions, agreement, distill, examples_of, rest_of
from emoar.training.measures.network import write_network
from emoar.training.measures.teacher import BLENDSHAPES, check_bundle

__all__ = ["EPILOG", "train_measures"]

EPILOG: Final = """Examples:

  emoar train measures --data fer2013.parquet --teacher face_landmarker.task -o runs/measures

The teacher is the model bundle of MediaPipe's Face Landmarker, a public file by Google. About fifteen minutes on one
core, nearly all of it for the mesh and the teacher, whose results are cached in the output folder."""


def train_measures(
    context: typer.Context,
    data: Annotated[Path, typer.Option("--data", help="Faces: Parquet, fer2013.csv or an image folder.")],
    teacher: Annotated[Path, typer.Option("--teacher", help="face_landmarker.task.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the result and the cache.")],
    epochs: Annotated[int, typer.Option("--epochs", help="Of the training.", min=1)] = DistillOptions.epochs,
    seed: Annotated[int, typer.Option("--seed", help="Of the random numbers.")] = DistillOptions.seed,
) -> None:
    """Train the network of the measures on the split Training, and compare it with its teacher on PublicTest."""
    check_bundle(teacher)
    preload_runtime(verbose=is_verbose(context))
    faces, options = read_dataset(data), DistillOptions(epochs=epochs, seed=seed)
    cache = output / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    with bars(is_quiet(context)) as progress:
        unseen = examples_of(faces.of_split("PublicTest"), teacher, cache, progress=progress)
        examples = examples_of(faces.of_split("Training"), teacher, cache, options.runs, progress)
        network = distill(examples, options, progress)
    correlations = agreement(network, unseen)
    for name in sorted(correlations, key=lambda name: -correlations[name]):
        typer.echo(f"{name:20} {correlations[name]:5.2f}{'' if name in MEASURES else '  (left out)'}")
    rest = rest_of(network, examples)[[BLENDSHAPES.index(name) for name in MEASURES]]
    path = output / f"{MODEL}.json"
    write_network(path, network, MEASURES, rest)
    typer.echo(f"{path}: {path.stat().st_size / 1000:.0f} kB; correlation with the teacher on PublicTest above")
