"""Whether a face can be classified, and why not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.face_landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from emoar.types import Quality

__all__ = ["QualityOptions", "apparent_yaw_deg", "assess", "contrast", "sharpness"]

_ROUNDING: Final = 1 / 12  # variance of the rounding to integers, in squared grey levels
_LAPLACIAN_GAIN: Final = 20.0  # of the Laplacian for the variance of noise: 4 x 1 + 16
_MIDDLE_GREY: Final = 128.0


@dataclass(frozen=True)
class QualityOptions:
    """The limits within which an expression is classified."""

    minimum_eye_distance_px: float = 9.0  # outer corners: a face of about 20 px, the least for FER2013's detail
    minimum_contrast: float = 1.8  # of the aligned crop, in grey levels; below it accuracy falls by 5 points and more
    minimum_sharpness: float = 0.09  # of the aligned crop; 99.5 % of FER2013 is sharper than 0.17
    sharp_eye_distance_px: float = 27.0  # a smaller face is enlarged to the crop, and may be less sharp
    maximum_yaw_deg: float = 45.0  # a head turned by 50 to 70 degrees reads as 45 to 57 (docs/decisions/0023)
    minimum_visible: float = 0.75  # share of the landmarks inside the picture


def assess(
    landmarks_px: NDArray[np.float32],
    pose: NDArray[np.float32],
    crop: NDArray[np.uint8],
    width_px: int,
    height_px: int,
    options: QualityOptions,
) -> Quality:
    """The quality of one face: (468, 3) landmarks, (4, 4) pose and (48, 48) aligned crop in a picture of that size."""
    eyes = float(np.linalg.norm(landmarks_px[RIGHT_EYE_OUTER, :2] - landmarks_px[LEFT_EYE_OUTER, :2]))
    sharp, yaw, is_flat = sharpness(crop), apparent_yaw_deg(pose), contrast(crop) < options.minimum_contrast
    least_sharp = options.minimum_sharpness * min(eyes / options.sharp_eye_distance_px, 1.0)
    is_dark = float(crop.mean()) < _MIDDLE_GREY
    points = landmarks_px[:, :2]
    inside = ((points >= 0) & (points <= (width_px - 1, height_px - 1))).all(axis=1)
    checks = (
        (eyes < options.minimum_eye_distance_px, "too small"),
        (abs(yaw) > options.maximum_yaw_deg, "turned away"),
        (float(inside.mean()) < options.minimum_visible, "cut off by the edge"),
        (is_flat and is_dark, "too dark"),
        (is_flat and not is_dark, "too bright"),
        (not is_flat and sharp < least_sharp, "too blurred"),  # nothing can be blurred where nothing is
    )
    return Quality(eyes, sharp, yaw, tuple(reason for failed, reason in checks if failed))


def contrast(crop: NDArray[np.uint8]) -> float:
    """The standard deviation of a grey crop in grey levels, without the variance that rounding to integers adds."""
    return math.sqrt(max(float(crop.var()) - _ROUNDING, 0.0))


def sharpness(crop: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian of a grey crop over the variance of the crop; 0 where the crop has no contrast.

    Light and contrast change both variances alike, so that a dark or pale face is as sharp as a bright one. The
    variance that rounding to integers adds is subtracted from both: in a dark crop it would count as detail.
    """
    detail = float(cv2.Laplacian(crop, cv2.CV_32F).var()) - _LAPLACIAN_GAIN * _ROUNDING
    variance = float(crop.var()) - _ROUNDING
    return max(detail, 0.0) / variance if variance > _ROUNDING else 0.0


def apparent_yaw_deg(pose: NDArray[np.float32]) -> float:
    """Yaw of the head relative to the line of sight, -180..180; positive to the person's left.

    A face at the picture's edge that faces the camera has a yaw in the camera frame, but none relative to the line of
    sight.
    """
    x, _, z = pose[:3, 2].tolist()
    towards = -pose[:3, 3]
    turned = math.atan2(x, z) - math.atan2(float(towards[0]), float(towards[2]))
    return math.degrees(math.remainder(turned, math.tau))
