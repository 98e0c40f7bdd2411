"""VMC messages as python-osc's server receives them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.events.osc.vmc import unity_quaternion
from emoar.events.sinks import open_sink
from emoar.types import Face, Scene

from ..test_detector import face, scene
from .osc_receiver import Message, osc_receiver
from .test_blend_shapes import measured

pytest.importorskip("pythonosc")

APPLY = ("/VMC/Ext/Blend/Apply", ())


def received(url_options: str, *scenes: Scene) -> list[list[Message]]:
    """What a receiver gets of each scene; at the end of a source with a face there is one more without it."""
    with osc_receiver() as receiver:
        outlet = open_sink(f"vmc://127.0.0.1:{receiver.port}{url_options}")
        for one in scenes:
            outlet.send(one)
        times = len(scenes)
        receiver.until(lambda got: sum(address == "/VMC/Ext/T" for address, _ in got) == times)
        outlet.close()
        final = open_sink(f"vmc://127.0.0.1:{receiver.port}")  # UDP keeps its order here: nothing comes after it
        final.send(scene(99.0))
        messages = receiver.until(lambda got: any(m == ("/VMC/Ext/T", (99.0,)) for m in got))
        final.close()
    starts = [i for i, (address, _) in enumerate(messages) if address == "/VMC/Ext/OK"]
    return [messages[a:b] for a, b in zip(starts, [*starts[1:], len(messages)], strict=True)][:-1]


def weights(messages: list[Message]) -> dict[str, float]:
    return {values[0]: values[1] for address, values in messages if address == "/VMC/Ext/Blend/Val"}


def turned(of: Face, matrix: list[list[float]]) -> Face:
    pose = np.eye(4, dtype=np.float32)
    pose[:3, :3] = matrix
    return replace(of, pose=pose)


def test_an_avatar_follows_a_face() -> None:
    moved = measured(face(), jawOpen=0.5, eyeBlinkLeft=1.0)
    first, second, end = received("", scene(0.5, face()), scene(1.5, moved))
    assert first[0] == ("/VMC/Ext/OK", (1,))
    assert first[1] == ("/VMC/Ext/T", (0.5,))
    assert first[2] == ("/VMC/Ext/Bone/Pos", ("Head", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0))
    assert first[-1] == APPLY
    expected = {"Joy": 0.79, "Angry": 0.03, "Sorrow": 0.03, "Surprised": 0.03, "Fun": 0.0}
    assert weights(first) == pytest.approx(expected, abs=1e-6)
    more = {"A": 0.5, "I": 0, "U": 0, "E": 0, "O": 0, "Blink_L": 1, "Blink_R": 0, "jawOpen": 0.5, "eyeBlinkLeft": 1}
    assert weights(second) == pytest.approx(expected | more, abs=1e-6)
    assert end[2] == ("/VMC/Ext/Bone/Pos", ("Head", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0))
    assert weights(end) == dict.fromkeys(expected | more, 0.0)
    assert end[-1] == APPLY


def test_nothing_sticks_when_the_face_is_gone() -> None:
    turn = turned(face(), [[0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    seen, gone, still = received("", scene(0.0, turn), scene(0.1), scene(0.2))
    assert weights(seen)["Joy"] > 0.7
    assert set(weights(gone)) == set(weights(seen))
    assert set(weights(gone).values()) == {0.0}
    assert gone[2] == ("/VMC/Ext/Bone/Pos", ("Head", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0))
    assert gone[-1] == APPLY
    assert [address for address, _ in still] == ["/VMC/Ext/OK", "/VMC/Ext/T"], "once, and the program is still there"


def test_an_expression_fades_while_the_face_cannot_be_classified() -> None:
    blurred = [scene(0.1 * i, face(1, "happiness", 0.0, "too blurred")) for i in range(1, 20)]
    joy = [weights(messages)["Joy"] for messages in received("", scene(0.0, face()), *blurred)[:-1]]
    assert joy[0] == pytest.approx(0.79)
    steps = [later / earlier for earlier, later in pairwise(joy)]
    assert steps == pytest.approx([math.exp(-0.1 / 0.25)] * len(steps), abs=1e-4)


def test_what_is_not_measured_any_more_fades() -> None:
    first, second, _ = received("", scene(0.0, measured(face(), jawOpen=1.0)), scene(0.25, face()))
    assert (weights(first)["A"], weights(first)["jawOpen"]) == (1, 1)
    assert (weights(second)["A"], weights(second)["jawOpen"]) == pytest.approx((1 / math.e, 1 / math.e))
    assert weights(second)["Joy"] == pytest.approx(0.79)


def test_another_face_and_other_names() -> None:
    two = scene(0.0, face(4, "happiness"), measured(face(9), jawOpen=1.0))
    messages, _ = received("?face=2&vrm=1&blend=measures", two)
    assert weights(messages).keys() == {
        "aa",
        "ih",
        "ou",
        "ee",
        "oh",
        "blinkLeft",
        "blinkRight",
        "jawOpen",
    }
    messages, _ = received("?face=2&vrm=1&blend=expressions", two)
    assert weights(messages).keys() == {"happy", "angry", "sad", "surprised", "relaxed"}
    messages, _ = received("?face=3", two)
    assert [address for address, _ in messages] == ["/VMC/Ext/OK", "/VMC/Ext/T"]


C, S = math.cos(math.radians(40)), math.sin(math.radians(40))
HALF_C, HALF_S = math.cos(math.radians(20)), math.sin(math.radians(20))


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], (0, 0, 0, 1)),
        # to the person's left: forward (+z) moves to Unity's -x, a negative turn about y
        ([[C, 0, S], [0, 1, 0], [-S, 0, C]], (0, -HALF_S, 0, HALF_C)),
        # up: forward moves to +y, a negative turn about x
        ([[1, 0, 0], [0, C, S], [0, -S, C]], (-HALF_S, 0, 0, HALF_C)),
        # to the person's left shoulder: the top (+y) moves to Unity's -x, a positive turn about z
        ([[C, S, 0], [-S, C, 0], [0, 0, 1]], (0, 0, HALF_S, HALF_C)),
    ],
)
def test_the_head_turns_as_in_unity(rotation: Any, expected: tuple[float, ...]) -> None:
    assert unity_quaternion(np.array(rotation, np.float32)) == pytest.approx(expected, abs=1e-6)


def test_any_rotation_is_the_mirrored_one() -> None:
    mirror = np.diag([-1.0, 1.0, 1.0])
    for seed in range(20):
        rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
        rotation *= np.sign(np.linalg.det(rotation))
        x, y, z, w = unity_quaternion(rotation)
        assert x * x + y * y + z * z + w * w == pytest.approx(1)
        back = [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
        np.testing.assert_allclose(back, mirror @ rotation @ mirror, atol=1e-6)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("vmc://host?face=0", "face must be the number of a face, 1 and up, got '0'"),
        ("vmc://host?vrm=2", "vrm must be 0 or 1"),
        ("vmc://host?blend=none", "blend must be one of all, expressions, measures"),
        ("vmc://host?avatar=2", "avatar is no option"),
    ],
)
def test_wrong_addresses(url: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        open_sink(url)
