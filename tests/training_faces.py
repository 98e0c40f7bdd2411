"""Made faces whose expression is in the mouth and the brows: data for tests that must learn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.labels import FER2013, FERPLUS
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import IndexTargets, Targets, VoteTargets

REJECTIONS = ("unknown", "not_a_face")

# brow slope, mouth bend, mouth opening
DRAWN = {"happy": (0, 6, 0), "sad": (-3, -5, 0), "angry": (4, -2, 0), "surprise": (-2, 0, 6), "neutral": (0, 0, 0)}
FERPLUS_OF = {"happy": "happiness", "sad": "sadness", "angry": "anger", "surprise": "surprise", "neutral": "neutral"}


def draw(label: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One (48, 48) grey face, moved and shaded at random."""
    slope, bend, opening = DRAWN[label]
    skin, ink = rng.integers(120, 230), rng.integers(0, 60)
    face = np.full((48, 48), rng.integers(20, 100), np.uint8)
    x, y = (24 + rng.integers(-3, 4) for _ in range(2))
    cv2.ellipse(face, (int(x), int(y)), (18, 23), 0, 0, 360, int(skin), -1)
    for side in (-1, 1):
        cv2.circle(face, (int(x + 8 * side), int(y - 5)), 2, int(ink), -1)
        inner, outer = (int(x + 4 * side), int(y - 11 + slope)), (int(x + 12 * side), int(y - 11))
        cv2.line(face, inner, outer, int(ink), 1)
    if opening:
        cv2.ellipse(face, (int(x), int(y + 11)), (4, opening), 0, 0, 360, int(ink), -1)
    else:
        curve = [(x + t, y + 11 - bend * (t / 8) ** 2 + bend / 2) for t in range(-8, 9)]
        cv2.polylines(face, [np.int32(curve)], False, int(ink), 2)
    return np.clip(face + rng.normal(0, 12, face.shape), 0, 255).astype(np.uint8)


def face_dataset(
    images: NDArray[np.uint8],
    split: Sequence[str],
    *,
    fer2013: Sequence[int] | NDArray[np.int64] | None = None,
    votes: NDArray[np.float32] | None = None,
    custom: Sequence[int] | NDArray[np.int64] | None = None,
    classes: tuple[str, ...] = (),
    **rest: Any,
) -> FaceDataset:
    """A dataset with labels of FER2013, votes of FER+ (N, 10), or classes of its own."""
    targets: dict[str, Targets] = {}
    if fer2013 is not None:
        targets["fer2013"] = IndexTargets(FER2013, np.asarray(fer2013, np.int64))
    if votes is not None:
        targets["ferplus"] = VoteTargets(FERPLUS, REJECTIONS, votes)
    if custom is not None:
        targets["custom"] = IndexTargets(classes, np.asarray(custom, np.int64))
    return FaceDataset(images, targets, np.array(split), **rest)


def made_dataset(count: int, seed: int = 0) -> FaceDataset:
    """Balanced, 70 % Training, the rest in the two test splits; FER+ votes with some doubt."""
    rng = np.random.default_rng(seed)
    names = [list(DRAWN)[i % len(DRAWN)] for i in range(count)]
    votes = np.zeros((count, 10), np.float32)
    for row, name in enumerate(names):
        votes[row, FERPLUS.index(FERPLUS_OF[name])] = 8
        votes[row, 0] += 2
    split = np.where(
        np.arange(count) % 10 < 7, "Training", np.where(np.arange(count) % 10 == 7, "PublicTest", "PrivateTest")
    )
    # the label cycles with period 5, the split with period 10: shuffle so that they are independent
    return face_dataset(
        np.stack([draw(name, rng) for name in names]),
        rng.permutation(split),
        fer2013=[FER2013.index(name) for name in names],
        votes=votes,
    )


def votes_of(data: FaceDataset) -> NDArray[np.float32]:
    """(N, 10) the FER+ votes of a dataset that has them; changing them changes the dataset."""
    targets = data.targets["ferplus"]
    assert isinstance(targets, VoteTargets)
    return targets.votes


def index_of(data: FaceDataset, label_set: str) -> NDArray[np.int64]:
    """(N,) the labels of a set with one label a face; changing them changes the dataset."""
    targets = data.targets[label_set]
    assert isinstance(targets, IndexTargets)
    return targets.index


def write_csv(data: FaceDataset, folder: Path) -> Path:
    """Kaggle's two files: pixels and labels, and the FER+ votes beside them."""
    lines = ["emotion,pixels,Usage"]
    votes = ["Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"]
    truth = data.truth("fer2013")
    for row in range(len(data)):
        pixels = " ".join(map(str, data.images[row].ravel().tolist()))
        lines.append(f"{truth[row]},{pixels},{data.split[row]}")
        votes.append(f"{data.split[row]},fer{row:07d}.png,{','.join(str(int(v)) for v in votes_of(data)[row])}")
    (folder / "fer2013new.csv").write_text("\n".join(votes) + "\n")
    path = folder / "fer2013.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def farthest_statistics(network: Any, faces: np.ndarray) -> dict[str, float]:
    """By normalisation: how far the mean that it remembers is from that of what it sees, in standard deviations."""
    import torch

    far: dict[str, float] = {}

    def measure(name: str, module: Any, inputs: Any) -> None:
        off = (module.running_mean - inputs[0].mean((0, 2, 3))) / inputs[0].std((0, 2, 3))
        far[name] = float(off.abs().max())

    for name, module in network.named_modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.register_forward_hook(lambda module, inputs, _, name=name: measure(name, module, inputs))
    with torch.no_grad():
        network.eval()(torch.from_numpy(faces[:, None]).float())
    return far
