from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import resized, rotated

from emoar.perception.align import align
from emoar.perception.pose import PoseFitter
from emoar.perception.quality import QualityOptions, assess, contrast, sharpness


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


@pytest.mark.parametrize("face_px", [20, 24, 32, 40])
def test_a_small_face_may_be_as_soft_as_it_is_enlarged(
    landmarks_of, astronaut: NDArray[np.uint8], face_px: int
) -> None:  # type: ignore[no-untyped-def]
    factor = face_px / 105
    small = resized(astronaut, factor)
    landmarks = landmarks_of(astronaut) * np.float32(factor)
    assert quality_of(small, landmarks).usable
    soft = np.asarray(cv2.GaussianBlur(small, (0, 0), 2), np.uint8)
    assert "too blurred" in quality_of(soft, landmarks).reasons


@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
@pytest.mark.parametrize("gain", [0.5, 0.4, 0.3, 0.2, 0.1, 0.05])
@pytest.mark.parametrize("offset", [0, 120])
def test_a_sharp_face_in_little_light_or_contrast_is_usable(  # type: ignore[no-untyped-def]
    request, landmarks_of, portrait: str, gain: float, offset: int
) -> None:
    image = request.getfixturevalue(portrait)
    landmarks = landmarks_of(image)
    assert quality_of((image * gain + offset).astype(np.uint8), landmarks).usable


@pytest.mark.parametrize("gain", [1, 0.5, 0.2, 0.1])
def test_a_blurred_face_is_blurred_in_any_light(landmarks_of, astronaut: NDArray[np.uint8], gain: float) -> None:  # type: ignore[no-untyped-def]
    landmarks = landmarks_of(astronaut)
    soft = cv2.GaussianBlur(astronaut, (0, 0), 2) * gain
    assert quality_of(soft.astype(np.uint8), landmarks).reasons == ("too blurred",)


@pytest.mark.parametrize(("offset", "reason"), [(0, "too dark"), (240, "too bright")])
def test_a_face_without_contrast_is_not_blurred(  # type: ignore[no-untyped-def]
    landmarks_of, astronaut: NDArray[np.uint8], offset: int, reason: str
) -> None:
    landmarks = landmarks_of(astronaut)
    for sigma in (0, 4):
        image = cv2.GaussianBlur(astronaut, (0, 0), sigma) if sigma else astronaut
        faint = np.rint(image * 0.02).astype(np.uint8) + np.uint8(offset)
        assert quality_of(faint, landmarks).reasons == (reason,)


def test_a_small_face_is_small_before_it_is_blurred(landmarks_of, astronaut: NDArray[np.uint8]) -> None:  # type: ignore[no-untyped-def]
    factor = 0.12
    soft = resized(cv2.GaussianBlur(astronaut, (0, 0), 8).astype(np.uint8), factor)
    reasons = quality_of(soft, landmarks_of(astronaut) * np.float32(factor)).reasons
    assert reasons == ("too small", "too blurred")


def test_light_changes_neither_sharpness_nor_the_ratio_of_contrasts() -> None:
    rng = np.random.default_rng(0)
    crop = cv2.GaussianBlur(rng.integers(0, 256, (48, 48)).astype(np.float32), (0, 0), 1.0)
    bright = np.rint(crop).astype(np.uint8)
    for gain in (0.5, 0.2, 0.1):
        dark = np.rint(crop * gain).astype(np.uint8)
        assert sharpness(dark) == pytest.approx(sharpness(bright), rel=0.1)
        assert contrast(dark) == pytest.approx(gain * contrast(bright), rel=0.02)


def test_blur_lowers_sharpness() -> None:
    crop = np.random.default_rng(0).integers(0, 255, (48, 48)).astype(np.uint8)
    values = [sharpness(crop), *(sharpness(np.asarray(cv2.GaussianBlur(crop, (0, 0), s))) for s in (1, 2, 4))]
    assert values == sorted(values, reverse=True)
    assert sharpness(np.full((48, 48), 90, np.uint8)) == 0
