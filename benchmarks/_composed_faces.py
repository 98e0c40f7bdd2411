"""Labelled faces as parts of pictures, read by the whole pipeline: other exposures, sizes and angles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks._markdown import table
from emoar.labels import FERPLUS, UNSURE, category
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.report.text import percent
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.metrics import balanced_accuracy_of, confusion_of
from emoar.training.faces.realign import as_picture
from emoar.types import Frame

__all__ = ["Read", "angles", "exposures", "read_pictures", "rotations", "sizes"]

Image = NDArray[np.uint8]
Change = Callable[[Image], Image]
EXPOSURES: Final = (2.0, 1.5, 1.0, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32)
CROPS_PX: Final = (240, 120, 80, 60, 48, 40, 32, 24, 20)
ROTATIONS_DEG: Final = (0, 15, 30, 45, 60, 90, 180)
YAWS_DEG: Final = (0, 10, 20, 30, 40, 50, 90)
_PICTURE_PX: Final = (480, 640)
_GREY: Final = 128
_HEADINGS: Final = ("found", "read", "right of those read", "balanced", "unsure", "right of all")


@dataclass(frozen=True, eq=False)
class Read:
    """What the pipeline reads in N pictures of one face each."""

    found: NDArray[np.bool_]  # (N,)
    usable: NDArray[np.bool_]  # (N,) found, with no reason against classifying it
    label: NDArray[np.int64]  # (N,) index of FER+, or -1 for `unsure` and for faces that are not read
    yaw_deg: NDArray[np.float64]  # (N,) NaN where no face is found
    width_px: NDArray[np.float64]  # (N,) of the box around the landmarks; NaN where no face is found

    def of(self, which: NDArray[np.bool_]) -> Read:
        """The pictures where `which` (N,) is true."""
        return Read(*(values[which] for values in vars(self).values()))


def read_pictures(pipeline: Pipeline, pictures: Sequence[Image]) -> Read:
    """Reads (H, W, 3) RGB pictures independently of one another; the largest face of each counts."""
    rows: list[tuple[bool, bool, int, float, float]] = []
    for picture in pictures:
        pipeline.reset()
        faces = pipeline(Frame(picture, time_s=0.0)).faces
        if not faces:
            rows.append((False, False, NO_LABEL, np.nan, np.nan))
            continue
        face = max(faces, key=lambda each: float(each.box_xyxy_px[2] - each.box_xyxy_px[0]))
        label = category(face.expression.label)
        index = FERPLUS.index(label) if label != UNSURE else NO_LABEL
        width = float(face.box_xyxy_px[2] - face.box_xyxy_px[0])
        rows.append((True, face.quality.usable, index, face.quality.yaw_deg, width))
    found, usable, labels, yaw, width = zip(*rows, strict=True)
    return Read(np.array(found), np.array(usable), np.array(labels), np.array(yaw), np.array(width))


def exposures(model: str, faces: FaceDataset) -> str:
    """The table of exposures: grey levels multiplied, rounded and limited to 255, before anything else."""

    def under(gain: float) -> Change:
        return lambda crop: np.rint(np.clip(as_picture(crop)[0] * np.float32(gain), 0, 255)).astype(np.uint8)

    with Pipeline(PipelineOptions(model=model, max_faces=1)) as pipeline:
        rows = [(f"x {gain:.3g}", *_row(pipeline, faces, under(gain))) for gain in EXPOSURES]
    return table(("grey levels", *_HEADINGS), rows)


def sizes(model: str, faces: FaceDataset) -> str:
    """The table of sizes: the crop reduced or enlarged, in a grey picture of 640 x 480, read in photo mode."""

    def in_picture(side_px: int) -> Change:
        def compose(crop: Image) -> Image:
            method = cv2.INTER_AREA if side_px < crop.shape[0] else cv2.INTER_CUBIC
            small = cv2.resize(crop, (side_px, side_px), interpolation=method)
            picture = np.full((*_PICTURE_PX, 3), _GREY, np.uint8)
            top, left = (_PICTURE_PX[0] - side_px) // 2, (_PICTURE_PX[1] - side_px) // 2
            picture[top : top + side_px, left : left + side_px] = small[..., None] if small.ndim == 2 else small
            return picture

        return compose

    rows: list[tuple[str, ...]] = []
    with Pipeline(PipelineOptions(mode="photo", model=model)) as pipeline:
        for side_px in CROPS_PX:
            read = read_pictures(pipeline, list(map(in_picture(side_px), faces.images)))
            width = f"{np.nanmedian(read.width_px):.0f} px" if read.found.any() else "-"
            rows.append((f"{side_px} px", width, *_figures(read, faces.truth("ferplus"))))
    return table(("crop", "median face", *_HEADINGS), rows)


def rotations(model: str, faces: FaceDataset) -> str:
    """The table of rotations of the picture around the face."""

    def rotated(angle_deg: float) -> Change:
        def turn(crop: Image) -> Image:
            height, width = _PICTURE_PX
            matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle_deg, 1.0)
            picture = cv2.warpAffine(as_picture(crop)[0], matrix, (width, height), borderValue=(_GREY,) * 3)
            return picture.astype(np.uint8, copy=False)

        return turn

    with Pipeline(PipelineOptions(model=model, max_faces=1)) as pipeline:
        rows = [(f"{angle}°", *_row(pipeline, faces, rotated(angle))) for angle in ROTATIONS_DEG]
    return table(("rotated by", *_HEADINGS), rows)


def angles(model: str, faces: FaceDataset) -> str:
    """The table of head yaw, by the pose that the pipeline measures."""
    with Pipeline(PipelineOptions(model=model, max_faces=1)) as pipeline:
        read = read_pictures(pipeline, [as_picture(crop)[0] for crop in faces.images])
    truth, rows = faces.truth("ferplus"), []
    for low, high in pairwise(YAWS_DEG):
        with np.errstate(invalid="ignore"):
            inside = (np.abs(read.yaw_deg) >= low) & (np.abs(read.yaw_deg) < high)
        figures = _figures(read.of(inside), truth[inside])
        rows.append((f"{low} to {high}°", str(int(inside.sum())), *figures[1:]))
    rows.append(("not found", str(int((~read.found).sum())), *["-"] * (len(_HEADINGS) - 1)))
    return table(("yaw", "faces", *_HEADINGS[1:]), rows)


def _row(pipeline: Pipeline, faces: FaceDataset, change: Change) -> tuple[str, ...]:
    return _figures(read_pictures(pipeline, list(map(change, faces.images))), faces.truth("ferplus"))


def _figures(read: Read, truth: NDArray[np.int64]) -> tuple[str, ...]:
    """The cells below `_HEADINGS`, of the faces with a label."""
    known = truth != NO_LABEL
    read, truth = read.of(known), truth[known]
    labelled = read.label != NO_LABEL
    right = labelled & (read.label == truth)
    confusion = confusion_of(truth[labelled], read.label[labelled], len(FERPLUS))
    unsure = read.usable & ~labelled
    return tuple(
        map(
            percent,
            (
                _share(read.found.sum(), len(truth)),
                _share(read.usable.sum(), len(truth)),
                _share(right.sum(), labelled.sum()),
                float(balanced_accuracy_of(confusion)),
                _share(unsure.sum(), read.usable.sum()),
                _share(right.sum(), len(truth)),
            ),
        )
    )


def _share(part: int, whole: int) -> float:
    return float(part / whole) if whole else float("nan")
