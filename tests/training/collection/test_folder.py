"""Folders of capture sessions: created with consent, listed, and deleted only if they are one."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from emoar.errors import DataError, InputError
from emoar.training.collection.folder import (
    collection_folder,
    collections,
    create_collection,
    delete_collection,
    save_crop,
)
from emoar.training.data.about import read_about


def test_only_collections_are_deleted(tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "1.jpg").touch()
    with pytest.raises(DataError, match=r"no collection holiday .* there are none"):
        delete_collection(tmp_path, "holiday")
    assert (tmp_path / "holiday" / "1.jpg").exists()


def test_a_new_collection_records_the_consent_and_is_private(tmp_path: Path) -> None:
    folder = collection_folder(tmp_path / "root", "anna-1")
    create_collection(folder, "typed yes", size_px=96, colour=True)
    about = json.loads((folder / "about.json").read_text())
    assert about["consent"] == "typed yes"
    assert "Whole pictures are never written" in about["consent_text"]
    assert {"name": "anna-1", "size_px": "96", "colour": "rgb"}.items() <= read_about(folder).items()
    assert folder.stat().st_mode & 0o077 == 0
    assert collections(tmp_path / "root") == [folder]
    with pytest.raises(DataError, match="anna-1 exists: take another name, or delete it"):
        create_collection(folder, "typed yes", size_px=96, colour=True)


def test_no_collection_without_consent(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no consent"):
        create_collection(tmp_path / "a", "", size_px=48, colour=False)
    assert collections(tmp_path) == collections(tmp_path / "none") == []


@pytest.mark.parametrize("shape", [(48, 48), (48, 48, 3)])
def test_crops_are_stored_as_they_are(shape: tuple[int, ...], tmp_path: Path) -> None:
    crop = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    save_crop(tmp_path / "Training" / "happy" / "01-0000.png", crop)
    stored = cv2.imread(str(tmp_path / "Training" / "happy" / "01-0000.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(stored[..., ::-1] if crop.ndim == 3 else stored, crop)


def test_deleting_removes_every_file_of_one_collection(tmp_path: Path) -> None:
    for name in ("anna", "ben"):
        create_collection(tmp_path / name, "yes", size_px=48, colour=False)
    save_crop(tmp_path / "anna" / "Training" / "sad" / "1.png", np.zeros((48, 48), np.uint8))
    assert delete_collection(tmp_path, "anna") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["ben"]
    (tmp_path / "link").symlink_to(tmp_path / "ben")
    with pytest.raises(DataError, match=r"no collection link in .*: there are ben"):
        delete_collection(tmp_path, "link")
