"""The models and the portraits, once for all perception tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.errors import ModelMissing
from emoar.models.public import model_path
from emoar.perception.detect import FaceDetector
from emoar.perception.mesh import FaceMesh, region_of_detection, region_of_landmarks

Image = NDArray[np.uint8]


def _path(name: str):  # type: ignore[no-untyped-def]
    try:
        return model_path(name)
    except ModelMissing as exc:
        pytest.skip(str(exc))


@pytest.fixture(scope="session")
def detector() -> Iterator[FaceDetector]:
    found = FaceDetector(_path("face_detection_short_range"), _path("face_detection_full_range_sparse"))
    yield found
    found.close()


@pytest.fixture(scope="session")
def mesh() -> Iterator[FaceMesh]:
    found = FaceMesh(_path("face_landmark"))
    yield found
    found.close()


@pytest.fixture(scope="session")
def landmarks_of(detector: FaceDetector, mesh: FaceMesh) -> Callable[[Image], NDArray[np.float32]]:
    """The landmarks, fitted several times, of the best face of a picture."""

    def fit(image: Image) -> NDArray[np.float32]:
        best = (detector.detect(image) or detector.detect_small(image))[0]
        found = mesh.fit(image, region_of_detection(best))
        for _ in range(2):
            found = mesh.fit(image, region_of_landmarks(found.landmarks_px))
        assert found.presence > 0.9
        return found.landmarks_px

    return fit
