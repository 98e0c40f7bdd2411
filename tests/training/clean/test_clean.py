"""Each finding on faces that were made to have it, and what training does with the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from training_faces import face_dataset, index_of, made_dataset, votes_of

from emoar.errors import DataError, InputError
from emoar.labels import FER2013, FERPLUS
from emoar.training.clean.apply import SUGGESTED, apply_findings, cleaned, parse_findings_option
from emoar.training.clean.clean import CleanOptions, clean
from emoar.training.clean.duplicates import copy_findings, exact_copies, find_copies
from emoar.training.clean.findings import Finding, Findings, read_findings, write_findings
from emoar.training.clean.imbalance import imbalance
from emoar.training.clean.out_of_fold import folds_of, out_of_fold, read_predictions
from emoar.training.clean.perceptual_hash import distance_bits, perceptual_hashes
from emoar.training.clean.single_faces import ambiguous, blank, no_face, not_a_face, profile, vote_entropy
from emoar.training.clean.watermark import watermark_scores, watermarks
from emoar.training.clean.wrong_labels import second_opinions, wrong_labels
from emoar.training.data.face_dataset import NO_LABEL, FaceDataset
from emoar.training.data.resize import resized
from emoar.training.faces.landmarks import CropLandmarks, crop_landmarks
from emoar.types import LANDMARK_COUNT

Grey = NDArray[np.uint8]


def textured(count: int, seed: int = 0) -> Grey:
    """(N, 48, 48) smooth random pictures that have nothing to do with each other."""
    noise = np.random.default_rng(seed).normal(0, 1, (count, 48, 48)).astype(np.float32)
    smooth = np.stack([cv2.GaussianBlur(n, (0, 0), 4) for n in noise])
    smooth /= np.abs(smooth).max(axis=(1, 2), keepdims=True)
    return (128 + 120 * smooth).astype(np.uint8)


def dataset(images: Grey, labels: Sequence[str] | None = None, split: Sequence[str] | None = None) -> FaceDataset:
    count = len(images)
    names = labels or ["happy"] * count
    return face_dataset(
        images,
        split or ["Training"] * count,
        fer2013=[FER2013.index(name) for name in names],
        votes=np.zeros((count, 10), np.float32),
        rows=np.arange(count) + 100,
    )


def found(items: object) -> list[tuple[str, int | None, str]]:
    return [(item.name, item.row, item.suggestion) for item in items]  # type: ignore[attr-defined]


CHANGES = {
    "jpeg": lambda x: cv2.imdecode(cv2.imencode(".jpg", x, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_GRAYSCALE),
    "brighter": lambda x: np.clip(x * 0.8 + 40, 0, 255).astype(np.uint8),
    "moved": lambda x: np.roll(x, 2, axis=1),
    "mirrored": lambda x: x[:, ::-1],
    "marked": lambda x: cv2.putText(x.copy(), "stock", (4, 44), 0, 0.35, 255, 1),
    "captioned": lambda x: cv2.putText(x.copy(), "TER", (4, 10), 0, 0.4, 255, 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_near_copies_are_found(change: str) -> None:
    images = textured(12)
    images[7] = CHANGES[change](images[2])
    copies = find_copies(images)
    assert copies.pairs.tolist() == [[2, 7]]
    assert 0.9 < copies.similarity[0] < 1
    assert copies.groups.tolist() == [0, 1, 2, 3, 4, 5, 6, 2, 8, 9, 10, 11]


def test_copies_within_and_across_splits() -> None:
    images = textured(6)
    images[1] = images[0]
    images[4] = images[3]
    images[5] = CHANGES["brighter"](images[3])
    split = ["Training", "Training", "Training", "Training", "PublicTest", "PrivateTest"]
    data = dataset(images, ["happy", "happy", "happy", "happy", "happy", "happy"], split)
    items = list(copy_findings(data, find_copies(images), "fer2013"))
    assert sorted(found(items)) == [
        ("duplicate", 101, "exclude"),
        ("leakage", 103, "exclude"),
        ("leakage", 104, "exclude"),
    ]
    assert {item.row: item.other_row for item in items} == {101: 100, 103: 104, 104: 105}


@pytest.mark.parametrize(
    ("labels", "suggestions"),
    [(["happy", "sad"], ["review", "review"]), (["happy", "sad", "happy"], ["relabel:happy", "review", "review"])],
)
def test_copies_with_different_labels(labels: list[str], suggestions: list[str]) -> None:
    images = np.repeat(textured(1), len(labels), axis=0)
    items = copy_findings(dataset(images, labels), find_copies(images), "fer2013")
    assert sorted(item.suggestion for item in items if item.name == "conflict") == suggestions


def test_no_images_and_blank_ones_have_no_copies() -> None:
    assert len(find_copies(np.empty((0, 48, 48), np.uint8)).pairs) == 0
    blanks = np.zeros((3, 48, 48), np.uint8)
    assert len(find_copies(blanks, np.zeros(3, np.bool_)).pairs) == 0
    assert exact_copies(blanks) == [[0, 1, 2]]


def test_the_hash_knows_a_scaled_picture_again() -> None:
    images = textured(20)
    larger = np.stack([resized(image, 96, colour=True) for image in images])
    assert distance_bits(perceptual_hashes(images), perceptual_hashes(larger)).max() <= 6
    others = distance_bits(perceptual_hashes(images), np.roll(perceptual_hashes(images), 1))
    assert others.min() > 12


def test_blank() -> None:
    images = textured(3)
    images[1] = 77
    images[2] = 77 + np.arange(48) % 2
    assert [(row, item) for item, row, _ in found(blank(dataset(images)))] == [(101, "blank"), (102, "blank")]


@pytest.mark.parametrize(
    ("votes", "entropy"),
    [([10, *[0] * 9], 0.0), ([0] * 10, 0.0), ([1] * 10, 1.0), ([5, 5, *[0] * 8], np.log(2) / np.log(10))],
)
def test_entropy(votes: list[float], entropy: float) -> None:
    np.testing.assert_allclose(vote_entropy(np.float32([votes])), [entropy], atol=1e-6)


def test_findings_from_votes() -> None:
    data = dataset(textured(4))
    votes_of(data)[0, :3] = 4, 3, 3
    votes_of(data)[1, 0] = 10
    votes_of(data)[2, [0, 9]] = 4, 6
    assert found(ambiguous(data)) == []
    votes_of(data)[0, :6] = 2, 2, 2, 2, 1, 1
    assert found(ambiguous(data)) == [("ambiguous", 100, "review")]
    assert found(not_a_face(data)) == [("not_a_face", 102, "exclude")]


def test_meshes(astronaut: NDArray[np.uint8]) -> None:
    face = resized(astronaut[60:200, 155:295], 48, colour=False)
    data = dataset(np.stack([face, textured(1)[0]]))
    mesh = crop_landmarks(data.images)
    assert found(no_face(data, mesh)) == [("no_face", 101, "review")]
    assert found(profile(data, mesh)) == []
    turned = mesh.landmarks_px.copy()  # squeezed about the nose, deep: a head turned to the side
    x, z = turned[0, :, 0] - 24, turned[0, :, 2]
    angle = np.radians(60)
    turned[0, :, 0] = 24 + x * np.cos(angle) + z * np.sin(angle)
    assert found(profile(data, CropLandmarks(turned, mesh.presence))) == [("profile", 100, "review")]


def no_mesh(count: int) -> CropLandmarks:
    return CropLandmarks(np.zeros((count, LANDMARK_COUNT, 3), np.float32), np.zeros(count, np.float32))


def test_wrong_labels_are_found_and_the_right_one_is_suggested() -> None:
    pytest.importorskip("cleanlab")
    data = made_dataset(300)
    truth = data.truth("fer2013").copy()
    learn = np.flatnonzero(data.split == "Training")
    happy, sad = FER2013.index("happy"), FER2013.index("sad")
    wrong = [i for i in learn if truth[i] == happy][:6]
    index_of(data, "fer2013")[wrong] = sad
    predicted = out_of_fold(data, no_mesh(300), "fer2013", np.arange(300))
    assert predicted is not None
    np.testing.assert_allclose(predicted.sum(axis=1), 1, atol=1e-4)
    others = data.split != "Training"
    assert (predicted[others].argmax(1) == truth[others]).mean() > 0.8
    items = {item.row: item for item in wrong_labels(data, "fer2013", predicted)}
    hits = [row for row in wrong if row in items]
    assert len(hits) >= 5
    assert all(items[row].suggestion == "relabel:happy" for row in hits)
    assert len(items) < 30


def test_a_second_label_set_counts() -> None:
    pytest.importorskip("cleanlab")
    happy, sad, fear = (FER2013.index(name) for name in ("happy", "sad", "fear"))
    data = dataset(textured(120), ["happy"] * 60 + ["sad"] * 60)
    predicted = np.full((120, 7), 0.01, np.float32)
    predicted[:60, happy] = predicted[60:, sad] = 0.94
    predicted[:3, happy], predicted[:3, sad] = 0.01, 0.94  # three that are called happy are predicted sad
    votes_of(data)[0, FERPLUS.index("sadness")] = 10  # the taggers agree with the classifier,
    votes_of(data)[1, FERPLUS.index("happiness")] = 10  # with the label,
    votes_of(data)[2, FERPLUS.index("fear")] = 10  # with neither
    items = {item.row: item.suggestion for item in wrong_labels(data, "fer2013", predicted)}
    assert items == {100: "relabel:sad", 102: "review"}
    assert second_opinions(data, "fer2013")[:4].tolist() == [sad, happy, fear, NO_LABEL]


def test_a_face_is_never_predicted_by_a_model_that_saw_it_or_its_copy() -> None:
    truth = np.array([0] * 20 + [1] * 12)
    groups = np.arange(32)
    groups[[5, 9, 25]] = 5
    folds = folds_of(truth, groups, 4)
    assert folds[5] == folds[9] == folds[25]
    assert max(Counter(folds[:20].tolist()).values()) <= 7
    assert set(folds.tolist()) == {0, 1, 2, 3}


def test_too_few_faces_for_folds() -> None:
    data = dataset(textured(3), ["happy", "sad", "sad"])
    assert out_of_fold(data, no_mesh(3), "fer2013", np.arange(3)) is None


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"rows": [100, 101], "fer2013": np.ones((2, 7))}, "nothing for row 102"),
        ({"rows": [100, 101, 102], "fer2013": np.ones((3, 8))}, r"expected rows \(M,\) and fer2013 \(M, 7\)"),
        ({"fer2013": np.ones((3, 7))}, "expected rows"),
        ({"rows": [100, 101, 102], "fer2013": -np.ones((3, 7))}, "probabilities, not logits"),
        (None, "not a readable"),
    ],
)
def test_bad_predictions(arrays: dict | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "p.npz"
    path.write_bytes(b"no") if arrays is None else np.savez(path, **arrays)
    with pytest.raises(DataError, match=words):
        read_predictions(path, dataset(textured(3)), "fer2013")


def test_rare_classes() -> None:
    data = dataset(textured(20), ["happy"] * 16 + ["sad"] + ["fear"] * 3)
    items = list(imbalance(data, "fer2013"))
    assert [item.detail.split(":")[0] for item in items] == ["angry", "disgust", "sad", "surprise", "neutral"]
    assert items[2].suggestion == "weight:2.86"
    assert items[0].suggestion == "review"


def test_everything_together(tmp_path: Path) -> None:
    pytest.importorskip("cleanlab")
    data = made_dataset(120)
    data.images[5] = 90
    data.images[8] = data.images[7]
    data.split[[5, 7, 8]] = "Training"
    steps: set[str] = set()
    options = CleanOptions(cache=tmp_path / "cache")
    result = clean(data, options, lambda name, done, total: steps.add(name))
    assert {"face mesh", "copies", "classifier", "watermarks"} <= steps
    assert {"blank", "duplicate", "imbalance"} <= result.counts.keys()
    write_findings(result, tmp_path / "clean.parquet")
    assert read_findings(tmp_path / "clean.parquet").counts == result.counts
    skipped = clean(data, CleanOptions(skip=frozenset({"blank", "wrong_label", "watermark"}), cache=options.cache))
    assert "blank" not in skipped.counts
    with pytest.raises(InputError, match="no such finding: blanc"):
        CleanOptions(skip=frozenset({"blanc"}))
    with pytest.raises(DataError, match="no labels of custom: it has ferplus, fer2013"):
        clean(data, CleanOptions("custom"))


def findings(data: FaceDataset, *items: Finding, label_set: str = "fer2013") -> Findings:
    hashes = dict(zip(data.rows.tolist(), perceptual_hashes(data.images).tolist(), strict=True))
    return Findings(items, label_set, {i.row: hashes[i.row] for i in items if i.row is not None}, data.name)


ITEMS = (
    Finding("duplicate", 101, 1.0, "exclude", "", 100),
    Finding("profile", 102, 0.6, "review"),
    Finding("wrong_label", 103, 0.4, "relabel:sad"),
    Finding("wrong_label", 104, 0.9, "relabel:fear"),
    Finding("leakage", 105, 0.9, "exclude"),  # a test face
    Finding("imbalance", None, 0.9, "weight:3", "disgust"),
)


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ({}, [100, 101, 102, 103, 104, 105]),
        ({"exclude": [SUGGESTED]}, [100, 102, 103, 104, 105]),
        ({"exclude": ["profile"]}, [100, 101, 103, 104, 105]),
        ({"exclude": ["wrong_label"], "minimum_score": 0.5}, [100, 101, 102, 103, 105]),
        ({"exclude": ["leakage", "imbalance"]}, [100, 101, 102, 103, 104, 105]),  # test splits stay whole
    ],
)
def test_excluding(options: dict, rows: list[int], tmp_path: Path) -> None:
    data = dataset(textured(6), split=["Training"] * 5 + ["PublicTest"])
    write_findings(findings(data, *ITEMS), tmp_path / "clean.parquet")
    assert apply_findings(data, tmp_path / "clean.parquet", **options).rows.tolist() == rows


def test_a_test_split_changes_when_it_is_named(tmp_path: Path) -> None:
    data = dataset(textured(6), split=["Training"] * 4 + ["PublicTest"] * 2)
    kept = apply_findings(data, findings(data, *ITEMS), exclude=["leakage"], splits=("PublicTest",))
    assert kept.rows.tolist() == [100, 101, 102, 103, 104]
    lonely = dataset(textured(6), split=["Training"] * 5 + ["PublicTest"])
    with pytest.raises(DataError, match="no face of PublicTest is left: exclude fewer"):
        apply_findings(lonely, findings(lonely, *ITEMS), exclude=["leakage"], splits=("PublicTest",))


def test_what_the_command_line_takes(tmp_path: Path) -> None:
    data, path = dataset(textured(6)), tmp_path / "clean.parquet"
    write_findings(findings(data, *ITEMS), path)
    changed = cleaned(data, [f"{path}:profile", str(path)], [f"{path}:wrong_label"])
    assert changed.rows.tolist() == [100, 103, 104]
    assert [FER2013[label] for label in changed.truth("fer2013")] == ["happy", "sad", "fear"]
    with pytest.raises(InputError, match="no such finding"):
        cleaned(data, [f"{path}:blanc"], [])
    with pytest.raises(DataError, match="none"):
        cleaned(data, [str(tmp_path / "none.parquet")], [])


def test_relabelling() -> None:
    data = dataset(textured(6))
    changed = apply_findings(data, findings(data, *ITEMS), relabel=[SUGGESTED])
    assert [FER2013[label] for label in changed.truth("fer2013")] == ["happy", "happy", "happy", "sad", "fear", "happy"]
    assert (data.truth("fer2013") == FER2013.index("happy")).all()  # the data itself stays
    sure = apply_findings(data, findings(data, *ITEMS), relabel=["wrong_label"], minimum_score=0.5)
    assert [FER2013[label] for label in sure.truth("fer2013")].count("sad") == 0
    votes_of(data)[:, 0] = 10
    votes = findings(data, Finding("wrong_label", 103, 1.0, "relabel:fear"), label_set="ferplus")
    assert apply_findings(data, votes, relabel=[SUGGESTED]).truth("ferplus").tolist() == [0, 0, 0, 6, 0, 0]
    with pytest.raises(DataError, match="suggest wink, but the data has angry"):
        apply_findings(data, findings(data, Finding("wrong_label", 103, 1.0, "relabel:wink")), relabel=[SUGGESTED])


def test_findings_of_other_data_are_refused(tmp_path: Path) -> None:
    data, other = dataset(textured(6)), dataset(textured(6, seed=1))
    with pytest.raises(DataError, match="findings are of other data"):
        apply_findings(other, findings(data, *ITEMS), exclude=[SUGGESTED])
    larger = dataset(np.stack([resized(image, 64, colour=True) for image in data.images]))
    assert len(apply_findings(larger, findings(data, *ITEMS), exclude=[SUGGESTED])) == 4
    with pytest.raises(DataError, match="no face of Training is left"):
        apply_findings(
            data, findings(data, *(Finding("blank", row, 1.0, "exclude") for row in range(100, 106))), exclude=["blank"]
        )
    with pytest.raises(DataError, match="does not exist: make it with emoar data clean"):
        apply_findings(data, tmp_path / "none.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(DataError, match="no file of findings"):
        apply_findings(data, tmp_path / "bad.parquet")


@pytest.mark.parametrize(
    ("text", "path", "names"),
    [
        ("a/clean.parquet", "a/clean.parquet", (SUGGESTED,)),
        ("a/clean.parquet:blank, leakage", "a/clean.parquet", ("blank", "leakage")),
        ("clean.parquet:", "clean.parquet", (SUGGESTED,)),
        ("C:/data/clean.parquet", "C:/data/clean.parquet", (SUGGESTED,)),
    ],
)
def test_the_option_of_training(text: str, path: str, names: tuple[str, ...]) -> None:
    assert parse_findings_option(text) == (Path(path), names)


def test_unknown_findings_are_named() -> None:
    with pytest.raises(InputError, match="no such finding: blanc; there are blank"):
        parse_findings_option("clean.parquet:blanc")
    with pytest.raises(DataError, match="score of blank must be within"):
        Finding("blank", 1, 1.5, "exclude")


def test_text_over_a_face_is_found(astronaut: np.ndarray) -> None:
    face = resized(astronaut[60:200, 155:295], 48, colour=False)
    marked = np.stack([face] * 4)
    for image, row in zip(marked, (12, 22, 32, 42), strict=True):
        cv2.putText(image, "photostock", (-6, row), cv2.FONT_HERSHEY_SIMPLEX, 0.38, 235, 1, cv2.LINE_AA)
    data = dataset(np.concatenate([marked, face[None]]))
    scores = watermark_scores(data.images)
    assert found(watermarks(data, scores)) == [("watermark", row, "review") for row in data.rows[:4]]
