from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import resized, rotated

from emoar.perception.align import align
from emoar.perception.pose import PoseFitter
from emoar.perception.quality import QualityOptions, assess, sharpness


def quality_of(image: NDArray[np.uint8], landmarks: NDArray[np.float32]):  # type: ignore[no-untyped-def]
    height, width = image.shape[:2]
    pose = PoseFitter().fit(landmarks, width, height)
    return assess(landmarks, pose, align(image, landmarks), width, height, QualityOptions())


@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
@pytest.mark.parametrize("angle_deg", [0, 30])
def test_good_portraits_are_usable(request, landmarks_of, portrait: str, angle_deg: float) -> None:  # type: ignore[no-untyped-def]
    image = rotated(request.getfixturevalue(portrait), angle_deg)
    quality = quality_of(image, landmarks_of(image))
    assert quality.usable
    assert abs(quality.yaw_deg) < 20


def test_each_fault_is_named(landmarks_of, grace_hopper: NDArray[np.uint8]) -> None:  # type: ignore[no-untyped-def]
    landmarks = landmarks_of(grace_hopper)
    tiny, factor = resized(grace_hopper, 0.05), np.float32(0.05)
    assert "too small" in quality_of(tiny, landmarks * factor).reasons
    soft = np.asarray(cv2.GaussianBlur(grace_hopper, (0, 0), 7), np.uint8)
    assert quality_of(soft, landmarks).reasons == ("too blurred",)
    left = int(landmarks[:, 0].min() + 0.5 * np.ptp(landmarks[:, 0]))
    cut = np.ascontiguousarray(grace_hopper[:, left:])
    assert "cut off by the edge" in quality_of(cut, landmarks - np.float32([left, 0, 0])).reasons


def test_a_profile_is_turned_away(grace_hopper: NDArray[np.uint8]) -> None:
    pose = np.eye(4, dtype=np.float32)
    pose[:3, :3] = cv2.Rodrigues(np.radians([0.0, 70.0, 0.0]))[0]
    pose[2, 3] = -60
    landmarks = np.full((468, 3), 100, np.float32)
    landmarks[263, 0] = 140
    crop = np.random.default_rng(0).integers(0, 255, (48, 48)).astype(np.uint8)
    quality = assess(landmarks, pose, crop, 512, 600, QualityOptions())
    assert quality.reasons == ("turned away",)
    assert quality.yaw_deg == pytest.approx(70, abs=0.1)


def test_blur_lowers_sharpness() -> None:
    crop = np.random.default_rng(0).integers(0, 255, (48, 48)).astype(np.uint8)
    values = [sharpness(crop), *(sharpness(np.asarray(cv2.GaussianBlur(crop, (0, 0), s))) for s in (1, 2, 4))]
    assert values == sorted(values, reverse=True)
    assert sharpness(np.full((48, 48), 90, np.uint8)) == 0
