"""A capture session for personal data: prompts one expression after the other and stores aligned crops, not pictures.

Nothing is captured without consent, nothing leaves the machine, and `delete_collection` deletes all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.perception.align import align
from emoar.training.collection.folder import NAME_PATTERN, create_collection, save_crop
from emoar.training.data.face_dataset import CROP_SIZE_PX
from emoar.types import Frame, Scene

__all__ = ["CollectOptions", "Collected", "Moment", "collect"]


class FindsFaces(Protocol):
    """A live pipeline."""

    def __call__(self, frame: Frame) -> Scene: ...


@dataclass(frozen=True)
class CollectOptions:
    """Options of a session."""

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
            if not NAME_PATTERN.fullmatch(label):
                raise InputError(f"a label becomes a folder: letters, digits, - and _ only, got {label!r}")
        if self.rounds < 1 or self.per_round < 1:
            raise InputError(f"rounds and crops must be at least 1, got {self.rounds} and {self.per_round}")
        if min(self.prepare_s, self.every_s) < 0 or self.patience_s <= 0:
            raise InputError("times must not be negative, and patience more than 0")


@dataclass(frozen=True)
class Moment:
    """State of a prompt after each picture, to be shown to the person."""

    label: str
    round: int  # from 1
    count: int  # crops of this prompt
    seconds_left: float  # until the first crop; 0 while crops are recorded
    trouble: str = ""  # why this picture gave no crop, for people


@dataclass(frozen=True)
class Collected:
    """Result of a session."""

    folder: Path
    counts: dict[str, int]  # crops by label
    missing: tuple[str, ...]  # prompts that got fewer crops than wanted, for people
    complete: bool  # False after Ctrl-C or when the camera ended


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
        options: the prompts, their times and the crops.
        consent: how the person agreed, kept beside the crops ("typed yes").
        tell: called after each picture.

    Raises:
        DataError: there is a collection of that name.
        InputError: no consent.
        OutputError: the folder cannot be written.
    """
    create_collection(folder, consent, size_px=options.size_px, colour=options.colour)
    counts = dict.fromkeys(options.labels, 0)
    missing: list[str] = []
    complete, stream = False, iter(frames)
    try:
        for turn in range(1, options.rounds + 1):
            split = "PublicTest" if turn == options.rounds > 1 else "Training"
            for label in options.labels:
                target, count = folder / split / label, 0
                for crop in _prompt(stream, pipeline, options, Moment(label, turn, 0, options.prepare_s), tell):
                    save_crop(target / f"{turn:02d}-{count:04d}.png", crop)
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
