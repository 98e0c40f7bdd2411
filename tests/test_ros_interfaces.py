"""The check of messages refuses what rosbridge and ROS refuse."""

from __future__ import annotations

from typing import Any

import pytest
from ros_interfaces import check_message

HEADER = {"stamp": {"secs": 1, "nsecs": 2}, "frame_id": "camera"}
EXPRESSION = {"header": HEADER, "expression": "happy", "valence": 0.0, "arousal": 0.0, "confidence": 0.5}


def test_a_right_message_passes() -> None:
    check_message("hri_msgs/Expression", EXPRESSION)


@pytest.mark.parametrize(
    "change",
    [
        {"header": {**HEADER, "seq": 1}},
        {"header": {**HEADER, "stamp": {"secs": 1.0, "nsecs": 2}}},
        {"header": {**HEADER, "stamp": {"secs": 1, "nsecs": 1_000_000_000}}},
        {"header": {"frame_id": "camera"}},
        {"confidence": 1},
        {"confidence": 1.01},
        {"confidence": float("nan")},
        {"valence": -1.5},
        {"expression": "contempt"},
        {"expression": None},
        {"more": 1},
    ],
)
def test_wrong_messages_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        check_message("hri_msgs/Expression", {**EXPRESSION, **change})


@pytest.mark.parametrize("count", [69, 71])
def test_arrays_have_their_length(count: int) -> None:
    point = {"x": 0.5, "y": 0.5, "c": 1.0}
    message = {"header": HEADER, "landmarks": [point] * count, "height": 1, "width": 1}
    with pytest.raises(ValueError, match="70 elements"):
        check_message("hri_msgs/FacialLandmarks", message)
    check_message("hri_msgs/FacialLandmarks", {**message, "landmarks": [point] * 70})
