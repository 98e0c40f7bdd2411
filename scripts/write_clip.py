"""Writes a clip for the browser's fake camera, and what Python's live pipeline finds in it.

The demo clip, forwards and backwards, so that it can go round: 20 seconds, MJPEG in 4:2:0 (Chromium shows other
samplings black). Squares in the lower left corner count the frames, so that a test knows which one it sees. Usage:

    python scripts/write_clip.py web/e2e/out/clip        # clip.mjpeg and clip.json
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.demo.clip import DEMO_FPS, DEMO_FRAMES, DEMO_SIZE_PX, demo_clip, demo_truth
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Frame, Scene

Image = NDArray[np.uint8]
BITS = 10
SQUARE_PX = 10


def main() -> None:
    """Writes both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--width", type=int, default=640, help="of the clip, in pixels")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    path: Path = arguments.folder / "clip.mjpeg"
    size = arguments.width, arguments.width * DEMO_SIZE_PX[1] // DEMO_SIZE_PX[0]
    order = [*range(DEMO_FRAMES), *reversed(range(DEMO_FRAMES))]
    write_mjpeg(path, order, size)
    document = {"fps": DEMO_FPS, "width_px": size[0], "height_px": size[1], "frames": describe(path, order, size)}
    (arguments.folder / "clip.json").write_text(json.dumps(document))


def write_mjpeg(path: Path, order: list[int], size: tuple[int, int]) -> None:
    """The demo clip's frames in this order, each with its position in it."""
    frames = [cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA) for frame in demo_clip()]
    encode(path, [numbered(frames[index], position) for position, index in enumerate(order)], DEMO_FPS)


def encode(path: Path, pictures: Sequence[Image], fps: int) -> None:
    """Pictures of one size, (H, W, 3) RGB, as one JPEG after the other."""
    with av.open(str(path), "w", format="mjpeg") as out:
        stream: Any = out.add_stream("mjpeg", rate=fps, options={"qmin": "2", "qmax": "3", "color_range": "pc"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuvj420p"
        for position, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                format="yuvj420p", dst_colorspace="ITU601", dst_color_range="JPEG"
            )
            frame.pts = position
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def numbered(picture: Image, number: int) -> Image:
    """The picture with its number in black and white squares, the lowest bit first."""
    picture = picture.copy()
    for bit in range(BITS):
        left = bit * SQUARE_PX
        picture[-SQUARE_PX:, left : left + SQUARE_PX] = 255 if number >> bit & 1 else 0
    return picture


def describe(path: Path, order: list[int], size: tuple[int, int]) -> list[dict[str, Any]]:
    """What is true of each frame, and what Python finds in it, the second time round (as in the middle of a show)."""
    scale = size[0] / DEMO_SIZE_PX[0]
    pictures = [cv2.cvtColor(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB) for jpeg in split(path)]
    with Pipeline(PipelineOptions(model="emoar-s")) as pipeline:
        scenes = [
            pipeline(Frame(np.asarray(picture, np.uint8), time_s=i / DEMO_FPS, index=i))
            for i, picture in enumerate(pictures * 2)
        ][len(order) :]
    return [_frame(index, scale, scene) for index, scene in zip(order, scenes, strict=True)]


def split(path: Path) -> list[NDArray[np.uint8]]:
    """The JPEG files inside an MJPEG file; they are read as such, since a video decoder may differ."""
    data = path.read_bytes()
    starts = _positions(data, b"\xff\xd8\xff")
    return [
        np.frombuffer(data[start:end], np.uint8) for start, end in zip(starts, [*starts[1:], len(data)], strict=True)
    ]


def _positions(data: bytes, mark: bytes) -> list[int]:
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 1)
    return found


def _frame(index: int, scale: float, scene: Scene) -> dict[str, Any]:
    truth = {
        name: {
            "centre_px": [scale * value for value in face.centre_px],
            "centroid_px": [scale * value for value in face.centroid_px],
            "visible": face.visible,
        }
        for name, face in demo_truth(index).items()
    }
    faces = [
        {
            "id": face.track_id,
            "box": np.round(face.box_xyxy_px.astype(float), 1).tolist(),
            "label": face.expression.label,
            "confidence": round(face.expression.confidence, 3),
        }
        for face in scene.faces
    ]
    return {"truth": truth, "faces": faces}


if __name__ == "__main__":
    main()
