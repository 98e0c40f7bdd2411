"""Options have hashes by which results are told apart."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from emoar.archive.options import ArchiveOptions, Identity
from emoar.errors import InputError, ModelMissing
from emoar.models import model_path


@pytest.mark.parametrize(
    ("options", "words"),
    [({"fps": 0.0}, "fps must be above 0"), ({"fps": float("nan")}, "fps"), ({"max_faces": 0}, "max_faces")],
)
def test_options_are_checked(options: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        ArchiveOptions(**options)  # type: ignore[arg-type]


def test_equal_options_have_equal_hashes_and_others_differ() -> None:
    base = Identity.of(ArchiveOptions())
    assert base == Identity.of(ArchiveOptions())
    assert base.differences(Identity.of(ArchiveOptions())) == []
    for other in (ArchiveOptions(fps=5), ArchiveOptions(max_faces=2), ArchiveOptions(label_set="fer2013")):
        assert Identity.of(other).options_sha256 != base.options_sha256
        assert Identity.of(other).model_sha256 == base.model_sha256
    assert base.differences(Identity.of(ArchiveOptions(fps=5))) == ["fps all, now 5"]


def test_where_the_public_models_lie_changes_nothing() -> None:
    assert Identity.of(ArchiveOptions(model_folder="/elsewhere")) == Identity.of(ArchiveOptions())


def test_models_are_told_apart_by_their_content(tmp_path: Path) -> None:
    small, medium = Identity.of(ArchiveOptions(model="emoar-s")), Identity.of(ArchiveOptions())
    assert small.model_sha256 != medium.model_sha256
    assert medium.differences(small)[0].startswith("model emoar-m (")
    own = tmp_path / "own.tflite"
    shutil.copy(model_path("emoar-s"), own)
    before = Identity.of(ArchiveOptions(model=str(own)))
    own.write_bytes(own.read_bytes() + b"x")
    assert Identity.of(ArchiveOptions(model=str(own))).model_sha256 != before.model_sha256


def test_an_unknown_model() -> None:
    with pytest.raises(ModelMissing, match="model must be one of"):
        Identity.of(ArchiveOptions(model="emoar-xxl"))
