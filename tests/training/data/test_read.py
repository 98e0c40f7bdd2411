from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from training_faces import face_dataset, made_dataset, votes_of

from emoar.errors import DataError
from emoar.labels import FER2013, FERPLUS
from emoar.training.data.read import NO_LABEL, FaceDataset, read_dataset

PIXELS = " ".join(["7"] * 2304)
SHARED = Path(__file__).parents[4] / "shared" / "data" / "fer2013.parquet"


def dataset_with_votes(votes: list[list[float]]) -> FaceDataset:
    count = len(votes)
    images = np.zeros((count, 48, 48), np.uint8)
    return face_dataset(images, ["Training"] * count, fer2013=[0] * count, votes=np.float32(votes))


@pytest.mark.parametrize(
    ("votes", "majority", "soft"),
    [
        ([8, 2, 0, 0, 0, 0, 0, 0, 0, 0], 0, [0.8, 0.2, 0, 0, 0, 0, 0, 0]),
        ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], 0, [0.5, 0.5, 0, 0, 0, 0, 0, 0]),  # ties: first
        ([8, 1, 1, 0, 0, 0, 0, 0, 0, 0], 0, [1, 0, 0, 0, 0, 0, 0, 0]),  # single votes are outliers
        ([0, 0, 0, 0, 0, 0, 4, 0, 6, 0], NO_LABEL, [0] * 8),  # most do not know
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 10], NO_LABEL, [0] * 8),  # not a face
        ([0] * 10, NO_LABEL, [0] * 8),  # no FER+
    ],
)
def test_ferplus_targets(votes: list[float], majority: int, soft: list[float]) -> None:
    data = dataset_with_votes([votes])
    assert data.truth("ferplus").tolist() == [majority]
    np.testing.assert_allclose(data.voted["ferplus"].distribution()[0] if any(votes) else np.zeros(8), soft, atol=1e-6)


def test_an_absent_split_is_named() -> None:
    data = dataset_with_votes([[1] * 10])
    assert len(data.of_split("Training")) == 1
    with pytest.raises(DataError, match="PrivateTest: the data holds Training"):
        data.of_split("PrivateTest")


def test_shapes_are_checked() -> None:
    with pytest.raises(DataError, match=r"votes must be \(N, 10\), got \(1, 8\)"):
        face_dataset(np.zeros((1, 48, 48), np.uint8), ["Training"], votes=np.zeros((1, 8), np.float32))


def write_csv(path: Path, *rows: str, header: str = "emotion,pixels,Usage") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_csv_with_votes_beside_it(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "fer2013.csv", f"3,{PIXELS},Training", f"6,{PIXELS},PrivateTest")
    header = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
    write_csv(
        tmp_path / "fer2013new.csv",
        "Training,a.png,1,9,0,0,0,0,0,0,0,0",
        "PrivateTest,,0,0,0,0,0,0,0,0,0,10",
        header=header,
    )
    data = read_dataset(path)
    assert data.truth("fer2013").tolist() == [3, 6]
    assert data.truth("ferplus").tolist() == [FERPLUS.index("happiness"), NO_LABEL]
    assert (data.images == 7).all()
    write_csv(tmp_path / "fer2013new.csv", header=header)
    with pytest.raises(DataError, match="0 rows"):
        read_dataset(path)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("3,1 2 3,Training", "line 2: expected 2304 pixels"),
        (f"3,{PIXELS} 4,Training", "2305"),
        (f"3,{PIXELS[:-1]}x,Training", "not a number"),
        (f"3,{PIXELS[:-1]}999,Training", "0..255"),
        (f"9,{PIXELS},Training", "emotion must be 0..6"),
        (f"joy,{PIXELS},Training", "'joy'"),
        (f"3,{PIXELS},Holiday", "Holiday"),
    ],
)
def test_bad_csv_rows_are_named(tmp_path: Path, row: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_dataset(write_csv(tmp_path / "fer2013.csv", row))


def test_other_bad_inputs(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_dataset(tmp_path / "none.csv")
    with pytest.raises(DataError, match="columns"):
        read_dataset(write_csv(tmp_path / "a.csv", header="x,y"))
    with pytest.raises(DataError, match="no rows"):
        read_dataset(write_csv(tmp_path / "b.csv"))
    with pytest.raises(DataError, match="no images in folders"):
        read_dataset(tmp_path)
    (tmp_path / "c.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(DataError, match=r"c\.parquet"):
        read_dataset(tmp_path / "c.parquet")
    (tmp_path / "d.txt").touch()
    with pytest.raises(DataError, match=r"expected \.parquet"):
        read_dataset(tmp_path / "d.txt")


def save(path: Path, value: int = 50, size: int = 48) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((size, size), value, np.uint8))


def test_folders_named_after_expressions(tmp_path: Path) -> None:
    save(tmp_path / "train" / "happy" / "1.png", 10)
    save(tmp_path / "train" / "sad" / "2.png", 20)
    save(tmp_path / "PrivateTest" / "happy" / "3.png", 30, size=96)
    data = read_dataset(tmp_path)
    assert sorted(
        zip(data.split.tolist(), data.truth("fer2013").tolist(), data.images[:, 0, 0].tolist(), strict=True)
    ) == [
        ("PrivateTest", FER2013.index("happy"), 30),
        ("Training", FER2013.index("happy"), 10),
        ("Training", FER2013.index("sad"), 20),
    ]
    assert (data.truth("ferplus") == NO_LABEL).all()


def test_ferplus_folders_and_a_mixture(tmp_path: Path) -> None:
    save(tmp_path / "happiness" / "1.png")
    save(tmp_path / "neutral" / "2.png")
    data = read_dataset(tmp_path)
    assert sorted(data.truth("ferplus").tolist()) == [0, 1]
    assert (data.truth("fer2013") == NO_LABEL).all()
    save(tmp_path / "happy" / "3.png")
    with pytest.raises(DataError, match="mix"):
        read_dataset(tmp_path)


def test_a_corrupt_image_is_named(tmp_path: Path) -> None:
    save(tmp_path / "happy" / "1.png")
    (tmp_path / "happy" / "2.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"happy/2\.png"):
        read_dataset(tmp_path)


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


@pytest.mark.skipif(not SHARED.exists(), reason=f"needs {SHARED.name} in ../shared/data")
def test_the_real_data_has_the_published_counts() -> None:
    data = read_dataset(SHARED)
    private = data.of_split("PrivateTest")
    assert np.bincount(private.truth("fer2013")).tolist() == [491, 55, 528, 879, 594, 416, 626]
    assert (private.truth("ferplus") != NO_LABEL).sum() == 3546
