"""A capture session for one's own data: prompts one expression after the other and keeps aligned crops, not pictures.

Nothing is captured without consent, nothing leaves the machine, and one call deletes all of it.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, InputError
from emoar.files import output_errors
from emoar.perception.align import align
from emoar.training.data.about import ABOUT, read_about
from emoar.training.data.face_dataset import CROP_SIZE_PX
from emoar.types import Frame, Scene

__all__ = [
    "CONSENT",
    "CollectOptions",
    "Collected",
    "Moment",
    "collect",
    "collection_folder",
    "collections",
    "delete_collection",
]

SCHEMA: Final = "emoar.collection/1"
CONSENT: Final = """\
This session records your face to train an expression model for you.

- What is kept: small aligned crops of your face ({size} x {size} pixels, {colour}), each with the expression that you
  were asked to show. Whole pictures are never written.
- Where: only in {folder}
  on this machine. Nothing is sent anywhere.
- You may stop at any time with Ctrl-C; the crops recorded until then stay until you delete them.
- Deleting all of it: emoar data collect --delete {name}
- A model that was trained on the crops does not contain them, but has learned from them; delete it too if you want to.
- Only you may be in the picture. Do not record others, and nobody may make you take part: not an employer, not a
  school. An expression that is shown on request is no sign of a feeling.
"""
LICENCE: Final = "personal: recorded with consent, for the person's own use"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class FindsFaces(Protocol):
    """A live pipeline."""

    def __call__(self, frame: Frame) -> Scene: ...


@dataclass(frozen=True)
class CollectOptions:
    """How a session goes."""

    labels: tuple[str, ...]  # prompted in this order, in every round
    rounds: int = 3  # the last one becomes PublicTest, so that validation is not the next picture of the same smile
    per_round: int = 15  # crops of each label in each round
    prepare_s: float = 3.0  # from the prompt to the first crop
    every_s: float = 0.2  # between crops: neighbouring frames of a video are nearly the same
    patience_s: float = 30.0  # without enough crops for so long, the next prompt comes
    size_px: int = CROP_SIZE_PX
    colour: bool = False

    def __post_init__(self) -> None:
        if not self.labels or len(set(self.labels)) < len(self.labels):
            raise InputError(f"labels must be at least one, and differ, got {', '.join(self.labels) or 'none'}")
        for label in self.labels:
            if not _NAME.fullmatch(label):
                raise InputError(f"a label becomes a folder: letters, digits, - and _ only, got {label!r}")
        if self.rounds < 1 or self.per_round < 1:
            raise InputError(f"rounds and crops must be at least 1, got {self.rounds} and {self.per_round}")
        if min(self.prepare_s, self.every_s) < 0 or self.patience_s <= 0:
            raise InputError("times must not be negative, and patience more than 0")


@dataclass(frozen=True)
class Moment:
    """What is to be told to the person, after each picture."""

    label: str
    round: int  # from 1
    count: int  # crops of this prompt
    seconds_left: float  # until the first crop; 0 while crops are recorded
    trouble: str = ""  # why this picture gave no crop, for people


@dataclass(frozen=True)
class Collected:
    """What a session left."""

    folder: Path
    counts: dict[str, int]  # crops by label
    missing: tuple[str, ...]  # prompts that got fewer crops than wanted, for people
    complete: bool  # False after Ctrl-C or when the camera ended


def collection_folder(root: Path, name: str) -> Path:
    """Where the collection of that name is or would be.

    Raises:
        InputError: the name could lead elsewhere.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"a collection's name has letters, digits, - and _ only, got {name!r}")
    return root / name


