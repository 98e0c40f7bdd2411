"""`emoar train decision`: fits how a model's label is decided."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import preload_runtime
from emoar.cli.progress import bars
from emoar.errors import InputError
from emoar.files import atomic_write, check_writable
from emoar.labels import title_of
from emoar.models.decision import MIRROR, decision_to_dict
from emoar.models.metadata import ModelInfo, read_info, with_info
from emoar.training.data.read import read_dataset
from emoar.training.decision.conditions import class_shares, predict_conditions
from emoar.training.decision.fit import fit_decision
from emoar.training.decision.results import ConditionResult, results_of
from emoar.training.evaluation.decided import decision_of
from emoar.training.evaluation.predictor import Predictor
from emoar.training.evaluation.predictor_tflite import TflitePredictor
from emoar.training.export.manifest import enter_decision, enter_new_content

__all__ = ["EPILOG", "train_decision"]

_NONE: Final = "none"

EPILOG: Final = """Examples:

  emoar train decision models/mine-int8.tflite --data fer2013.parquet --write

  emoar train decision emoar-m --data fer2013.parquet --manifest src/emoar/weights/manifest.json

The rules are fitted on PublicTest and on shifts of it (darkness, blur, few pixels, other crops, covered faces); the
shares of the labels are those of Training. Without --write or --manifest they are only printed."""


def train_decision(
    context: typer.Context,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A shipped model's name or a .tflite.")],
    data: Annotated[Path, typer.Option("--data", help="The faces of its training: Parquet, .csv or an image folder.")],
    write: Annotated[
        bool, typer.Option("--write", help="Write the rules into the .tflite, beside its labels.")
    ] = False,
    manifest: Annotated[
        Path | None, typer.Option("--manifest", help="Write the rules into this manifest.json of shipped models.")
    ] = None,
    every: Annotated[
        int, typer.Option("--every", min=1, help="Each shift gets one of so many faces of PublicTest.")
    ] = 4,
    second: Annotated[
        str | None,
        typer.Option(
            "--second",
            help="What gives second predictions, for the confidence: mirror (images), a shipped model, or none. "
            "As in the model's rules; without rules, mirror.",
            show_default=False,
        ),
    ] = None,
    cache: Annotated[Path | None, typer.Option("--cache", help="A folder that caches landmarks.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Fit how the label of a model is decided: class shares, both heads, confidence, and when a face is unsure."""
    path = Path(model).expanduser()
    if write and path.suffix != ".tflite":
        raise InputError(f"--write takes a .tflite, got {model}; for a shipped model use --manifest")
    for output in (path if write else None, manifest):
        if output:
            check_writable(output)
    faces = read_dataset(data)
    preload_runtime(verbose=is_verbose(context))
    predictor = TflitePredictor(model)
    kind = _second(predictor, second)
    with bars(is_quiet(context)) as show:
        conditions = predict_conditions(predictor, faces, every, cache, show, second=kind)
    predictor.close()
    shares = {name: class_shares(faces, name) for name in conditions[0].heads}
    decision = fit_decision(conditions, predictor.label_sets, shares, kind)
    rules = decision_to_dict(decision)
    if write:
        info = read_info(path) or ModelInfo(path.stem)
        described = dataclasses.replace(info, decision=decision)
        atomic_write(path, with_info(path.read_bytes(), described))
        enter_new_content(path)
    if manifest:
        enter_decision(manifest, predictor.name, rules)
    results = results_of(decision, conditions, predictor.label_sets)
    if as_json:
        found = {name: [each.as_dict() for each in of_set] for name, of_set in results.items()}
        typer.echo(json.dumps({"model": predictor.name, "decision": rules, "results": found}, ensure_ascii=False))
    else:
        _print(rules, results)


def _second(predictor: Predictor, wanted: str | None) -> str:
    """What gives the second predictions, as in `Rule`."""
    known, can_mirror = decision_of(predictor), getattr(predictor, "can_mirror", False)
    if wanted is None:
        return (known.second if known else "") or (MIRROR if can_mirror else "")
    if wanted == MIRROR and not can_mirror:
        raise InputError(f"mirror images tell {predictor.name} nothing more: take another --second")
    return "" if wanted == _NONE else wanted


def _print(rules: dict[str, Any], results: dict[str, list[ConditionResult]]) -> None:
    console = Console()
    for name, of_set in results.items():
        table = Table("faces", "count", "top-1", "balanced", "ECE", "at 80 %", "unsure", "right of these", box=SIMPLE)
        for each in of_set:
            table.add_row(each.name, *each.cells())
        console.print(f"[bold]{title_of(name)}[/]: heads -> decided, in %", table, highlight=False)
        console.print(json.dumps(rules[name]), highlight=False, soft_wrap=True, markup=False)
