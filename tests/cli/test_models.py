"""`emoar models`: what is used, and where it is."""

from __future__ import annotations

from collections.abc import Callable


def test_models_list_names_files_and_ensembles(emoar: Callable) -> None:
    result = emoar("models", "list")
    assert result.code == 0
    assert all(name in result.out for name in ("face_landmark", "emoar-m", "emoar-s", "emoar-mesh"))
    assert "emoar-l: 1 emoar-m + 0.5 emoar-s, on each face and its mirror image" in result.out
