"""Copies: the same pixels, and nearly the same picture (stored anew, marked, moved a little, mirrored).

A perceptual hash proposes pairs; a correlation that may slide by a few pixels confirms them, of the whole picture or of
what a caption at its upper or lower edge leaves. On FER2013 the hash alone is nearly always wrong, since faces in one
framing resemble each other. The thresholds come from confirmed pairs of each range of correlation, seen by eye: of 48
pairs whose hashes differ by 13 to 16 bits 47 were one picture, and so were all pairs that only a part confirms.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.training.clean.findings import EXCLUDE, RELABEL, REVIEW, Finding
from emoar.training.clean.perceptual_hash import distance_bits, perceptual_hashes
from emoar.training.data.exact_copies import exact_copies
from emoar.training.data.face_dataset import SPLITS, FaceDataset
from emoar.training.data.resize import resized
from emoar.training.data.targets import NO_LABEL
from emoar.training.progress import NO_PROGRESS, Progress

__all__ = ["Copies", "copy_findings", "find_copies"]

CANDIDATE_BITS: Final = 16  # a face moved by 2 pixels is within them in 96 of 100 cases; with 12, in 80
SAME: Final = 0.90  # correlation from which a pair is one picture
SAME_MIRRORED: Final = 0.92
SAME_IN_PART: Final = 0.96  # of the upper or the lower part, for pictures that are somewhat alike as a whole
SOMEWHAT_ALIKE: Final = 0.75
PARTS: Final = (slice(0, 28), slice(12, 40))  # rows of the middle: without a caption below, or above
COMPARED_PX: Final = 48
SLIDE_PX: Final = 4  # each way
CHUNK: Final = 256


@dataclass(frozen=True, eq=False)
class Copies:
    """Pairs of N faces (positions, the lower first) that show one picture, and the groups that they make."""

    pairs: NDArray[np.int64]  # (P, 2)
    similarity: NDArray[np.float32]  # (P,), 1 where the pixels are the same
    groups: NDArray[np.int64]  # (N,) the lowest position of each face's group


def find_copies(
    images: NDArray[np.uint8],
    usable: NDArray[np.bool_] | None = None,
    progress: Progress = NO_PROGRESS,
) -> Copies:
    """Compares every image with every other, (N, S, S[, 3]); those that are not usable (blank) have no copies."""
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
    """One finding for each face that should go because another stays: of a split the first stays, and test splits do.

    Faces of Training are leakage when PublicTest or PrivateTest has the picture too, those of PublicTest when
    PrivateTest has it. Copies in one split whose labels differ are conflicts.
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
    """Copies within one split: all but the first are superfluous; with different labels, all are in conflict."""
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
    """The similarity of all pairs of a group; of a pair that only others connect, that of the weakest link at most."""
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
    """The best correlation, -1..1, of the middle of one picture with the other, sliding by up to `SLIDE_PX`."""
    middle = np.ascontiguousarray(first[SLIDE_PX:-SLIDE_PX, SLIDE_PX:-SLIDE_PX])
    return float(cv2.matchTemplate(np.ascontiguousarray(second), middle, cv2.TM_CCOEFF_NORMED).max())


def _correlation_in_part(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """As `_correlation`, of the upper or the lower part of the middle, whichever is more alike."""
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
    """(count,) the lowest position that each is connected with."""
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
