"""OSC as python-osc's server receives it."""

from __future__ import annotations

import pytest

from emoar.errors import InputError, OutputError
from emoar.events.sinks import open_sink

from ..test_detector import face, scene
from .osc_receiver import osc_receiver
from .test_blend_shapes import measured

pytest.importorskip("pythonosc")


def test_a_server_receives_faces_in_slots() -> None:
    with osc_receiver() as receiver:
        outlet = open_sink(f"osc://127.0.0.1:{receiver.port}")
        outlet.send(scene(0.0, measured(face(7), jawOpen=0.25)))
        outlet.send(scene(0.1, measured(face(7), jawOpen=0.25), face(3, "sadness")))
        outlet.send(scene(0.2, face(3, "sadness", 0.0, "too blurred")))
        messages = receiver.until(lambda got: any(values[:1] == ("unsure",) for _, values in got))
        outlet.close()
        last = receiver.until(lambda got: ("/emoar/face/2/p/contempt", (0.0,)) in got)
    assert [values for address, values in messages if address == "/emoar/faces"] == [(1,), (2,), (1,)]
    address, (label, confidence) = messages[1]
    assert (address, label) == ("/emoar/face/1/expression", "happiness")
    assert confidence == pytest.approx(face().expression.confidence)
    pose = next(values for address, values in messages if address == "/emoar/face/1/pose")
    assert pose == pytest.approx((*face().yaw_pitch_roll_deg, 1, 2, -50), abs=1e-5)
    first = [values[0] for address, values in messages if address.startswith("/emoar/face/1/p/")][:8]
    assert first == pytest.approx(list(face().expression.probabilities.values()))
    blend = [values for address, values in messages if address == "/emoar/face/1/blend/jawOpen"]
    assert blend == [(0.25,), (0.25,), (0.0,)], "a free slot is at rest"
    assert ("/emoar/face/1/expression", ("", 0.0)) in messages
    assert ("/emoar/face/1/p/happiness", (0.0,)) in messages
    assert ("/emoar/faces", (0,)) in last[len(messages) :]
    assert ("/emoar/face/2/expression", ("", 0.0)) in last[len(messages) :]


@pytest.mark.parametrize(
    ("url", "words"), [("osc://host", "needs a port"), ("osc://host:1?slot=2", "slot is no option")]
)
def test_wrong_addresses(url: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        open_sink(url)


def test_an_unknown_host() -> None:
    with pytest.raises(OutputError, match=r"cannot connect to osc://no-such-host\.invalid:9000"):
        open_sink("osc://no-such-host.invalid:9000")
