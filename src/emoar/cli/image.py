"""`emoar image`: annotates pictures and writes their scenes as JSON."""

from __future__ import annotations

import errno
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from emoar.annotate import annotate
from emoar.cli import options as opt
from emoar.cli.group import is_quiet, is_verbose, report
from emoar.cli.native import silence_native_stderr
from emoar.cli.with_settings import with_settings
from emoar.errors import InputError, OutputError
from emoar.media.addresses import Address, address_in
from emoar.media.sources import images_in, read_picture
from emoar.models.shipped import DEFAULT_MODEL
from emoar.overlay.describe import describe_face, describe_more, describe_unread

if TYPE_CHECKING:
    from emoar.media.base import Sink
    from emoar.overlay import Painter
    from emoar.types import Frame, Scene

    Place = Path | Address
    Recognise = Callable[[Place, Frame], Scene]

__all__ = ["EPILOG", "image"]

EPILOG: Final = """Examples:

  emoar image photo.jpg -o out/                 annotated picture and JSON, in out/

  emoar image photo.jpg -o result.png           the picture under that name, result.json beside it

  emoar image holiday/ https://example.org/more.png -o out/ --overlays sticker,quote

  emoar image photo.jpg -o out/ --model my.tflite     your own model (emoar export), with its own labels

  emoar image photo.jpg -o out/ --personal me.json    your own labels (emoar personalise, or the browser app)

  emoar image photo.jpg --json                  JSON on stdout, nothing written

  emoar image photo.jpg -o out/ --server http://127.0.0.1:8000       recognised by emoar serve"""

_NOT_OF_ONE_FILE: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)
_STDIN: Final = Path("/dev/stdin")
_PICTURES: Final = (".jpg", ".jpeg", ".png", ".webp")


@with_settings(mode=opt.ModeName.photo)
def image(
    context: typer.Context,
    settings: opt.Settings,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="PICTURE|FOLDER|URL...", help="Pictures, folders of them, addresses; - is standard input."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for the results; for one picture also a file name.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: one document, a list for several.")] = False,
    landmarks: opt.Landmarks = False,
    server: Annotated[
        str | None,
        typer.Option(
            "--server", metavar="URL", help="Send the pictures to this server; only the drawing is done here."
        ),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="API key of the server.", envvar="EMOAR_API_KEY", show_envvar=True)
    ] = None,
) -> None:
    """Annotate pictures: for each, the drawn picture and a JSON file with what was found.

    Reads PNG, JPEG, WebP, BMP, TIFF, GIF (the first picture), AVIF and, with the extra heic, HEIC. A picture without
    a face is a normal answer.
    One bad file among several is reported, the others are done, and the exit code is not zero.
    """
    paths = _pictures(inputs)
    targets = _targets(paths, output)
    verbose, quiet = is_verbose(context), is_quiet(context) or as_json
    documents: list[dict[str, Any]] = []
    failed = 0
    with ExitStack() as stack:
        with silence_native_stderr(verbose=verbose):
            recognise = stack.enter_context(_local(settings) if server is None else _remote(server, key, settings))
            painter = settings.painter() if output else None
        for path, target in zip(paths, targets, strict=True):
            try:
                with silence_native_stderr(verbose=verbose):
                    scene, kept = _annotate_one(path, target, recognise, painter, landmarks)
            except Exception as exc:  # whatever one picture raises, the others are done
                if len(paths) == 1 or _ends_the_batch(exc):
                    raise
                failed = max(failed, report(exc, verbose=verbose, item=path if isinstance(path, Path) else path.shown))
                continue
            documents += [scene.to_dict(landmarks=landmarks)] if as_json else []
            if not quiet:
                typer.echo(_line(path, scene, kept))
    if as_json:
        import json

        typer.echo(json.dumps(documents if len(paths) > 1 else documents[0], indent=2, allow_nan=False))
    if failed:
        raise typer.Exit(failed)


def _annotate_one(
    path: Place, target: Path | None, recognise: Recognise, painter: Painter | None, landmarks: bool
) -> tuple[Scene, tuple[str, ...]]:
    """Annotates one picture, independently of the previous one. Returns its scene and the names of written files."""
    if painter is not None:
        painter.reset()
    frame = read_picture(path)  # before an output is created
    scenes: list[Scene] = []
    outcome = annotate(
        [frame],
        lambda frame: recognise(path, frame),
        _sinks(target, landmarks),
        draw=painter.draw if painter else None,
        on_scene=scenes.append,
        background=False,
    )
    if outcome.interrupted:
        raise KeyboardInterrupt
    return scenes[0], outcome.kept


