"""The Parquet schema of FER2013 with FER+ votes, and files with wrong columns, values and images."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from training_faces import made_dataset, votes_of

from emoar.errors import DataError
from emoar.training.data.options import ReadOptions
from emoar.training.data.read import read_dataset


def test_parquet_round_trip(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    made = made_dataset(20)
    names = (
        "neutral",
        "happiness",
        "surprise",
        "sadness",
        "anger",
        "disgust",
        "fear",
        "contempt",
        "unknown",
        "not_a_face",
    )
    images = [cv2.imencode(".png", image)[1].tobytes() for image in made.images]
    images[3] = cv2.imencode(".webp", np.zeros((48, 48), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 101])[1].tobytes()
    table = {"usage": made.split.tolist(), "emotion": made.truth("fer2013").tolist(), "image": images}
    table |= {f"votes_{name}": votes_of(made)[:, i].astype(np.uint8) for i, name in enumerate(names)}
    pq.write_table(pa.table(table), tmp_path / "made.parquet")
    data = read_dataset(tmp_path / "made.parquet")
    np.testing.assert_array_equal(np.delete(data.images, 3, axis=0), np.delete(made.images, 3, axis=0))
    assert (data.images[3] == 0).all()  # a blank face, a WebP of under 32 bytes
    np.testing.assert_array_equal(votes_of(data), votes_of(made))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"usage": ["Holiday"], "emotion": [3]}, "usage must be one of"),
        ({"usage": ["Training"], "emotion": [9]}, r"row 0: emotion must be 0\.\.6, got 9"),
        ({"usage": ["Training"], "emotion": ["joy"]}, "emotion must be 0..6, got 'joy'"),
        ({"usage": ["Training"]}, "no face has a label"),
        ({"emotion": [3]}, "expected the columns usage and image"),
        ({"usage": ["Training"], "emotion": [3], "votes_neutral": [1]}, "store all or none"),
    ],
)
def test_bad_parquet(columns: dict[str, list], words: str, tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    image = cv2.imencode(".png", np.zeros((48, 48), np.uint8))[1].tobytes()
    pq.write_table(pa.table({**columns, "image": [image]}), tmp_path / "x.parquet")
    with pytest.raises(DataError, match=words):
        read_dataset(tmp_path / "x.parquet")


def test_bad_images_in_parquet(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    image = cv2.imencode(".png", np.zeros((48, 48), np.uint8))[1].tobytes()
    table = {"usage": ["Training"] * 3, "emotion": [1, 2, 3], "image": [image, b"no", None], "row": [7, 8, 9]}
    pq.write_table(pa.table(table), tmp_path / "x.parquet")
    with pytest.raises(DataError, match=r"2 of 3 rows cannot be used: row 1 .*row 2 is empty"):
        read_dataset(tmp_path / "x.parquet")
    data = read_dataset(tmp_path / "x.parquet", ReadOptions(skip_bad=True))
    assert (data.rows.tolist(), data.truth("fer2013").tolist(), len(data.skipped)) == ([7], [1], 2)


def test_columns_and_splits_in_other_spellings(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    picture = cv2.imencode(".png", np.full((48, 48), 9, np.uint8))[1].tobytes()
    path = tmp_path / "faces.parquet"
    pq.write_table(pa.table({" Usage": ["private_test", "Train"], "Image": [picture] * 2, "EMOTION": [3, 0]}), path)
    data = read_dataset(path)
    assert data.split.tolist() == ["PrivateTest", "Training"]
    assert data.truth("fer2013").tolist() == [3, 0]