def collect(
    frames: Iterable[Frame],
    pipeline: FindsFaces,
    folder: Path,
    options: CollectOptions,
    consent: str,
    tell: Callable[[Moment], None] = lambda _moment: None,
) -> Collected:
    """Runs a session and writes `split/label/…png`, which the folder reader reads.

    Args:
        frames: of a live camera; their times are the clock of the session.
        pipeline: finds the face.
        folder: of the collection; must not exist.
        options: how it goes.
        consent: how the person agreed, kept beside the crops ("typed yes").
        tell: called after each picture.

    Raises:
        DataError: there is a collection of that name.
        InputError: no consent.
        OutputError: the folder cannot be written.
    """
    if not consent:
        raise InputError("no consent, no session")
    if folder.exists():
        raise DataError(f"{folder} exists: take another name, or delete it: emoar data collect --delete {folder.name}")
    _write_about(folder, options, consent)
    counts = dict.fromkeys(options.labels, 0)
    missing: list[str] = []
    complete, stream = False, iter(frames)
    try:
        for turn in range(1, options.rounds + 1):
            split = "PublicTest" if turn == options.rounds > 1 else "Training"
            for label in options.labels:
                target, count = folder / split / label, 0
                for crop in _prompt(stream, pipeline, options, Moment(label, turn, 0, options.prepare_s), tell):
                    _save(target / f"{turn:02d}-{count:04d}.png", crop)
                    count += 1
                counts[label] += count
                if count < options.per_round:
                    missing.append(f"{label}, round {turn}: {count} of {options.per_round}")
        complete = True
    except (KeyboardInterrupt, _CameraEndedError):
        pass
    return Collected(folder, counts, tuple(missing), complete)


class _CameraEndedError(Exception):
    """There are no more pictures."""


def _prompt(
    frames: Iterator[Frame],
    pipeline: FindsFaces,
    options: CollectOptions,
    start: Moment,
    tell: Callable[[Moment], None],
) -> Iterator[NDArray[np.uint8]]:
    """The crops of one prompt, until there are enough or patience ends."""
    began: float | None = None
    last, count = -1e9, 0
    while count < options.per_round:
        frame = next(frames, None)
        if frame is None:
            raise _CameraEndedError
        began = frame.time_s if began is None else began
        since = frame.time_s - began
        scene = pipeline(frame)
        trouble = _trouble(scene)
        if since >= options.prepare_s and not trouble and frame.time_s - last >= options.every_s:
            last, count = frame.time_s, count + 1
            yield align(frame.image, scene.faces[0].landmarks_px, options.size_px, colour=options.colour)
        tell(Moment(start.label, start.round, count, max(options.prepare_s - since, 0.0), trouble))
        if since > options.prepare_s + options.patience_s:
            return


def _trouble(scene: Scene) -> str:
    match list(scene.faces):
        case []:
            return "no face in the picture"
        case [face]:
            return ", ".join(face.quality.reasons)
        case _:
            return "more than one person in the picture"


def collections(root: Path) -> list[Path]:
    """The folders of all collections."""
    return sorted(path for path in root.glob("*") if _is_collection(path)) if root.is_dir() else []


def delete_collection(root: Path, name: str) -> int:
    """Deletes the collection and everything in it; gives how many files there were.

    Raises:
        DataError: there is no collection of that name; nothing else is ever deleted.
        OutputError: it cannot be deleted.
    """
    folder = collection_folder(root, name)
    if not _is_collection(folder):
        have = ", ".join(path.name for path in collections(root)) or "none"
        raise DataError(f"no collection {name} in {root}: there are {have}")
    count = sum(path.is_file() for path in folder.rglob("*"))
    with output_errors(folder):
        shutil.rmtree(folder)
    return count


def _is_collection(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink() and read_about(folder).get("schema") == SCHEMA


def _write_about(folder: Path, options: CollectOptions, consent: str) -> None:
    about: dict[str, Any] = {
        "schema": SCHEMA,
        "name": folder.name,
        "licence": LICENCE,
        "size_px": options.size_px,
        "colour": "rgb" if options.colour else "grey",
        "consent": consent,
        "consent_text": CONSENT,
        "agreed_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with output_errors(folder):
        folder.mkdir(parents=True, mode=0o700)  # no other user of this machine has access
        (folder / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def _save(path: Path, crop: NDArray[np.uint8]) -> None:
    bgr: Any = crop if crop.ndim == 2 else cv2.cvtColor(crop, cv2.COLOR_RGB2BGR)
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(".png", bgr)[1].tobytes())