@contextmanager
def _local(settings: opt.Settings) -> Generator[Recognise]:
    """Recognition in this process."""
    with settings.pipeline() as pipeline:

        def recognise(path: Place, frame: Frame) -> Scene:
            pipeline.reset()
            return pipeline(frame)

        yield recognise


@contextmanager
def _remote(url: str, key: str | None, settings: opt.Settings) -> Generator[Recognise]:
    """Recognition by a server. It receives the original file, which is smaller than its pixels and loses nothing.

    Raises:
        InputError: the options name a model.
    """
    from emoar.client.client import Client

    if settings.model != DEFAULT_MODEL or settings.model_folder or settings.personal:
        raise InputError("--server uses the server's models: leave out --model, --model-folder and --personal")
    with Client(url, key=key) as client:

        def recognise(path: Place, frame: Frame) -> Scene:
            scene = client.expressions(
                path if isinstance(path, Path) and path.is_file() else frame,  # a pipe is read only once
                mode=settings.mode.value,
                max_faces=settings.max_faces,
                label_set=settings.label_set,
                measures=settings.measured,
                valence=settings.valence,
            )
            return replace(scene, frame=frame)

        yield recognise


def _pictures(inputs: list[str]) -> list[Place]:
    paths: list[Place] = []
    for text in inputs:
        place = _STDIN if text == "-" else address_in(text)
        paths += images_in(place) if isinstance(place, Path) and place.is_dir() else [place]
    return paths


def _targets(paths: list[Place], output: Path | None) -> list[Path | None]:
    """The output path of each annotated picture, None without `output`; equal names get a number.

    Raises:
        InputError: `output` is one file for several pictures, or an input would be overwritten.
    """
    if output is None:
        return [None] * len(paths)
    if output.suffix.lower() in _PICTURES and not output.is_dir():
        if len(paths) != 1:
            raise InputError(f"-o {output} is one picture, but {len(paths)} were given: name a folder")
        targets = [output]
    else:
        targets = [output / name for name in _names(paths)]
    inputs = {path.resolve() for path in paths if isinstance(path, Path)}
    for target in targets:
        if target.resolve() in inputs:
            raise InputError(f"{target} would overwrite the picture itself: name another folder with -o")
    return list(targets)


def _names(paths: list[Place]) -> list[str]:
    """The file names of the results: `a.jpg`, `a-2.jpg` for a second picture `a`. A.bmp becomes A.png."""
    stems: list[str] = []
    names: list[str] = []
    for place in paths:
        path = place if isinstance(place, Path) else Path(place.shown)
        stem, number = path.stem, 1
        while stem.lower() in stems:  # in lower case: some file systems do not distinguish A and a
            number += 1
            stem = f"{path.stem}-{number}"
        stems.append(stem.lower())
        suffix = path.suffix.lower()
        names.append(stem + (suffix if suffix in _PICTURES else ".png"))
    return names


def _sinks(target: Path | None, landmarks: bool) -> list[Sink]:
    if target is None:
        return []
    from emoar.media.json_sinks import JsonSink
    from emoar.media.sinks import ImageSink

    picture = ImageSink(target)
    try:
        return [picture, JsonSink(target.with_suffix(".json"), landmarks=landmarks)]
    except OutputError:
        picture.close(complete=False)
        raise


def _line(place: Place, scene: Scene, kept: tuple[str, ...]) -> str:
    found = ", ".join(describe_face(face) for face in scene.faces) or "no face"
    count = len(scene.faces)
    faces = f"{count} face{'s' if count > 1 else ''}: " if count else ""
    more = describe_unread(scene)
    if left := scene.faces_left_out:
        more = f"; {describe_more(left)} left out: --max-faces {count + left}{more}"
    return f"{place if isinstance(place, Path) else place.shown}: {faces}{found}{more}" + (
        f" -> {', '.join(kept)}" if kept else ""
    )


def _ends_the_batch(exc: Exception) -> bool:
    """Whether writing the next picture would fail, too, as on a full disk."""
    return isinstance(exc, OutputError) and getattr(exc.__cause__, "errno", None) in _NOT_OF_ONE_FILE
