"""Writes src/emoar/training/clean/watermark.tflite: does text lie over a 48x48 face?

    python scripts/train_watermark_detector.py ../shared/data/fer2013.parquet

Nobody labelled FER2013's watermarks, so the network learns from text that is laid over its Training faces here: words
and logos of picture agencies and random letters, cut off, turned, transparent, light, dark or embossed. Some of the
plain faces bear real watermarks: after a first round, those that it is surest of no longer count as plain.
"""

from __future__ import annotations

import string
import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor, nn

from emoar.training.data.read import read_dataset

OUTPUT = Path(__file__).parent.parent / "src" / "emoar" / "training" / "clean" / "watermark.tflite"
FONTS = sorted(Path("/usr/share/fonts").rglob("DejaVu*.ttf"))
WORDS = (
    *("shutterstock", "shutterstock", "shutterstock", "shutterstock", "iStockphoto", "iStock", "gettyimages", "Getty"),
    *("dreamstime", "depositphotos", "fotolia", "123RF", "alamy", "bigstock", "Corbis", "masterfile", "stockphoto"),
    *("SuperStock", "Jupiterimages", "veer", "canstock", "photoshelter", "www.", ".com", "©"),
)
SUPERSAMPLE, SIDE = 4, 48
MASKS = 6000
BATCH = 64
PER_EPOCH = 16_000  # faces, drawn anew each time
ROUNDS = (5, 20)  # epochs of the first round and of the second
DOUBTED = 0.04  # share of the plain faces that the second round does without


class Detector(nn.Module):
    """(N, 1, 48, 48) grey 0..255 -> (N, 1) probability."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after, stride in ((1, 8, 1), (8, 12, 2), (12, 16, 1), (16, 24, 2), (24, 24, 1)):
            layers += [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        self.body, self.head = nn.Sequential(*layers), nn.Linear(48, 1)

    def logits(self, images: Tensor) -> Tensor:
        features = self.body(images / 128 - 1)
        return self.head(torch.cat([features.amax((2, 3)), features.mean((2, 3))], 1))

    def forward(self, images: Tensor) -> Tensor:
        return torch.sigmoid(self.logits(images))


def text_mask(rng: Generator) -> NDArray[np.float32]:
    """(48, 48) 0..1, where the ink of some text is."""
    side = SUPERSAMPLE * SIDE
    word = str(rng.choice(WORDS))
    if rng.random() < 0.35:
        word = "".join(rng.choice(list(string.ascii_letters + string.digits + "  "), int(rng.integers(5, 16))))
    if rng.random() < 0.2:
        word = word.upper()
    height = int(rng.integers(18, 60) if rng.random() < 0.75 else rng.integers(12, 18))
    font = ImageFont.truetype(str(rng.choice([str(f) for f in FONTS])), height)
    canvas = Image.new("L", (2 * side, 2 * side), 0)
    draw = ImageDraw.Draw(canvas)
    left, top, right, bottom = draw.textbbox((0, 0), word, font=font)
    x = side + rng.uniform(-0.5, 0.5) * side - (right - left) * rng.uniform(0.2, 0.8)
    y = side + rng.uniform(-0.45, 0.45) * side - (bottom - top) / 2
    draw.text((x, y), word, fill=255, font=font)
    if rng.random() < 0.2:  # the ring of a logo
        r, cx = height * rng.uniform(0.5, 1.2), x - height
        draw.ellipse((cx - r, y, cx + r, y + 2 * r), outline=255, width=int(rng.integers(4, 9)))
    turned = canvas
    if rng.random() < 0.25:
        turned = canvas.rotate(
            float(rng.choice([-45, -30, -15, 15, 30, 45])) + rng.normal(0, 4), Image.Resampling.BILINEAR
        )
    middle = np.asarray(turned)[side // 2 : side // 2 + side, side // 2 : side // 2 + side]
    return cv2.resize(middle, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def marked(image: NDArray[np.float32], mask: NDArray[np.float32], rng: Generator) -> NDArray[np.float32]:
    """The image with the text over it: white, black, grey, or embossed; visible, but often barely."""
    strength = rng.uniform(0.3, 0.95)
    if rng.random() < 0.25:
        edge = mask - np.roll(mask, (1, 1), (0, 1))
        return np.clip(image + strength * 110 * edge, 0, 255)
    ink = float(rng.choice([255, 255, 255, 0, 200, 90])) + rng.normal(0, 8)
    for alpha in (strength, 0.6, 0.9):
        changed = image * (1 - alpha * mask) + ink * alpha * mask
        if np.abs(changed - image).sum() / max(float(mask.sum()), 1.0) > 18:
            return np.clip(changed, 0, 255)
    return np.clip(image * (1 - 0.9 * mask) + (0 if ink > 128 else 255) * 0.9 * mask, 0, 255)


def stored(image: NDArray[np.float32], rng: Generator) -> NDArray[np.uint8]:
    """As agencies' previews are: sometimes squeezed by JPEG, light and contrast at random."""
    light = np.clip((image - 128) * rng.uniform(0.7, 1.15) + 128 + rng.normal(0, 12), 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        data = cv2.imencode(".jpg", light, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 96))])[1]
        light = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return light


def batches(images: NDArray[np.uint8], masks: list[NDArray[np.float32]], rng: Generator, size: int = BATCH):
    """Half with text, half without, in random order."""
    order = rng.permutation(len(images))[:PER_EPOCH]
    for start in range(0, len(order) - size + 1, size):
        chosen = images[order[start : start + size]].astype(np.float32)
        labels = rng.random(size) < 0.5
        made = [
            stored(marked(image, masks[int(rng.integers(len(masks)))], rng) if label else image, rng)
            for image, label in zip(chosen, labels, strict=True)
        ]
        yield torch.from_numpy(np.stack(made)[:, None].astype(np.float32)), torch.from_numpy(labels.astype(np.float32))


def train(images: NDArray[np.uint8], masks: list[NDArray[np.float32]], epochs: int, rng: Generator) -> Detector:
    net = Detector()
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-3)
    steps = epochs * (min(len(images), PER_EPOCH) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=steps)
    for epoch in range(epochs):
        losses, right = [], 0.0
        for faces, labels in batches(images, masks, rng):
            logits = net.logits(faces)[:, 0]
            loss = nn.functional.binary_cross_entropy_with_logits(logits, 0.96 * labels + 0.02)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            right += float(((logits > 0) == (labels > 0.5)).float().mean())
        print(f"epoch {epoch + 1}/{epochs}: loss {np.mean(losses):.4f}, right {right / len(losses):.2%}", flush=True)
    return net.eval()


@torch.no_grad()
def scores(net: Detector, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    parts = np.array_split(images, max(1, len(images) // 500))
    return np.concatenate([net(torch.from_numpy(p[:, None].astype(np.float32)))[:, 0].numpy() for p in parts])


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    images = read_dataset(Path(sys.argv[1])).of_split("Training").images
    masks = [mask for mask in (text_mask(rng) for _ in range(MASKS)) if mask.sum() > 15]
    first = train(images, masks, ROUNDS[0], rng)
    doubt = scores(first, images)
    plain = images[doubt < np.quantile(doubt, 1 - DOUBTED)]
    net = train(plain, masks, ROUNDS[1], rng)
    import litert_torch

    litert_torch.convert(net, (torch.zeros(1, 1, SIDE, SIDE),)).export(str(OUTPUT))
    print(f"{OUTPUT}: {OUTPUT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
