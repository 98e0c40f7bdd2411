"""The portraits and models that measuring needs."""

from __future__ import annotations

import pytest

from emoar.errors import ModelMissing
from emoar.models.public import model_path


@pytest.fixture(scope="module", autouse=True)
def _portraits() -> None:
    for package in ("skimage", "matplotlib"):
        pytest.importorskip(package, reason="a portrait comes with it: pip install 'emoar[demo]'")


@pytest.fixture
def models() -> None:
    try:
        model_path("face_landmark")
    except ModelMissing as exc:
        pytest.skip(str(exc))
