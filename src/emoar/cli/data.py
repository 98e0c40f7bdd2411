"""`emoar data`: describes, imports, checks and collects labelled faces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from emoar.cli import options as opt
from emoar.cli.data_collect import EPILOG as COLLECT_EPILOG
from emoar.cli.data_collect import collect
from emoar.cli.group import is_quiet, is_verbose
from emoar.cli.native import silence_native_stderr
from emoar.cli.progress import bars
from emoar.errors import InputError
from emoar.labels import title_of
from emoar.training.data.options import ReadOptions
from emoar.training.data.read import read_dataset

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Labelled faces for training: what they are, how photos become data, what is wrong with them.",
)

Data = Annotated[Path, typer.Argument(help="Parquet, fer2013.csv or a folder of crops.", show_default=False)]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Leave out what cannot be read, and list it.")]
Votes = Annotated[Path | None, typer.Option("--votes", help="FER+'s fer2013new.csv; else the one beside fer2013.csv.")]
LabelNames = Annotated[
    str, typer.Option("--label-set", help="What folder names are: fer2013, ferplus, custom, or auto, by the names.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]
Size = Annotated[int | None, typer.Option("--size", help="Side of the crops in pixels.", show_default="48")]
Colour = Annotated[bool, typer.Option("--colour", help="RGB crops instead of grey ones.")]
CACHE_NAME = "landmarks"


@app.command(
    "info",
    epilog="Examples:\n\n  emoar data info fer2013.parquet\n\n  emoar data info faces/ --skip-bad --json",
)
def info(
    context: typer.Context,
    data: Data,
    votes: Votes = None,
    labels: LabelNames = "auto",
    skip_bad: SkipBad = False,
    as_json: Json = False,
) -> None:
    """Classes, splits, counts and licence of a data set, and what would trouble training."""
    from emoar.training.data.summary import summarise

    with bars(is_quiet(context)) as progress:
        faces = read_dataset(data, ReadOptions(votes, skip_bad, labels=labels), progress)
    summary = summarise(faces)
    if as_json:
        typer.echo(json.dumps(summary.as_dict(), indent=2, ensure_ascii=False))
        return
    console = Console()
    console.print(
        f"[bold]{summary.name}[/]: {summary.faces} faces, {summary.size_px} x {summary.size_px}, {summary.colour}\n"
        f"licence: {summary.licence}",
        highlight=False,
    )
    for name, counts in summary.classes.items():
        table = Table(name, *summary.splits, "all", box=SIMPLE)
        for label, by_split in counts.items():
            table.add_row(label, *(f"{by_split[s]}" for s in summary.splits), f"{sum(by_split.values())}")
        if summary.unlabelled[name]:
            table.add_row("[dim]no label[/]", *[""] * len(summary.splits), f"[dim]{summary.unlabelled[name]}[/]")
        console.print(table)
    for name, splits in summary.one_tagger.items():
        each = ", ".join(f"{found.accuracy:.1%} in {split}" for split, found in splits.items())
        typer.echo(f"votes of {title_of(name)}: one tagger agrees with the majority of the others on {each}")
    typer.echo(
        f"duplicates: {summary.duplicates} faces repeat the pixels of another; {summary.duplicates_across_splits} "
        f"pictures are in several splits (emoar data clean finds near duplicates, too)"
    )
    for line in (*summary.problems, *(f"skipped: {line}" for line in summary.skipped)):
        typer.echo(line)


@app.command(
    "import",
    epilog="Examples:\n\n  emoar data import photos/ -o faces.parquet --split 80/10/10\n\n"
    "  emoar data import fer2013.csv --crops -o fer2013.parquet",
)
def import_data(
    context: typer.Context,
    source: Annotated[
        Path, typer.Argument(help="Photos in folders named after labels; with --crops any data.", show_default=False)
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The Parquet file.", show_default=False)],
    crops: Annotated[bool, typer.Option("--crops", help="The images are crops already: only store them.")] = False,
    split: Annotated[
        str | None, typer.Option("--split", help="Training/PublicTest/PrivateTest, such as 80/10/10, where none is.")
    ] = None,
    labels: LabelNames = "auto",
    votes: Votes = None,
    size: Size = None,
    colour: Colour = False,
    all_faces: Annotated[bool, typer.Option("--all-faces", help="Every face of a photo, not the largest.")] = False,
    keep_unusable: Annotated[
        bool, typer.Option("--keep-unusable", help="Also faces that are too small, blurred, cut off or turned away.")
    ] = False,
    licence: Annotated[str, typer.Option("--licence", help="Of the pictures; stored with them.")] = "",
    skip_bad: SkipBad = False,
    model_folder: opt.ModelFolder = None,
) -> None:
    """Make labelled crops out of ordinary photos, as the pipeline finds and aligns faces, or convert data."""
    from dataclasses import replace

    from emoar.training.data.import_photos import PhotoOptions, import_photos
    from emoar.training.data.split import divide_data, parse_ratio
    from emoar.training.data.write_parquet import write_parquet

    if output.suffix != ".parquet":
        raise InputError(f"-o must name a .parquet file, got {output}")
    ratio = parse_ratio(split) if split else None
    read = ReadOptions(votes, skip_bad, size, True if colour else None, labels)
    with bars(is_quiet(context)) as progress:
        if crops:
            faces = read_dataset(source, read, progress)
            faces = divide_data(faces, ratio) if ratio else faces
            without, unusable = (), ()
        else:
            with (
                silence_native_stderr(verbose=is_verbose(context)),
                opt.Settings(mode=opt.ModeName.photo, model_folder=model_folder).pipeline() as finder,
            ):
                chosen = PhotoOptions(all_faces, not keep_unusable, ratio, licence or "unknown")
                result = import_photos(source, finder, read, chosen, progress)
            faces, without, unusable = result.data, result.without_face, result.unusable
        faces = replace(faces, licence=licence) if licence else faces
        write_parquet(faces, output, progress)
    for line in (
        *(f"skipped: {line}" for line in faces.skipped),
        *(f"no face: {name}" for name in without),
        *(f"not used: {line}" for line in unusable),
    ):
        typer.echo(line, err=True)
    if not is_quiet(context):
        typer.echo(f"{output}: {len(faces)} faces; summary: emoar data info {output}")


@app.command(
    "clean",
    epilog="Examples:\n\n  emoar data clean fer2013.parquet -o cleaned/\n\n"
    "  emoar data clean faces.parquet -o cleaned/ --skip watermark,profile\n\n"
    "  emoar train RECIPE --data fer2013.parquet --exclude cleaned/clean.parquet:leakage,duplicate",
)
def clean_data(
    context: typer.Context,
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the results.", show_default=False)],
    label_set: Annotated[
        str | None, typer.Option("--doubt", help="Whose labels are doubted: fer2013, ferplus or custom.")
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Out-of-fold predictions of your own, an .npz.")
    ] = None,
    skip: Annotated[str, typer.Option("--skip", help="Checks to leave out, with commas.")] = "",
    labels: LabelNames = "auto",
    votes: Votes = None,
    skip_bad: SkipBad = False,
    as_json: Json = False,
) -> None:
    """Find what is wrong with labelled faces; write clean.parquet and report.html. Nothing is deleted or changed."""
    from emoar.report import require_libraries
    from emoar.training.clean.clean import CleanOptions, clean
    from emoar.training.clean.findings import write_findings

    require_libraries()
    names = frozenset(name.strip() for name in skip.split(",") if name.strip())
    settings = CleanOptions(label_set, names, predictions, output / CACHE_NAME)
    with bars(is_quiet(context)) as progress:
        faces = read_dataset(data, ReadOptions(votes, skip_bad, labels=labels), progress)
        with silence_native_stderr(verbose=is_verbose(context)):
            findings = clean(faces, settings, progress)
    write_findings(findings, output / "clean.parquet")
    from emoar.training.report.findings_page import write_findings_page  # needs the libraries of a report

    write_findings_page(faces, findings, output / "report.html")
    if as_json:
        typer.echo(json.dumps({"faces": len(faces), "label_set": findings.label_set, "findings": findings.counts}))
        return
    table = Table("finding", "faces", box=SIMPLE)
    for name, count in findings.counts.items():
        table.add_row(name, str(count))
    Console().print(table)
    typer.echo(f"{output / 'clean.parquet'}, {output / 'report.html'} (holds pictures of the data)")


app.command("collect", epilog=COLLECT_EPILOG)(collect)
