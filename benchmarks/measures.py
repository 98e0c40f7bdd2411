"""How well the measures of faces agree with MediaPipe's blendshapes, on faces that the network was not trained on.

Needs labelled faces (docs/data.md), MediaPipe (installed in an environment apart) and its bundle face_landmarker.task.
Prints the correlation of each blendshape with the measure of that name as it is in scenes, relative to the mean face at
rest, and with the best length on the mesh; then by how far the head is turned; the time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks._cores import confine
from benchmarks._environments import MEDIAPIPE, mediapipe_bundle, mediapipe_python
from benchmarks._table import Row, print_table
from emoar.labels import MEASURES
from emoar.perception.measures import MeasureNetwork, lengths, relative
from emoar.perception.pose import PoseFitter
from emoar.perception.quality import apparent_yaw_deg
from emoar.training.data.read import read_dataset
from emoar.training.faces.landmarks import UPSCALE, crop_landmarks

BAR: Final = 0.6
MARGIN_PX: Final = 48  # around an enlarged crop, which repeats its edge: MediaPipe's detector needs it
MOVES: Final = 0.02  # standard deviation of a blendshape that moves at all
YAWS_DEG: Final = (0, 10, 20, 30, 40, 55)
Floats = NDArray[np.float32]


def main() -> int:
    """Prints the tables; 1 where MediaPipe or its bundle is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="labelled faces")
    parser.add_argument("--split", default="PrivateTest")
    parser.add_argument("--faces", type=int, default=10_000, help="at most")
    parser.add_argument("--bundle", type=Path, help="face_landmarker.task, if it is not in ../shared/models")
    arguments = parser.parse_args()
    python, bundle = mediapipe_python(), arguments.bundle or mediapipe_bundle()
    if python is None or bundle is None:
        return 1
    where = confine(1)
    images = read_dataset(arguments.data).of_split(arguments.split).images[: arguments.faces]
    theirs = blendshapes(python, bundle, images)
    mesh = crop_landmarks(images)
    both = [index for index, values in enumerate(theirs) if values and mesh.found[index]]
    points = mesh.landmarks_px[both]
    truth = {name: np.array([values[name] for i in both if (values := theirs[i])], np.float32) for name in MEASURES}
    poses = [PoseFitter().fit(face, images.shape[2], images.shape[1]) for face in points]
    network = MeasureNetwork.shipped()
    started = time.perf_counter()
    values = np.stack([relative(network(face), network.rest) for face in points])
    cost_ms = 1e3 * (time.perf_counter() - started) / len(points)
    ours = dict(zip(network.names, values.T, strict=True))
    geometry = {key: np.array(column, np.float32) for key, column in columns(points, poses).items()}
    rows = [agreement_row(name, truth[name], ours[name], geometry) for name in MEASURES]
    about = [where, f"{MEDIAPIPE}; {len(both)} of {len(images)} faces of {arguments.split}, where both find a mesh"]
    print_table(
        "Measures and MediaPipe's blendshapes", [*rows, Row("time of a face", cost_ms, "ms", at_most=0.3)], about
    )
    yaws = np.abs([apparent_yaw_deg(pose) for pose in poses])
    print_table("The same by yaw of the head", [*yaw_rows(truth, ours, yaws)], about)
    return 0


def blendshapes(python: Path, bundle: Path, images: NDArray[np.uint8]) -> list[Mapping[str, float] | None]:
    """MediaPipe's own values of (N, S, S) grey crops."""
    pictures = [enlarged(image) for image in images]
    height, width = pictures[0].shape[:2]
    request = {"bundle": str(bundle), "count": len(pictures), "height": height, "width": width}
    command = [str(python), str(Path(__file__).with_name("_mediapipe_blendshapes.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        give = process.stdin

        def feed() -> None:
            give.write(json.dumps(request).encode() + b"\n")
            for picture in pictures:
                give.write(picture.tobytes())
            give.flush()

        threading.Thread(target=feed, daemon=True).start()
        return [json.loads(process.stdout.readline()) for _ in pictures]


def enlarged(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The crop as an RGB picture with a margin."""
    large = cv2.resize(image, None, fx=UPSCALE, fy=UPSCALE, interpolation=cv2.INTER_CUBIC)
    framed = cv2.copyMakeBorder(large, *[MARGIN_PX] * 4, cv2.BORDER_REPLICATE)
    return cv2.cvtColor(framed, cv2.COLOR_GRAY2RGB).astype(np.uint8)


def columns(points: Floats, poses: list[Floats]) -> dict[str, list[float]]:
    """Each length of `LENGTHS`, face by face."""
    rows = [lengths(face, pose) for face, pose in zip(points, poses, strict=True)]
    return {name: [row[name] for row in rows] for name in rows[0]}


def agreement_row(name: str, truth: Floats, ours: Floats, geometry: Mapping[str, Floats]) -> Row:
    """One blendshape: the network's correlation, and that of the length that correlates best either way."""
    found = {key: correlation(truth, values) for key, values in geometry.items()}
    best = max(found, key=lambda key: abs(found[key]))
    note = f"best length {abs(found[best]):.2f} ({'-' if found[best] < 0 else ''}{best}), moves {truth.std():.3f}"
    return Row(name, correlation(truth, ours), "r", at_least=BAR, note=note)


def yaw_rows(truth: Mapping[str, Floats], ours: Mapping[str, Floats], yaws: NDArray[np.floating]) -> list[Row]:
    """Mean correlation of all measures, by the yaw of the head."""
    rows: list[Row] = []
    for low, high in pairwise(YAWS_DEG):
        here = (yaws >= low) & (yaws < high)
        if here.sum() < 20:
            continue
        each = [correlation(truth[name][here], ours[name][here]) for name in truth]
        note = f"lowest {min(each):.2f}, {int(here.sum())} faces"
        rows.append(Row(f"yaw {low} to {high} degrees", float(np.mean(each)), "r", note=note))
    return rows


def correlation(first: Floats, second: Floats) -> float:
    """Pearson's; 0 where one does not move."""
    return 0.0 if first.std() < 1e-6 or second.std() < 1e-6 else float(np.corrcoef(first, second)[0, 1])


if __name__ == "__main__":
    sys.exit(main())
