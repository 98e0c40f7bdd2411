"""Arrays that are kept in files: computed once, again where a file is damaged, and never half written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.errors import OutputError
from emoar.training.cache import cache_key, load_or_compute


@dataclass(frozen=True, eq=False)
class Points:
    x: NDArray[np.float32]
    found: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if len(self.x) != len(self.found):
            raise ValueError("x and found must be of one length")


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def points(self) -> Points:
        self.calls += 1
        return Points(np.float32([1, 2]), np.array([True, False]))


def test_the_second_time_it_is_read(tmp_path: Path) -> None:
    path, counter = tmp_path / "new" / "points.npz", Counter()
    for _ in range(2):
        points = load_or_compute(path, Points, counter.points)
        np.testing.assert_array_equal(points.x, [1, 2])
        assert points.found.dtype == np.bool_
    assert counter.calls == 1
    assert [file.name for file in path.parent.iterdir()] == ["points.npz"]


def test_arrays_by_name(tmp_path: Path) -> None:
    path = tmp_path / "by-name.npz"
    made = load_or_compute(path, dict, lambda: {"fer2013": np.eye(2)})
    read = load_or_compute(path, dict, dict)
    assert list(read) == ["fer2013"]
    np.testing.assert_array_equal(read["fer2013"], made["fer2013"])


def test_without_a_path_nothing_is_kept() -> None:
    counter = Counter()
    load_or_compute(None, Points, counter.points)
    load_or_compute(None, Points, counter.points)
    assert counter.calls == 2


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "other names", "other shapes"])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: str) -> None:
    path, counter = tmp_path / "points.npz", Counter()
    load_or_compute(path, Points, counter.points)
    content = path.read_bytes()
    if damage == "other names":
        np.savez(path, y=np.zeros(2))
    elif damage == "other shapes":
        np.savez(path, x=np.zeros(2), found=np.zeros(3))
    else:
        path.write_bytes({"cut": content[: len(content) // 2], "empty": b"", "text": b"not an archive"}[damage])
    np.testing.assert_array_equal(load_or_compute(path, Points, counter.points).x, [1, 2])
    assert counter.calls == 2
    load_or_compute(path, Points, counter.points)
    assert counter.calls == 2


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file, **_arrays) -> None:  # type: ignore[no-untyped-def]
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("emoar.training.cache.np.savez", full)
    with pytest.raises(OutputError, match=r"points\.npz: the disk is full"):
        load_or_compute(tmp_path / "points.npz", Points, Counter().points)
    assert list(tmp_path.iterdir()) == []


def test_a_key_changes_with_all_that_it_is_made_of() -> None:
    faces = np.arange(6, dtype=np.uint8)
    keys = [
        cache_key(faces),
        cache_key(faces[::-1]),
        cache_key(faces, (2, 3)),
        cache_key(faces, (3, 2)),
        cache_key(faces, b"weights"),
        cache_key(faces, b"other weights"),
    ]
    assert len(set(keys)) == len(keys)
    assert cache_key(faces, (2, 3)) == keys[2]
    assert {len(key) for key in keys} == {16}
