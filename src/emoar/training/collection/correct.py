"""Correction of live labels: a person gives the right label with a key, and the last crops are stored with it.

Consent, folder and crops are those of a capture session. A collection that exists gets more faces.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.labels import category
from emoar.perception.align import align
from emoar.training.collection.folder import create_collection, is_collection, save_crop
from emoar.training.collection.session import Collected, CollectOptions, FindsFaces, trouble_of
from emoar.types import Frame

__all__ = ["RIGHT", "Shown", "correct", "keys_of"]

RIGHT: Final = "="  # in place of a label: the shown one is right
_KEYS: Final = "123456789abcdefghijklmnopqrstuvwxyz"
_CROPS: Final = 5  # of a correction, the latest ones
_WITHIN_S: Final = 1.5  # older crops show another expression
_EVERY: Final = 4  # each fourth correction of a label is held back, with all of its crops


@dataclass(frozen=True)
class Shown:
    """The state after each frame, to show to the person."""

    label: str  # what the model recognises; empty without one usable face
    crops: int  # that the next key would store
    counts: dict[str, int]  # stored crops by label
    trouble: str = ""  # why this frame is not usable, for people


def keys_of(labels: tuple[str, ...]) -> dict[str, str]:
    """The key of each label; Enter and space are for the shown label."""
    return dict(zip(_KEYS, labels, strict=False)) | dict.fromkeys("\r\n ", RIGHT)


def correct(
    frames: Iterable[Frame],
    pipeline: FindsFaces,
    folder: Path,
    options: CollectOptions,
    consent: str,
    pressed: Callable[[Frame], Iterable[str]],
    tell: Callable[[Shown], None] = lambda _shown: None,
) -> Collected:
    """Stores crops with the labels that the person gives, until Ctrl-C or the end of the frames.

    Args:
        frames: frames of a live camera.
        pipeline: a live pipeline.
        folder: the folder of the collection, new or not.
        options: labels, format of the crops, and the shortest time between two of them.
        consent: how the person agreed ("typed yes").
        pressed: for each frame, the labels given since the last call, or `RIGHT`; other texts are ignored.
        tell: called after each frame.

    Raises:
        DataError: the folder exists and is no collection.
        InputError: `consent` is empty.
        OutputError: the folder cannot be written.
    """
    if not is_collection(folder):
        create_collection(folder, consent, size_px=options.size_px, colour=options.colour)
    counts = dict.fromkeys(options.labels, 0)
    recent: deque[tuple[float, NDArray[np.uint8]]] = deque(maxlen=_CROPS)
    last_s = -math.inf  # of a crop
    try:
        for frame in frames:
            scene = pipeline(frame)
            trouble = trouble_of(scene)
            while recent and frame.time_s - recent[0][0] > _WITHIN_S:
                recent.popleft()
            if not trouble and frame.time_s - last_s >= options.every_s:
                last_s, points = frame.time_s, scene.faces[0].landmarks_px
                recent.append((frame.time_s, align(frame.image, points, options.size_px, colour=options.colour)))
            shown = "" if trouble else scene.faces[0].expression.label
            for given in pressed(frame):
                label = _meant(given, shown, options.labels)
                if label is not None and recent:
                    _store(folder, label, [crop for _, crop in recent])
                    counts[label] += len(recent)
                    recent.clear()
            tell(Shown(shown, len(recent), dict(counts), trouble))
    except KeyboardInterrupt:
        pass
    return Collected(folder, counts, (), complete=True)


def _meant(given: str, shown: str, labels: tuple[str, ...]) -> str | None:
    """The label of the collection; None where there is none."""
    if given == RIGHT:
        return next((label for label in labels if shown and category(label) == category(shown)), None)
    return given if given in labels else None


def _store(folder: Path, label: str, crops: list[NDArray[np.uint8]]) -> None:
    """Writes the crops of one correction, all of the same split: adjacent frames are nearly the same."""
    stored = {path.name[:5] for split in ("Training", "PublicTest") for path in (folder / split / label).glob("c*.png")}
    number = len(stored)
    split = "PublicTest" if number % _EVERY == _EVERY - 1 else "Training"
    for index, crop in enumerate(crops):
        save_crop(folder / split / label / f"c{number:04d}-{index:02d}.png", crop)
