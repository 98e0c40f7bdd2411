"""Writes what Python finds in a few pictures to tests/golden/, for Python's and the browser's tests to compare with.

Each file holds the results of the pipeline from end to end, and for each stage the result of a stored input of that
stage: the mesh of a stored detection, the crop of stored landmarks, the probabilities of a stored crop. A stage is
compared on its stored input, so that differences of another processor do not add up from stage to stage.
constants.json holds the numbers, labels and colours that Python and the browser share, measures/faces.json the measures
of the stored landmarks, personal/faces.json the features of stored crops and what a personal head makes of them,
overlay/motion.json states of moving parts of 3D objects, overlay/avatar_faces.json those of an avatar's face. The
pictures there are the browser's (e2e/ui-solid.mjs).

The pictures are composed of two public-domain portraits that are part of installed packages. The repository holds their
crops only; a browser test gets the pictures with --pictures. Usage:

    python scripts/write_golden.py                          # tests/golden/*.json, after a change that is meant
    python scripts/write_golden.py --pictures web/e2e/out/golden --no-numbers
"""

from __future__ import annotations

import argparse
import ast
import base64
import dataclasses
import importlib
import inspect
import json
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

import emoar.face_landmarks
import emoar.perception
import emoar.pipeline
from emoar.demo.clip import demo_clip
from emoar.demo.people import portrait
from emoar.face_landmarks.lengths import lengths
from emoar.labels import COLOURS_RGB, LABEL_SETS
from emoar.models.expression import expression_model
from emoar.models.metadata import FEATURES
from emoar.models.personal import PersonalHead, sha256_of
from emoar.models.public import model_path
from emoar.overlay.fox.movements import PERSON_AT_REST, avatar_face
from emoar.overlay.solid.motion import Motion, moved_at
from emoar.perception.align import CROP_PX, align, alignment_matrix
from emoar.perception.classifier import ExpressionClassifier
from emoar.perception.detect import FaceDetector
from emoar.perception.ensemble import ExpressionEnsemble, Probabilities
from emoar.perception.measures import MeasureNetwork, relative
from emoar.perception.mesh import FaceMesh, MeshFit, region_of_detection
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Detection, Face

Image = NDArray[np.uint8]
GOLDEN = Path(__file__).parent.parent / "tests" / "golden"
SIZE_PX = (640, 480)
# of each portrait: the middle of the face and its width, in pixels of the portrait
FACES = {"astronaut": ((225.8, 122.7), 95.4), "hopper": ((264.3, 232.7), 187.3)}
# name of the picture -> (who, centre x and y of the face, its width, clockwise turn in degrees) of each face
PICTURES: dict[str, tuple[tuple[str, float, float, float, float], ...]] = {
    "upper_left": (("astronaut", 62, 66, 90, 0),),
    "lower_right": (("hopper", 560, 395, 120, 0),),
    "turned_right": (("astronaut", 330, 250, 150, 32),),
    "turned_left": (("hopper", 300, 230, 140, -38),),
    "two": (("astronaut", 190, 240, 120, -8), ("hopper", 470, 230, 140, 10)),
    "near": (("astronaut", 320, 240, 280, 4),),
    "far": (("astronaut", 420, 160, 40, -5),),
    "two_in_corners": (("hopper", 90, 380, 110, 15), ("astronaut", 570, 90, 80, -20)),
    "none": (),
}
CLIP_FRAMES = (45, 200)  # of the demo clip, 1280x720: another size, two faces, soft edges
# The eyes of this face turn by 0.6 % more than the angle at which the mesh is fitted a second time, which moves its
# landmarks by 4 px: where another processor decides otherwise, landmarks, pose and crop differ from end to end.
UNDECIDED = (("two", 0),)
BLOCKS = 6  # the crop of the unrounded landmarks is compared by the means of 6x6 blocks
MODELS = ("emoar-s", "emoar-m")
# modules of the overlays whose numbers the browser has, too
SOLID = tuple(
    f"emoar.overlay.{name}"
    for name in (
        *("object", "sticker", "solid.face_state", "solid.hiding", "solid.light", "solid.motion", "solid.occluder"),
        "solid.pose_filter",
    )
)
MOTIONS: tuple[dict[str, Any], ...] = (
    {"kind": "spin", "period_s": -3},
    {"kind": "sway", "period_s": 2.4, "amount": 12, "phase": 0.2},
    {"kind": "bob", "period_s": 2.4, "amount": 1.5, "phase": 0.2, "with_strength": True},
    {"kind": "pulse", "period_s": 0.9, "amount": 0.1},
    {"kind": "twinkle", "period_s": 1.3, "amount": 0.8, "phase": 0.5},
    {"kind": "stretch", "period_s": 0, "amount": 0.4},
    {"kind": "stretch", "period_s": 1.5, "amount": 0.4, "with_strength": True},
    {"kind": "shake", "period_s": 0.4, "amount": 0.5, "from_strength": 0.5},
    {"kind": "fall", "period_s": 1.7, "amount": 20, "tumble": 2, "phase": 0.1},
    {"kind": "blow", "period_s": 1.4, "amount": 16, "along": [1, 0.4, 0.2], "sway": 1.5, "with_strength": True},
)
PERSONAL_PICTURES = ("far", "near", "turned_left", "clip_45")
# the options of the pipeline that the browser has as well, if they are numbers; of the stages it has all
PIPELINE_OPTIONS = ("PipelineOptions.classify_every_s",)


