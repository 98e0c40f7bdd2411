"""Duplicates and near duplicates: re-encoded, watermarked, slightly shifted or mirrored copies of an image.

A perceptual hash proposes pairs. Normalised cross-correlation over shifts of a few pixels confirms them, on the full
image or on the part without a caption at its upper or lower edge. On FER2013, most pairs of the hash alone are wrong,
since faces in the same framing have similar hashes. The thresholds were set by inspection of confirmed pairs: of 48
pairs whose hashes differ by 13 to 16 bits, 47 were the same image, and so were all pairs that only a part confirms.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.progress import NO_PROGRESS, Progress
from emoar.training.clean.findings import EXCLUDE, RELABEL, REVIEW, Finding
from emoar.training.clean.perceptual_hash import distance_bits, perceptual_hashes
from emoar.training.data.exact_copies import exact_copies
from emoar.training.data.face_dataset import SPLITS, FaceDataset
from emoar.training.data.resize import resized
from emoar.training.data.targets import NO_LABEL

__all__ = ["Copies", "copy_findings", "find_copies"]

CANDIDATE_BITS: Final = 16  # largest hash distance; it includes 96 % of faces shifted by 2 px, and 12 bits 80 %
SAME: Final = 0.90  # smallest correlation of copies
SAME_MIRRORED: Final = 0.92  # smallest correlation of mirrored copies
SAME_IN_PART: Final = 0.96  # smallest correlation of the upper or lower part, if the full correlation is below `SAME`
SOMEWHAT_ALIKE: Final = 0.75  # smallest full correlation for a comparison of parts
PARTS: Final = (slice(0, 28), slice(12, 40))  # rows of the centre without a caption below, and above
COMPARED_PX: Final = 48  # side of the compared images
SLIDE_PX: Final = 4  # largest shift in each direction
CHUNK: Final = 256  # images per block of hash comparisons


@dataclass(frozen=True, eq=False)
class Copies:
    """Pairs of copies among N faces, and their connected groups."""

    pairs: NDArray[np.int64]  # (P, 2) positions, the lower first
    similarity: NDArray[np.float32]  # (P,) correlation; 1 where the pixels are identical
    groups: NDArray[np.int64]  # (N,) group of each face, named by its lowest position


def find_copies(
    images: NDArray[np.uint8],
    usable: NDArray[np.bool_] | None = None,
    progress: Progress = NO_PROGRESS,
) -> Copies:
    """Compares all pairs of images.

    Args:
        images: (N, S, S) grey or (N, S, S, 3) RGB.
        usable: (N,) images to compare, such as those that are not blank; None compares all.
        progress: advances with the images, in two passes.
    """
    usable = np.ones(len(images), np.bool_) if usable is None else usable
    found: dict[tuple[int, int], float] = {}
    for places in exact_copies(images):
        found |= {(places[0], place): 1.0 for place in places[1:] if usable[places[0]]}
    small = np.stack([resized(image, COMPARED_PX, colour=False) for image in images]) if len(images) else images
    hashes = perceptual_hashes(small)
    for turn, (other, threshold) in enumerate(((small, SAME), (small[:, :, ::-1], SAME_MIRRORED))):
        theirs = hashes if threshold == SAME else perceptual_hashes(other)
        for a, b in _candidates(hashes, theirs, usable):
            progress("copies", turn * len(images) + a, 2 * len(images))
            alike = _correlation(small[a], other[b])
            if SOMEWHAT_ALIKE <= alike < threshold:
                in_part = _correlation_in_part(small[a], other[b])
                alike = in_part if in_part >= SAME_IN_PART else alike
            if alike >= threshold:
                found[a, b] = max(found.get((a, b), 0.0), min(alike, 0.9999))
    progress("copies", 2 * len(images), 2 * len(images))
    pairs = np.array(sorted(found), np.int64).reshape(-1, 2)
    similarity = np.array([found[a, b] for a, b in pairs.tolist()], np.float32)
    return Copies(pairs, similarity, _groups(len(images), pairs))


def copy_findings(data: FaceDataset, copies: Copies, label_set: str) -> Iterator[Finding]:
    """Yields the findings leakage, duplicate, near_duplicate and conflict.

    Leakage is a face of Training with a copy in PublicTest or PrivateTest, or a face of PublicTest with a copy in
    PrivateTest. Within a split, every copy except the first is a duplicate, and copies with different labels are
    conflicts.

    Args:
        data: the faces.
        copies: their copies, from `find_copies`.
        label_set: label set for conflicts.
    """
    best: dict[tuple[int, int], float] = {}
    for (a, b), alike in zip(copies.pairs.tolist(), copies.similarity.tolist(), strict=True):
        best[a, b] = best[b, a] = alike
    members: defaultdict[int, list[int]] = defaultdict(list)
    for place in np.unique(copies.pairs).tolist():
        members[int(copies.groups[place])].append(place)
    truth = data.truth(label_set)
    labels = data.label_sets.get(label_set, ())
    order = [SPLITS.index(str(split)) for split in data.split]
    for group in members.values():
        alike = _likeness(group, best)
        for place in group:
            yield from _leakage(data, place, group, order, alike)
        for split in {order[place] for place in group}:
            yield from _within(data, [p for p in group if order[p] == split], alike, truth, labels)


def _leakage(
    data: FaceDataset, place: int, group: list[int], order: list[int], alike: dict[tuple[int, int], float]
) -> Iterator[Finding]:
    later = [other for other in group if order[other] > order[place]]
    if later:
        other = max(later, key=lambda p: alike[place, p])
        score = alike[place, other]
        yield Finding(
            "leakage",
            int(data.rows[place]),
            score,
            EXCLUDE,
            f"{'the same' if score == 1 else 'almost the same'} picture in {data.split[other]}",
            int(data.rows[other]),
        )


def _within(
    data: FaceDataset,
    group: Sequence[int],
    alike: dict[tuple[int, int], float],
    truth: NDArray[np.int64],
    labels: tuple[str, ...],
) -> Iterator[Finding]:
    """Findings of copies in one split: all except the first are duplicates; different labels are a conflict of all."""
    if len(group) < 2:
        return
    for index, place in enumerate(group[1:], start=1):
        other = max(group[:index], key=lambda p: alike[place, p])
        score = alike[place, other]
        name = "duplicate" if score == 1 else "near_duplicate"
        yield Finding(name, int(data.rows[place]), score, EXCLUDE, "", int(data.rows[other]))
    votes = Counter(int(truth[place]) for place in group if truth[place] != NO_LABEL)
    if len(votes) < 2:
        return
    (first, most), (_, second) = votes.most_common(2)
    words = ", ".join(f"{count} {labels[label]}" for label, count in votes.most_common())
    for place in group:
        decided = most > second and int(truth[place]) not in (NO_LABEL, first)
        suggestion = f"{RELABEL}{labels[first]}" if decided else REVIEW
        other = next(p for p in group if p != place)
        yield Finding("conflict", int(data.rows[place]), 1.0, suggestion, words, int(data.rows[other]))


def _likeness(group: list[int], best: dict[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """The similarity of all pairs of a group; for indirect pairs, that of the weakest link on the best path."""
    alike = {(a, b): best.get((a, b), 0.0) for a in group for b in group if a != b}
    for middle in group:
        for a in group:
            for b in group:
                if len({a, b, middle}) == 3:
                    alike[a, b] = max(alike[a, b], min(alike[a, middle], alike[middle, b]))
    return alike


def _candidates(
    ours: NDArray[np.uint64], theirs: NDArray[np.uint64], usable: NDArray[np.bool_]
) -> Iterator[tuple[int, int]]:
    for start in range(0, len(ours), CHUNK):
        near = distance_bits(ours[start : start + CHUNK, None], theirs[None, start:]) <= CANDIDATE_BITS
        for a, b in zip(*(index.tolist() for index in np.nonzero(near)), strict=True):
            if a < b and usable[start + a] and usable[start + b]:
                yield start + a, start + b


def _correlation(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """The highest correlation, -1..1, of the centre of `first` with `second` over shifts of up to `SLIDE_PX`."""
    middle = np.ascontiguousarray(first[SLIDE_PX:-SLIDE_PX, SLIDE_PX:-SLIDE_PX])
    return float(cv2.matchTemplate(np.ascontiguousarray(second), middle, cv2.TM_CCOEFF_NORMED).max())


def _correlation_in_part(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """As `_correlation`, but of the upper or the lower part of the centre, whichever has the higher correlation."""
    middle = first[SLIDE_PX:-SLIDE_PX, SLIDE_PX:-SLIDE_PX]
    return max(
        float(
            cv2.matchTemplate(
                np.ascontiguousarray(second[rows.start : rows.stop + 2 * SLIDE_PX]),
                np.ascontiguousarray(middle[rows]),
                cv2.TM_CCOEFF_NORMED,
            ).max()
        )
        for rows in PARTS
    )


def _groups(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """(count,) lowest position of the connected component of each face."""
    parent = list(range(count))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for a, b in pairs.tolist():
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return np.array([root(place) for place in range(count)], np.int64)
