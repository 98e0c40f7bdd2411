"""Findings that need one face only: blank, not_a_face, no_face, profile and ambiguous."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.perception.pose import PoseFitter
from emoar.perception.quality import apparent_yaw_deg
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.clean.findings import EXCLUDE, REVIEW, Finding
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.faces.landmarks import UPSCALE, CropLandmarks

__all__ = ["ambiguous", "blank", "is_blank", "no_face", "not_a_face", "profile", "vote_entropy"]

BLANK_DEVIATION: Final = 8.0  # standard deviation in grey levels; the lowest of real faces in FER2013 is about 10
NOT_A_FACE: Final = "not_a_face"  # name of the rejection
PROFILE_YAW_DEG: Final = 45.0  # yaw of visible profiles as the mesh measures it on small crops, where it is too low
AMBIGUOUS_ENTROPY: Final = 0.55  # share of the largest possible entropy; the median of FER2013 is 0.3
CROP_PICTURE_PX: Final = 640  # side of the assumed camera image, with the crop in its centre, for the pose fitter


def is_blank(images: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(N,) whether the standard deviation of an image is below `BLANK_DEVIATION` grey levels."""
    return _deviation(images) < BLANK_DEVIATION


def blank(data: FaceDataset) -> Iterator[Finding]:
    """Yields a finding for each blank image."""
    for row, deviation in zip(data.rows.tolist(), _deviation(data.images).tolist(), strict=True):
        if deviation < BLANK_DEVIATION:
            yield Finding("blank", row, 1 - deviation / BLANK_DEVIATION, EXCLUDE, f"deviation {deviation:.1f} of 255")


def not_a_face(data: FaceDataset) -> Iterator[Finding]:
    """Yields a finding for each face where no label has more votes than not_a_face."""
    for targets in data.voted.values():
        if NOT_A_FACE not in targets.rejections:
            continue
        column, votes = targets.columns.index(NOT_A_FACE), targets.votes
        total = votes.sum(axis=1)
        wins = (votes[:, column] == votes.max(axis=1)) & (total > 0)
        for place in np.flatnonzero(wins).tolist():
            share = float(votes[place, column] / total[place])
            yield Finding("not_a_face", int(data.rows[place]), share, EXCLUDE, f"{share:.0%} of the votes")


def no_face(data: FaceDataset, mesh: CropLandmarks) -> Iterator[Finding]:
    """Yields a finding for each crop without a mesh, to review: the mesh can fail on tight or occluded crops."""
    for place in np.flatnonzero(~mesh.found).tolist():
        presence = float(mesh.presence[place])
        yield Finding("no_face", int(data.rows[place]), 1 - presence, REVIEW, f"mesh presence {presence:.2f}")


def profile(data: FaceDataset, mesh: CropLandmarks, progress: Progress = NO_PROGRESS) -> Iterator[Finding]:
    """Yields a finding for each face whose mesh has an absolute yaw of more than `PROFILE_YAW_DEG`."""
    fitter = PoseFitter()
    factor = UPSCALE * 48 / data.size_px
    corner = np.array([1, 1, 0], np.float32) * ((CROP_PICTURE_PX - factor * data.size_px) / 2)
    for place in np.flatnonzero(mesh.found).tolist():
        points = mesh.landmarks_px[place] * np.float32(factor) + corner
        progress("head poses", place + 1, len(data))
        yaw = apparent_yaw_deg(fitter.fit(points, CROP_PICTURE_PX, CROP_PICTURE_PX))
        if abs(yaw) > PROFILE_YAW_DEG:
            yield Finding("profile", int(data.rows[place]), min(abs(yaw) / 90, 1.0), REVIEW, f"yaw {yaw:+.0f} degrees")


def vote_entropy(votes: NDArray[np.float32]) -> NDArray[np.float64]:
    """(N,) entropy of (N, C) votes divided by the largest possible entropy, 0..1; 0 without votes."""
    shares = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return np.maximum(-(shares * logs).sum(axis=1) / np.log(votes.shape[1]), 0.0).astype(np.float64)


def ambiguous(data: FaceDataset) -> Iterator[Finding]:
    """Yields a finding for each face whose vote entropy is above `AMBIGUOUS_ENTROPY`.

    Such faces are usable with soft targets but not with a single label.
    """
    for targets in data.voted.values():
        entropy = vote_entropy(targets.votes)
        for place in np.flatnonzero(entropy > AMBIGUOUS_ENTROPY).tolist():
            votes = targets.votes[place]
            counts = [f"{votes[i]:g} {targets.columns[i]}" for i in np.argsort(-votes, kind="stable") if votes[i]]
            yield Finding("ambiguous", int(data.rows[place]), float(entropy[place]), REVIEW, ", ".join(counts))


def _deviation(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    return images.reshape(len(images), -1).std(axis=1) if len(images) else np.zeros(0)