def main() -> None:
    """Writes numbers, pictures, or both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, help="a folder for the pictures, as PNG")
    parser.add_argument("--no-numbers", action="store_true", help="leave tests/golden/ as it is")
    arguments = parser.parse_args()
    if not arguments.no_numbers:
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / "constants.json").write_text(json.dumps(constants(), indent=1) + "\n")
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures().items():
        if arguments.pictures:
            cv2.imwrite(str(arguments.pictures / f"{name}.png"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        if not arguments.no_numbers:
            (GOLDEN / f"{name}.json").write_text(json.dumps(describe(picture), separators=(",", ":")) + "\n")
    if not arguments.no_numbers:
        (GOLDEN / "measures").mkdir(exist_ok=True)
        (GOLDEN / "measures" / "faces.json").write_text(json.dumps(measures(), indent=1) + "\n")
        (GOLDEN / "overlay" / "motion.json").write_text(json.dumps(motions(), indent=1) + "\n")
        (GOLDEN / "overlay" / "avatar_faces.json").write_text(json.dumps(avatar_faces(), indent=1) + "\n")
        (GOLDEN / "personal").mkdir(exist_ok=True)
        (GOLDEN / "personal" / "faces.json").write_text(json.dumps(personal(), separators=(",", ":")) + "\n")


def constants() -> dict[str, Any]:
    """The numbers of the stages by module and name, the labels by label set, and the colours of labels as #rrggbb."""
    names = [module.name for module in pkgutil.iter_modules(emoar.perception.__path__)]
    numbers = {name: _numbers(importlib.import_module(f"emoar.perception.{name}")) for name in names}
    pipeline = _numbers(emoar.pipeline).items()
    numbers["face_landmarks"] = _numbers(emoar.face_landmarks)
    numbers["pipeline"] = {name: value for name, value in pipeline if "." not in name or name in PIPELINE_OPTIONS}
    return {
        "perception": {name: values for name, values in numbers.items() if values},
        "overlay": {name.rpartition(".")[2]: _numbers(importlib.import_module(name)) for name in SOLID},
        "labels": {name: list(label_set.labels) for name, label_set in LABEL_SETS.items()},
        "colours": {label: "#" + bytes(rgb).hex() for label, rgb in COLOURS_RGB.items()},
    }


def measures() -> list[dict[str, Any]]:
    """Lengths, values of the network and movements of the first stored face of each picture."""
    network = MeasureNetwork()
    found: list[dict[str, Any]] = []
    for name in (*PICTURES, *(f"clip_{index}" for index in CLIP_FRAMES)):
        for face in json.loads((GOLDEN / f"{name}.json").read_text())["faces"][:1]:
            landmarks, pose = (np.array(face[key], np.float32) for key in ("landmarks_px", "pose"))
            values = network(landmarks)
            moved = zip(network.names, _rounded(relative(values, network.rest), 5), strict=True)
            numbers = {key: round(value, 5) for key, value in lengths(landmarks, pose).items()}
            found.append({"picture": name, "lengths": numbers, "values": _rounded(values, 5), "movements": dict(moved)})
    return found


def avatar_faces() -> list[dict[str, Any]]:
    """The avatar's face for each picture of measures/faces.json, with each expression, with measures and without."""
    found: list[dict[str, Any]] = []
    labels = LABEL_SETS["ferplus"].labels
    for number, stored in enumerate(json.loads((GOLDEN / "measures" / "faces.json").read_text())):
        label, measured = labels[number % len(labels)], stored["movements"] if number % 3 else None
        shares = {name: 0.72 if name == label else 0.04 for name in labels}
        face = avatar_face(stored["lengths"], PERSON_AT_REST, shares, measured)
        numbers = {name: round(value, 5) for name, value in dataclasses.asdict(face).items()}
        found.append({"picture": stored["picture"], "label": label, "measured": measured is not None, **numbers})
    return found


