"""Made faces whose expression is in the mouth and the brows: data for tests that must learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.labels import FER2013, FERPLUS
from emoar.training.data.read import FaceDataset

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
    return FaceDataset(
        np.stack([draw(name, rng) for name in names]),
        np.array([FER2013.index(name) for name in names]),
        votes,
        rng.permutation(split),
    )


def write_csv(data: FaceDataset, folder: Path) -> Path:
    """Kaggle's two files: pixels and labels, and the FER+ votes beside them."""
    lines = ["emotion,pixels,Usage"]
    votes = ["Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"]
    for row in range(len(data)):
        pixels = " ".join(map(str, data.images[row].ravel().tolist()))
        lines.append(f"{data.fer2013[row]},{pixels},{data.split[row]}")
        votes.append(f"{data.split[row]},fer{row:07d}.png,{','.join(str(int(v)) for v in data.votes[row])}")
    (folder / "fer2013new.csv").write_text("\n".join(votes) + "\n")
    path = folder / "fer2013.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def farthest_statistics(network: Any, faces: np.ndarray) -> dict[str, float]:
    """By normalisation: how far the mean that it remembers is from that of what it sees, in standard deviations."""
    import torch

    far: dict[str, float] = {}

    def look(name: str, module: Any, inputs: Any) -> None:
        off = (module.running_mean - inputs[0].mean((0, 2, 3))) / inputs[0].std((0, 2, 3))
        far[name] = float(off.abs().max())

    for name, module in network.named_modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.register_forward_hook(lambda module, inputs, _, name=name: look(name, module, inputs))
    with torch.no_grad():
        network.eval()(torch.from_numpy(faces[:, None]).float())
    return far
