"""A capture session for personal data: prompts one expression after another and stores aligned crops, no full images.

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

__all__ = ["CollectOptions", "Collected", "FindsFaces", "Moment", "collect", "trouble_of"]


class FindsFaces(Protocol):
    """A live pipeline."""

    def __call__(self, frame: Frame) -> Scene: ...


@dataclass(frozen=True)
class CollectOptions:
    """Options of a session.

    Raises:
        InputError: a value is out of range, or a label cannot name a folder.
    """

    labels: tuple[str, ...]  # labels to prompt, in this order in every round
    rounds: int = 3  # at least 1; of several, the last is PublicTest, so it has no adjacent frames of Training
    per_round: int = 15  # crops of each label in each round, at least 1
    prepare_s: float = 3.0  # time from the prompt to the first crop
    every_s: float = 0.2  # shortest time between two crops: adjacent frames of a video are nearly identical
    patience_s: float = 30.0  # time after prepare_s at which a prompt ends, even with too few crops
    size_px: int = CROP_SIZE_PX  # side of the crops
    colour: bool = False  # RGB instead of grey

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
    """The state of a prompt after each frame, to show to the person."""

    label: str  # prompted label
    round: int  # from 1
    count: int  # crops of this prompt so far
    seconds_left: float  # until the first crop; 0 while crops are recorded
    trouble: str = ""  # why this frame is not usable, for people; empty where it is


@dataclass(frozen=True)
class Collected:
    """The result of a session."""

    folder: Path
    counts: dict[str, int]  # crops by label
    missing: tuple[str, ...]  # prompts with too few crops, one line each, for people
    complete: bool  # False after Ctrl-C or when the camera ended


def collect(
    frames: Iterable[Frame],
    pipeline: FindsFaces,
    folder: Path,
    options: CollectOptions,
    consent: str,
    tell: Callable[[Moment], None] = lambda _moment: None,
) -> Collected:
    """Runs a session and writes `split/label/…png`, which `read_folder` reads. Ctrl-C ends it early.

    Args:
        frames: frames of a live camera; their timestamps are the clock of the session.
        pipeline: a live pipeline, which finds the face.
        folder: the folder of the collection; must not exist.
        options: labels, times and crop format.
        consent: how the person agreed ("typed yes"); stored in `about.json`.
        tell: called after each frame.

    Raises:
        DataError: the folder exists.
        InputError: `consent` is empty.
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
    """The camera has no more frames."""


def _prompt(
    frames: Iterator[Frame],
    pipeline: FindsFaces,
    options: CollectOptions,
    start: Moment,
    tell: Callable[[Moment], None],
) -> Iterator[NDArray[np.uint8]]:
    """Yields the crops of one prompt until there are `per_round` or the time is over."""
    began: float | None = None
    last, count = -1e9, 0
    while count < options.per_round:
        frame = next(frames, None)
        if frame is None:
            raise _CameraEndedError
        began = frame.time_s if began is None else began
        since = frame.time_s - began
        scene = pipeline(frame)
        trouble = trouble_of(scene)
        if since >= options.prepare_s and not trouble and frame.time_s - last >= options.every_s:
            last, count = frame.time_s, count + 1
            yield align(frame.image, scene.faces[0].landmarks_px, options.size_px, colour=options.colour)
        tell(Moment(start.label, start.round, count, max(options.prepare_s - since, 0.0), trouble))
        if since > options.prepare_s + options.patience_s:
            return


def trouble_of(scene: Scene) -> str:
    """Why a frame cannot be recorded, for people; empty where it shows one usable face."""
    match list(scene.faces):
        case []:
            return "no face in the picture"
        case [face]:
            return ", ".join(face.quality.reasons)
        case _:
            return "more than one person in the picture"