def motions() -> list[dict[str, Any]]:
    """States of parts: each motion at some times and strengths."""
    found: list[dict[str, Any]] = []
    for motion in MOTIONS:
        for time_s, strength in ((0.0, 0.0), (0.3, 1.0), (1.1, 0.55), (7.9, 0.8)):
            moved = moved_at(msgspec.convert(motion, Motion), time_s, strength)
            state = {key: _rounded(np.array(value), 6) for key, value in moved._asdict().items()}
            found.append({"motion": motion, "time_s": time_s, "strength": strength, **state})
    return found


def personal() -> dict[str, Any]:
    """A head for each model, and features and probabilities of the first stored face of some pictures."""
    classifiers = {name: ExpressionClassifier(model_path(name), features=True) for name in MODELS}
    heads = {name: _head(name, classifier.features) for name, classifier in classifiers.items()}
    faces: list[dict[str, Any]] = []
    for picture in PERSONAL_PICTURES:
        crop = stored_crop(json.loads((GOLDEN / f"{picture}.json").read_text())["faces"][0])
        features = {name: classifier.classify(crop)[FEATURES] for name, classifier in classifiers.items()}
        probabilities = {name: _rounded(heads[name].probabilities(values), 5) for name, values in features.items()}
        rounded = {name: _rounded(values, 4) for name, values in features.items()}
        faces.append({"picture": picture, "features": rounded, "probabilities": probabilities})
    for classifier in classifiers.values():
        classifier.close()
    return {"heads": {name: head.to_dict() for name, head in heads.items()}, "faces": faces}


def _head(model: str, features: int) -> PersonalHead:
    """A head of three labels with arbitrary weights."""
    weights = np.random.default_rng(0).normal(0, 0.6, (3, features)).round(4).astype(np.float32)
    return PersonalHead(
        model, sha256_of(model_path(model)), ("neutral", "winks", "tongue out"), weights, np.zeros(3, np.float32)
    )


def _numbers(module: ModuleType) -> dict[str, Any]:
    """Numbers and tuples of numbers: public constants of a module, and defaults of its option classes."""
    found: dict[str, Any] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id.isupper():
            found[node.target.id] = getattr(module, node.target.id)
        elif isinstance(node, ast.ClassDef) and node.name.endswith("Options"):
            fields = dataclasses.fields(getattr(module, node.name))
            found |= {f"{node.name}.{field.name}": field.default for field in fields}
    public = {name: value for name, value in found.items() if not name.startswith("_") and _is_numeric(value)}
    return json.loads(json.dumps(public))  # tuples become lists


def _is_numeric(value: Any) -> bool:
    return all(map(_is_numeric, value)) if isinstance(value, tuple) else type(value) in (int, float)


def pictures() -> dict[str, Image]:
    """Every picture by its name, (H, W, 3) RGB."""
    made = {name: compose(faces) for name, faces in PICTURES.items()}
    clip = {f"clip_{frame.index}": frame.image for frame in demo_clip(CLIP_FRAMES)}
    return {**made, **clip}


def compose(faces: tuple[tuple[str, float, float, float, float], ...]) -> Image:
    """A plain ramp with round cut-outs of portraits."""
    width, height = SIZE_PX
    across, down = np.meshgrid(np.linspace(70, 130, width), np.linspace(0, 50, height))
    picture = np.stack([across, across + 20, 150 - down], axis=-1)
    for who, x, y, size, turn in faces:
        (centre_x, centre_y), face = FACES[who]
        source, scale, angle = portrait(who), size / face, np.radians(turn)
        cos, sin = scale * np.cos(angle), scale * np.sin(angle)
        matrix = np.array(
            [[cos, -sin, x - cos * centre_x + sin * centre_y], [sin, cos, y - sin * centre_x - cos * centre_y]]
        )
        shrunk = cv2.GaussianBlur(source, (0, 0), 0.45 / scale) if scale < 0.7 else source
        moved = cv2.warpAffine(shrunk, matrix, SIZE_PX, borderMode=cv2.BORDER_REPLICATE)
        far = np.hypot(np.arange(width) - x, (np.arange(height) - y)[:, None]) / size
        cover = np.clip((1.15 - far) / 0.2, 0, 1)[..., None]
        picture += cover * (moved - picture)
    return np.rint(picture).astype(np.uint8)


