"""Names of points in the 468-point face mesh: the map from parts of a face to landmark indices.

Left and right are the person's own. `canonical.canonical_face` has the same points on the canonical face.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = [
    "ALIGNMENT_POINTS",
    "ATTACHMENT_POINTS",
    "DLIB_68",
    "EYES_AND_MOUTH",
    "FIVE_LANDMARKS",
    "INNER_LIPS",
    "LANDMARK_COUNT",
    "LEFT_EYE_OUTER",
    "LEFT_EYE_OUTLINE",
    "MOUTH",
    "RIGHT_EYE_OUTER",
    "RIGHT_EYE_OUTLINE",
    "RIGID_POINTS",
]

LANDMARK_COUNT: Final = 468

RIGHT_EYE_OUTER: Final = 33
RIGHT_EYE_INNER: Final = 133
LEFT_EYE_OUTER: Final = 263
LEFT_EYE_INNER: Final = 362
NOSE_TIP: Final = 1
NOSE_BASE: Final = 2
MOUTH_RIGHT: Final = 61
MOUTH_LEFT: Final = 291
MOUTH: Final = (13, 14)  # the middle of the inner lips, upper and lower; their mean is the centre of the mouth
OUTER_LIPS: Final = (0, 17)  # the middle of the outer lips, upper and lower

# Pairs of points on the lids, upper and lower: above the pupil, and nearer to the nose.
RIGHT_LIDS: Final = ((159, 145), (158, 153))
LEFT_LIDS: Final = ((386, 374), (385, 380))
# The inner end of a brow, whose first point is the nearest to the nose, and its arch.
RIGHT_BROW_INNER: Final = (55, 107)
LEFT_BROW_INNER: Final = (285, 336)
RIGHT_BROW_ARCH: Final = (52, 105, 63)
LEFT_BROW_ARCH: Final = (282, 334, 293)

# Outlines of the openings in the face, in order around each.
RIGHT_EYE_OUTLINE: Final = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_EYE_OUTLINE: Final = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
INNER_LIPS: Final = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
EYES_AND_MOUTH: Final = (RIGHT_EYE_OUTLINE, LEFT_EYE_OUTLINE, INNER_LIPS)

# The 68 landmarks of dlib in their order, by the names that `hri_msgs/FacialLandmarks` gives them. The lower face
# follows its outline from ear to ear, at equal distances in frontal view.
DLIB_68: Final = (
    *(127, 234, 93, 132, 58, 172, 150, 176, 152, 400, 379, 397, 288, 361, 323, 454, 356),  # right ear, menton, left ear
    *(70, 63, 105, 66, 107),  # right eyebrow, from the outside
    *(336, 296, 334, 293, 300),  # left eyebrow, from the inside
    *(168, 197, 5, 1),  # down the nose to its tip
    *(98, 97, 2, 326, 327),  # nostrils, from the right
    *(33, 160, 158, 133, 153, 144),  # right eye: outside, top, inside, bottom
    *(362, 385, 387, 263, 373, 380),  # left eye: inside, top, outside, bottom
    *(61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91),  # outer lips: right, top, left, bottom
    *(78, 81, 13, 311, 308, 402, 14, 178),  # inner lips: right, top, left, bottom
)

# Means over landmarks that move little with the expression: right eye, left eye, nose, corners of the mouth.
ALIGNMENT_POINTS: Final = (
    (RIGHT_EYE_OUTER, RIGHT_EYE_INNER, 159, 145),
    (LEFT_EYE_OUTER, LEFT_EYE_INNER, 386, 374),
    (NOSE_TIP, 2, 98, 327),
    (MOUTH_RIGHT,),
    (MOUTH_LEFT,),
)

# The five landmarks that face recognition uses; each is the mean of these points. Eyes: outer and inner corner.
FIVE_LANDMARKS: Final[Mapping[str, tuple[int, ...]]] = {
    "right_eye": (RIGHT_EYE_OUTER, RIGHT_EYE_INNER),
    "left_eye": (LEFT_EYE_OUTER, LEFT_EYE_INNER),
    "nose_tip": (NOSE_TIP,),
    "mouth_right": (MOUTH_RIGHT,),
    "mouth_left": (MOUTH_LEFT,),
}

# Where stickers and objects are attached; each is the mean of these points.
ATTACHMENT_POINTS: Final[Mapping[str, tuple[int, ...]]] = {
    "above_head": (10,),  # at the hairline; an offset upwards is needed to be above the head
    "forehead": (151,),
    "between_eyes": (168,),
    "nose": (4,),
    "under_nose": (164,),
    "mouth": MOUTH,
    "chin": (152,),
    "left_eye": (LEFT_EYE_OUTER, LEFT_EYE_INNER),
    "right_eye": (RIGHT_EYE_OUTER, RIGHT_EYE_INNER),
    "left_under_eye": (450,),
    "right_under_eye": (230,),
    "left_cheek": (280,),
    "right_cheek": (50,),
    "left_temple": (389,),
    "right_temple": (162,),
    "left_brow": (334,),
    "right_brow": (105,),
    "left_ear": (454,),
    "right_ear": (234,),
}

# Landmarks that move little with the expression, and are far apart: eye corners, bridge, tip and wings of the nose,
# forehead, temples and the sides of the face down to the ears.
RIGID_POINTS: Final = (
    *(RIGHT_EYE_OUTER, RIGHT_EYE_INNER, LEFT_EYE_INNER, LEFT_EYE_OUTER, 168, 6, 197, 195, 5, 4, NOSE_TIP, 98, 327, 2),
    *(10, 109, 338, 67, 297, 127, 356, 234, 454, 93, 323),
)
