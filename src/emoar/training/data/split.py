"""Stratified, reproducible splits by ratio."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.training.data.face_dataset import SPLITS, FaceDataset

__all__ = ["divide", "divide_data", "parse_ratio"]


def parse_ratio(text: str) -> tuple[float, float, float]:
    """Parses `80/10/10` to the shares of Training, PublicTest and PrivateTest, which sum to 1; `80/20` has two splits.

    Raises:
        InputError: the text is not two or three numbers of at least 0, or the first is 0.
    """
    try:
        parts = [float(part) for part in text.split("/")]
    except ValueError:
        parts = []
    if len(parts) not in (2, 3) or not all(0 <= part < 1e6 for part in parts) or parts[0] <= 0:
        raise InputError(f"a split looks like 80/10/10 (Training/PublicTest/PrivateTest), got {text!r}")
    first, second, third = (*parts, 0.0)[:3]
    total = first + second + third
    return first / total, second / total, third / total


def divide(
    classes: Sequence[str], groups: Sequence[str], ratio: tuple[float, float, float], seed: int = 0
) -> NDArray[np.str_]:
    """(N,) split of each face, stratified by class.

    Args:
        classes: (N,) class of each face.
        groups: (N,) group of each face; faces of one group (such as one photo) go to the same split.
        ratio: shares of the three splits, which sum to 1.
        seed: seed of the shuffle.
    """
    first = dict(zip(reversed(groups), reversed(classes), strict=True))
    by_class: dict[str, list[str]] = {}
    for group in sorted(first):
        by_class.setdefault(first[group], []).append(group)
    rng = np.random.default_rng(seed)
    split_of: dict[str, str] = {}
    for name in sorted(by_class):
        members = rng.permutation(np.array(by_class[name], dtype=np.str_))
        ends = np.round(np.cumsum(ratio) * len(members)).astype(int)
        for index, group in enumerate(members.tolist()):
            split_of[group] = SPLITS[int(np.searchsorted(ends, index, side="right"))]
    return np.array([split_of[group] for group in groups])


def divide_data(data: FaceDataset, ratio: tuple[float, float, float], seed: int = 0) -> FaceDataset:
    """The data with new splits, stratified by label; identical images go to the same split. Arguments as `divide`."""
    names = ["/".join(str(data.truth(s)[i]) for s in data.label_sets) for i in range(len(data))]
    groups = [hashlib.sha256(image.tobytes()).hexdigest() for image in data.images]
    return replace(data, split=divide(names, groups, ratio, seed))
