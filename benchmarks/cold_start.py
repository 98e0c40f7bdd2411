"""`emoar image` from the start of the process to the written picture, and what `import emoar` costs and loads."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks._environments import mediapipe_bundle, mediapipe_python
from benchmarks._table import Row, print_table
from emoar.demo.clip import demo_clip
from emoar.media.sinks import write_image

UNWANTED: Final = ("torch", "pandas", "matplotlib", "scipy")
IMPORT: Final = (
    "import time, sys, json; t = time.perf_counter(); import emoar; "
    "first = time.perf_counter() - t; [getattr(emoar, name) for name in emoar.__all__]; "
    "print(json.dumps([1e3 * first, 1e3 * (time.perf_counter() - t), "
    "sorted({m.partition('.')[0] for m in sys.modules})]))"
)
MEDIAPIPE: Final = """
import sys
import mediapipe as mp
from mediapipe.tasks.python import BaseOptions, vision
options = vision.FaceLandmarkerOptions(
    base_options=BaseOptions(model_asset_path=sys.argv[1]), output_face_blendshapes=True, num_faces=4)
with vision.FaceLandmarker.create_from_options(options) as landmarker:
    result = landmarker.detect(mp.Image.create_from_file(sys.argv[2]))
with open(sys.argv[3], "w") as out:
    out.write(str(result.face_blendshapes))
"""


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.png"
        write_image(photo, next(iter(demo_clip([0]))).image)
        rows = _rows(photo, runs)
    print_table("Cold start, one 1280x720 photo of two people", rows, [f"median of {runs} runs after one, by turns"])


def _rows(photo: Path, runs: int) -> list[Row]:
    written, named = photo.with_name("out"), photo.with_name("faces.txt")
    commands = {
        "emoar": ([sys.executable, "-m", "emoar", "image", str(photo), "-o", str(written)], written / photo.name),
        "python": ([sys.executable, "-c", "open(__import__('sys').argv[1], 'w')", str(named)], named),
    }
    bundle = mediapipe_bundle()
    peer = mediapipe_python() if bundle else None
    if peer is not None and bundle is not None:
        commands["mediapipe"] = ([str(peer), "-c", MEDIAPIPE, str(bundle), str(photo), str(named)], named)
    times_s: dict[str, list[float]] = {name: [] for name in commands}
    imports: list[tuple[float, float, list[str]]] = []
    for turn in range(runs + 1):
        for name, (command, result) in commands.items():
            elapsed_s = _timed(command, result)
            if turn:
                times_s[name].append(elapsed_s)
        answer = subprocess.run([sys.executable, "-c", IMPORT], check=True, capture_output=True, text=True)
        imports.append(tuple(json.loads(answer.stdout)))
    return _table_rows({name: statistics.median(values) for name, values in times_s.items()}, imports[1:])


def _table_rows(medians_s: dict[str, float], imports: list[tuple[float, float, list[str]]]) -> list[Row]:
    loaded = [name for name in UNWANTED if name in imports[0][2]]
    ours, python = medians_s["emoar"], medians_s["python"]
    rows = [Row("EmoAR over python itself", ours / python, "", note="start to written file")]
    times = [
        Row("emoar image, start to written picture", ours, "s"),
        Row("python itself, start to written file", python, "s"),
    ]
    if "mediapipe" in medians_s:
        theirs = medians_s["mediapipe"]
        rows.insert(0, Row("EmoAR over MediaPipe", ours / theirs, "", at_most=1.0))
        times.append(Row("MediaPipe Face Landmarker, the same photo", theirs, "s", note="writes text, draws nothing"))
    return [
        *rows,
        *times,
        Row("import emoar", statistics.median(first for first, _, _ in imports), "ms"),
        Row("import emoar and all of its public names", statistics.median(every for _, every, _ in imports), "ms"),
        Row(f"of {', '.join(UNWANTED)} loaded by that", len(loaded), "modules", at_most=0, note=", ".join(loaded)),
    ]


def _timed(command: list[str], result: Path) -> float:
    """Seconds of a process that writes `result`."""
    result.unlink(missing_ok=True)
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    elapsed_s = time.perf_counter() - started
    if done.returncode or not result.is_file():
        raise RuntimeError(f"{command[:4]} failed: {done.stderr.strip()[-500:]}")
    return elapsed_s


if __name__ == "__main__":
    main()
