"""Drawing label, quote, 3D objects and the avatar over one and two faces at 1280x720, beside plain text by OpenCV.

OpenCV draws neither smooth shapes nor any script but Latin; it tells what the plainest drawing costs on this machine.
The times are the processor's, since drawing needs one core, which other programs may use, too.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks._cores import confine
from benchmarks._table import Row, print_table
from emoar.demo.clip import demo_clip
from emoar.overlay import Painter, default_content
from emoar.overlay.content import ContentPack
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Scene

SCENES: Final = 15  # half a second of the demo clip, round and round
BEFORE: Final = 30  # frames until the labels rest
PLAIN: Final = "OpenCV's plain text and boxes, 1 face"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=30, help="of half a second of video each")
    turns = parser.parse_args().turns
    where = confine(1)
    with Pipeline(PipelineOptions(measures=True)) as pipeline:  # the avatar draws them
        two = [pipeline(frame) for frame in demo_clip(range(BEFORE + SCENES))][BEFORE:]
    if {len(scene.faces) for scene in two} != {2}:
        raise RuntimeError("the demo clip shows two people in its second second, and the pipeline must see both")
    one = [replace(scene, faces=scene.faces[:1]) for scene in two]
    programs: dict[str, Callable[[int], object]] = {
        "EmoAR, 1 face": _painted(one, "label", "quote"),
        "EmoAR, 2 faces": _painted(two, "label", "quote"),
        "EmoAR, label alone, 1 face": _painted(one, "label"),
        PLAIN: lambda i: _plain(one[i % SCENES]),
        "avatar, 1 face": _painted(one, "avatar"),
        "avatar, 2 faces": _painted(two, "avatar"),
        **_objects(one),
    }
    times_ms = _alternate(programs, turns)
    medians = {name: statistics.median(values) for name, values in times_ms.items()}
    plain = medians[PLAIN]
    over = {name: value / plain for name, value in medians.items() if name != PLAIN}
    rows = [Row(f"{name}, over OpenCV", value, "", at_most=_most_over(name)) for name, value in over.items()]
    rows += [Row(name, value, "ms", at_most=_at_most_ms(name)) for name, value in medians.items()]
    notes = [where, f"median of {turns * SCENES} frames"]
    print_table("Drawing over one face and two, 1280x720, ms of processor time per frame", rows, notes)


def _most_over(name: str) -> float | None:
    """The bar of a ratio. An object's is that of 6 ms where plain text and boxes take 0.25 ms."""
    return 7.0 if name == "EmoAR, 1 face" else 24.0 if name.startswith("object: ") else None


def _at_most_ms(name: str) -> float | None:
    return 6.0 if name.startswith("object: ") else None


def _objects(scenes: list[Scene]) -> dict[str, Callable[[int], object]]:
    """Each 3D object of the default pack alone, whatever the expression."""
    pack = default_content()
    by_name = {item.name: item for items in pack.objects.values() for item in items}
    return {
        f"object: {name}, 1 face": _painted(
            scenes, "object", content=replace(pack, objects=dict.fromkeys(pack.objects, (item,)))
        )
        for name, item in by_name.items()
    }


def _painted(scenes: list[Scene], *overlays: str, content: ContentPack | None = None) -> Callable[[int], object]:
    painter = Painter(overlays, content)
    return lambda i: painter.draw(scenes[i % SCENES])


def _alternate(programs: dict[str, Callable[[int], object]], turns: int) -> dict[str, list[float]]:
    """Milliseconds of processor time of each frame, the programs by turns; the first turn is not counted."""
    times_ms: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(-1, turns):
        for name, run in programs.items():
            for i in range(SCENES):
                started = time.process_time()
                run(i)
                if turn >= 0:
                    times_ms[name].append(1e3 * (time.process_time() - started))
    return times_ms


def _plain(scene: Scene) -> NDArray[np.uint8]:
    """A panel with the label and eight bars, and a panel with four lines of text, on a copy of the picture."""
    picture = scene.frame.image.copy()
    for face in scene.faces:
        x, y = face.box_xyxy_px[2:].astype(int).tolist()
        cv2.rectangle(picture, (x, y), (x + 180, y + 190), (30, 30, 30), cv2.FILLED, cv2.LINE_AA)
        for row, (label, share) in enumerate(face.expression.probabilities.items()):
            corner = x + 10, y + 20 + 20 * row
            cv2.putText(picture, label, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 1, cv2.LINE_AA)
            end = x + 100 + round(70 * share), corner[1]
            cv2.rectangle(picture, (x + 100, corner[1] - 8), end, (240, 200, 60), cv2.FILLED, cv2.LINE_AA)
        cv2.rectangle(picture, (x, y - 140), (x + 300, y - 30), (255, 255, 255), cv2.FILLED, cv2.LINE_AA)
        for row in range(4):
            line = "words of about such a length,"
            corner = x + 10, y - 120 + 24 * row
            cv2.putText(picture, line, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (20, 20, 20), 1, cv2.LINE_AA)
    return picture


if __name__ == "__main__":
    main()
