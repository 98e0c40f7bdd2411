"""The check of messages refuses what rosbridge and ROS refuse."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from ros_interfaces import INTERFACES, check_message

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


def ros1_md5(kind: str) -> str:
    """The checksum by which ROS 1 compares a definition: of its fields, with other definitions as their checksums."""
    lines: list[str] = []
    for name, field_kind in INTERFACES[kind].items():
        element = field_kind.partition("[")[0]
        lines.append(f"{ros1_md5(element) if element in INTERFACES else field_kind} {name}")
    return hashlib.md5("\n".join(lines).encode()).hexdigest()


@pytest.mark.parametrize(
    ("kind", "checksum"),
    [
        ("geometry_msgs/Vector3", "4a842b65f413084dc2b10fb484ea7f17"),
        ("geometry_msgs/Quaternion", "a779879fadf0160734f906b8c19c7004"),
        ("geometry_msgs/Transform", "ac9eff44abf714214112b05d54a3cf9b"),
        ("std_msgs/String", "992ce8a1687cec8c8bd883ec73ca41d1"),
        ("qt_nuitrack_app/Faces", "20dfb5db1e90db4dafd45bc663893505"),  # as QTrobot publishes it
    ],
)
def test_definitions_have_the_checksums_of_ros(kind: str, checksum: str) -> None:
    assert ros1_md5(kind) == checksum
