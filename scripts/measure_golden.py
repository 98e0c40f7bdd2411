"""Measures how far the results of the golden pictures move when single values change by one grey level.

Another processor rounds a few values of a picture differently. The tolerances in tests/test_golden.py from end to end
follow from this table, printed as Markdown. Usage:

    python scripts/measure_golden.py             # 33 runs of each picture, three minutes
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from write_golden import MODELS, UNDECIDED, Image, block_means, pictures

from emoar.models.expression import expression_model
from emoar.perception.align import align
from emoar.perception.ensemble import ExpressionEnsemble
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Face

PICTURE_SHARES = (0.001, 0.01, 0.05)  # of the values of a picture
CROP_SHARES = (0.05, 0.2)  # of the pixels of a crop
Faces = Mapping[str, tuple[Face, ...]]  # by model
Difference = tuple[str, float]  # what is compared, and how far apart it is


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=33, help="of each picture and share")
    runs = parser.parse_args().runs
    rng = np.random.default_rng(0)
    pipelines = {name: Pipeline(PipelineOptions(mode="photo", model=name, max_faces=32)) for name in MODELS}
    classifiers = {name: ExpressionEnsemble(expression_model(name)) for name in MODELS}
    table: dict[tuple[str, str], list[float]] = defaultdict(list)
    for title, picture in pictures().items():
        reference = {name: pipeline(picture).faces for name, pipeline in pipelines.items()}
        for share in PICTURE_SHARES * runs:
            changed = disturb(picture, share, rng)
            faces = {name: pipeline(changed).faces for name, pipeline in pipelines.items()}
            for what, value in compare(title, (picture, changed), (reference, faces)):
                table[f"picture, {share:.1%}", what].append(value)
        for crop in (align(picture, face.landmarks_px) for face in reference[MODELS[0]]):
            for share in CROP_SHARES * runs:
                changed = disturb(crop, share, rng)
                for name, classifier in classifiers.items():
                    pair = (np.concatenate([*classifier.classify_crop(one).values()]) for one in (crop, changed))
                    table[f"crop, {share:.1%}", f"probabilities, {name}"].append(furthest(*pair))
    show(table)


def disturb(image: Image, share: float, rng: np.random.Generator) -> Image:
    """An image in which that share of the values is one grey level higher or lower."""
    change = rng.choice([-1, 1], image.shape) * (rng.random(image.shape) < share)
    return np.clip(image + change, 0, 255).astype(np.uint8)


def compare(title: str, images: tuple[Image, Image], results: tuple[Faces, Faces]) -> Iterator[Difference]:
    """The differences of all faces of a picture; where another number of faces is found, that alone."""
    (reference, faces), (small, medium) = results, MODELS
    if len(faces[small]) != len(reference[small]):
        yield "faces", abs(len(faces[small]) - len(reference[small]))
        return
    for i, pair in enumerate(zip(reference[small], faces[small], strict=True)):
        name = "undecided, " if (title, i) in UNDECIDED else ""
        yield f"{name}landmarks, px", furthest(*(face.landmarks_px for face in pair))
        yield f"{name}pose", furthest(*(face.pose for face in pair))
        crops = (align(image, face.landmarks_px) for image, face in zip(images, pair, strict=True))
        yield f"{name}block means, grey levels", furthest(*map(block_means, crops))
    for name in (small, medium):
        for old, new in zip(reference[name], faces[name], strict=True):
            yield f"probabilities, {name}", furthest(of_face(old), of_face(new))
            yield f"labels changed, {name}", float(old.expression.label != new.expression.label)


def of_face(face: Face) -> NDArray[np.float64]:
    """The probabilities of all label sets, one after the other."""
    return np.array([value for values in face.expression.by_label_set.values() for value in values.values()])


def furthest(one: NDArray[Any], other: NDArray[Any]) -> float:
    """The largest difference."""
    return float(np.abs(one - other).max())


def show(table: Mapping[tuple[str, str], list[float]]) -> None:
    """Prints median, 99th percentile and maximum of each row."""
    print("| values changed | difference of | faces | median | 99 % | largest |\n|-|-|-|-|-|-|")
    for (change, what), values in table.items():
        median, high = np.quantile(values, [0.5, 0.99])
        print(f"| {change} | {what} | {len(values)} | {median:.4f} | {high:.4f} | {max(values):.4f} |")


if __name__ == "__main__":
    main()
