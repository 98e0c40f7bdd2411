"""How far a probability moves when a face's crop changes by one grey level, or its landmarks by 0.2 px.

Needs labelled faces (docs/data.md). Noise of one grey level: a share of the crop's pixels, drawn at random, is one
level higher or lower. Noise of landmarks: each coordinate gets Gaussian noise, in a picture with a face of 240 px.
The change of a face is that of its probability, of all label sets, that moves furthest.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks._cores import confine
from benchmarks._table import Row, print_table
from emoar.models.expression import expression_model
from emoar.perception.align import align
from emoar.perception.ensemble import ExpressionEnsemble
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.read import read_dataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.faces.realign import as_picture, realign

SHARES: Final = (0.05, 0.2, 1.0)  # of the pixels
BAR_POINTS: Final = 2.0  # of the 99th percentile with the first of these shares
LANDMARK_PX: Final = 0.2
TURNS: Final = 15
Image = NDArray[np.uint8]


def main() -> None:
    """Prints a table for each model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=["emoar-s", "emoar-m"], help="names, or paths of .tflite")
    parser.add_argument("--data", type=Path, required=True, help="labelled faces with a split PublicTest")
    parser.add_argument("--faces", type=int, default=1000)
    arguments = parser.parse_args()
    where = confine(1)
    data = read_dataset(arguments.data).of_split("PublicTest")
    some = data.take(np.unique(np.linspace(0, len(data) - 1, arguments.faces).astype(np.int64)))
    rng = np.random.default_rng(0)
    pairs = {f"one level, {share:.0%} of the pixels": (some.images, noisy(some.images, share, rng)) for share in SHARES}
    pairs[f"landmarks, {LANDMARK_PX} px"] = crops_of_moved_landmarks(some.images, rng)
    ensembles = {name: ExpressionEnsemble(expression_model(name)) for name in arguments.models}
    times_ms = alternate(ensembles, some.images[:50])
    first = next(iter(times_ms.values()))
    for name, ensemble in ensembles.items():
        rows = accuracy_rows(ensemble, data)
        for what, (before, after) in pairs.items():
            rows += change_rows(what, changes(classify(ensemble, before), classify(ensemble, after)))
        rows.append(Row("time of a face, one thread", statistics.median(times_ms[name]), "ms"))
        ratios = [mine / other for mine, other in zip(times_ms[name], first, strict=True)]
        rows.append(Row(f"time over that of {arguments.models[0]}", statistics.median(ratios), ""))
        print_table(f"Steadiness of {name}, {len(some)} faces", rows, [where])


def noisy(images: Image, share: float, rng: np.random.Generator) -> Image:
    """(N, H, W) crops in which that share of the pixels is one grey level higher or lower."""
    change = rng.choice([-1, 1], images.shape) * (rng.random(images.shape) < share)
    return np.clip(images + change, 0, 255).astype(np.uint8)


def crops_of_moved_landmarks(images: Image, rng: np.random.Generator) -> tuple[Image, Image]:
    """The aligned crops of the faces that have a mesh, with their landmarks as they are and with noise."""
    faces = realign(images)
    crops: list[tuple[Image, Image]] = []
    for image, points in zip(images[faces.found], faces.landmarks_px[faces.found], strict=True):
        picture, left, top = as_picture(image)
        here: NDArray[np.float32] = points + np.array([left, top, 0], np.float32)
        moved = np.asarray(here + rng.normal(0, LANDMARK_PX, here.shape), np.float32)
        crops.append((align(picture, here), align(picture, moved)))
    before, after = zip(*crops, strict=True)
    return np.stack(before), np.stack(after)


def classify(ensemble: ExpressionEnsemble, crops: Image) -> dict[str, NDArray[np.float32]]:
    """(N, labels) probabilities by label set."""
    each = [ensemble.classify_crop(crop) for crop in crops]
    return {name: np.stack([one[name] for one in each]) for name in each[0]}


def changes(before: dict[str, NDArray[np.float32]], after: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """(N,) the largest change of a probability of each face."""
    return np.max([np.abs(before[name] - after[name]).max(axis=1) for name in before], axis=0)


def change_rows(what: str, values: NDArray[np.float32]) -> list[Row]:
    """Percentiles and maximum, in points of a hundred."""
    bar = BAR_POINTS if what.startswith(f"one level, {SHARES[0]:.0%}") else None
    median, high, highest = (100 * float(np.percentile(values, q)) for q in (50, 95, 99))
    note = f"median {median:.2f}, 95 %: {high:.2f}, largest {100 * float(values.max()):.2f}"
    return [Row(f"{what}: 99 %", highest, "points", at_most=bar, note=note)]


def accuracy_rows(ensemble: ExpressionEnsemble, data: FaceDataset) -> list[Row]:
    """Top-1 and balanced accuracy by label set, on all faces."""
    rows: list[Row] = []
    for name, probabilities in classify(ensemble, data.images).items():
        truth = data.truth(name)
        hits, known = probabilities.argmax(axis=1) == truth, truth != NO_LABEL
        recalls = [float(hits[truth == label].mean()) for label in np.unique(truth[known])]
        note = f"balanced {100 * float(np.mean(recalls)):.2f} %"
        rows.append(Row(f"{name}, top-1", 100 * float(hits[known].mean()), "%", note=note))
    return rows


def alternate(ensembles: dict[str, ExpressionEnsemble], crops: Image) -> dict[str, list[float]]:
    """Milliseconds a face in each turn, the models by turns."""
    times_ms: dict[str, list[float]] = {name: [] for name in ensembles}
    for _ in range(TURNS):
        for name, ensemble in ensembles.items():
            ensemble.classify_crop(crops[0])  # the others have displaced its weights from the caches
            started = time.perf_counter()
            for crop in crops:
                ensemble.classify_crop(crop)
            times_ms[name].append(1e3 * (time.perf_counter() - started) / len(crops))
    return times_ms


if __name__ == "__main__":
    main()