class Stages:
    """The stages that hold a model, each on its stored input. A context manager."""

    def __init__(self) -> None:
        short, full = (model_path(f"face_detection_{name}") for name in ("short_range", "full_range_sparse"))
        self._detector = FaceDetector(short, full)
        self._mesh = FaceMesh(model_path("face_landmark"))
        self._classifiers = {name: ExpressionEnsemble(expression_model(name)) for name in MODELS}

    def detect(self, picture: Image) -> list[Detection]:
        """The detections of an (H, W, 3) RGB picture, without a search for small faces."""
        return self._detector.detect(picture)

    def fit_mesh(self, picture: Image, stored: dict[str, Any]) -> MeshFit:
        """The mesh in the region of a stored detection."""
        box, keypoints = (np.array(stored[name], np.float32) for name in ("box_xyxy_px", "keypoints_px"))
        return self._mesh.fit(picture, region_of_detection(Detection(box, keypoints, stored["score"])))

    def classify(self, crop: Image) -> dict[str, Probabilities]:
        """The probabilities of a (48, 48) grey crop, by model."""
        return {name: classifier.classify_crop(crop) for name, classifier in self._classifiers.items()}

    def __enter__(self) -> Stages:
        return self

    def __exit__(self, *_: object) -> None:
        for stage in (self._detector, self._mesh, *self._classifiers.values()):
            stage.close()


def describe(picture: Image) -> dict[str, Any]:
    """The results of the pipeline and of each stage, rounded to what a tolerance needs."""
    height, width = picture.shape[:2]
    faces, others = (_faces(picture, name) for name in MODELS)
    with Stages() as stages:
        return {
            "width_px": width,
            "height_px": height,
            "detections": [_detection(picture, found, stages) for found in stages.detect(picture)],
            "faces": [_face(picture, face, others[key], stages) for key, face in faces.items()],
        }


def stored_crop(face: dict[str, Any]) -> Image:
    """The (48, 48) grey crop of a face in tests/golden/."""
    return np.frombuffer(base64.b64decode(face["crop"]), np.uint8).reshape(CROP_PX, CROP_PX)


def block_means(crop: Image) -> NDArray[np.float64]:
    """(BLOCKS, BLOCKS) means of the blocks of a grey crop."""
    side = len(crop) // BLOCKS
    return crop.reshape(BLOCKS, side, BLOCKS, side).mean(axis=(1, 3))


def _faces(picture: Image, model: str) -> dict[int, Face]:
    with Pipeline(PipelineOptions(mode="photo", model=model, max_faces=32)) as pipeline:
        return {face.track_id: face for face in pipeline(picture).faces}


def _detection(picture: Image, found: Detection, stages: Stages) -> dict[str, Any]:
    box, keypoints = _rounded(found.box_xyxy_px, 2), _rounded(found.keypoints_px, 2)
    stored = {"box_xyxy_px": box, "keypoints_px": keypoints, "score": round(found.score, 4)}
    fit = stages.fit_mesh(picture, stored)
    return {**stored, "mesh": {"landmarks_px": _rounded(fit.landmarks_px, 2), "presence": round(fit.presence, 4)}}


def _face(picture: Image, face: Face, by_medium: Face, stages: Stages) -> dict[str, Any]:
    quality, landmarks = face.quality, _rounded(face.landmarks_px, 2)
    of_stored = align(picture, np.array(landmarks, np.float32))
    return {
        "landmarks_px": landmarks,
        "presence": round(face.presence, 4),
        "vertical_fov_deg": face.vertical_fov_deg,
        "pose": _rounded(face.pose, 5),
        "crop_matrix": _rounded(alignment_matrix(face.landmarks_px), 5),
        "crop_block_means": _rounded(block_means(align(picture, face.landmarks_px)), 2),
        "quality": {
            "reasons": list(quality.reasons),
            "eye_distance_px": round(quality.eye_distance_px, 2),
            "sharpness": round(quality.sharpness, 4),
            "yaw_deg": round(quality.yaw_deg, 2),
        },
        "label": face.expression.label,
        "probabilities": {
            name: {key: [round(p, 4) for p in values.values()] for key, values in one.expression.by_label_set.items()}
            for name, one in zip(MODELS, (face, by_medium), strict=True)
        },
        "crop": base64.b64encode(of_stored.tobytes()).decode(),
        "crop_probabilities": {
            name: {key: _rounded(values, 5) for key, values in sets.items()}
            for name, sets in stages.classify(of_stored).items()
        },
    }


def _rounded(values: NDArray[np.floating], digits: int) -> Any:
    return np.round(values.astype(np.float64), digits).tolist()


if __name__ == "__main__":
    main()
