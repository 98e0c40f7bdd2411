"""Messages as python-osc reads them."""

from __future__ import annotations

from typing import Any

import pytest

from emoar.events.osc.messages import Message, bundle, encode

pytest.importorskip("pythonosc")

MESSAGES: list[Message] = [
    ("/none", ()),
    ("/a", (1,)),
    ("/ab", (-5, 0.25)),
    ("/abc", ("", 0.0)),
    ("/abcd", ("text", 3, -1.5, "more")),
    ("/emoar/face/1/p/überrascht", ("Größe", 2.0)),
    ("/numbers", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message[0])
def test_a_message(message: Message) -> None:
    from pythonosc.osc_message import OscMessage

    encoded = encode(*message)
    assert len(encoded) % 4 == 0
    assert _read(OscMessage(encoded)) == message


def test_a_bundle() -> None:
    from pythonosc.osc_bundle import OscBundle

    content: Any = OscBundle(bundle([encode(*message) for message in MESSAGES]))
    assert [_read(one) for one in content] == MESSAGES
    assert content.timestamp == 0, "at once"


def _read(message: Any) -> Message:
    return message.address, tuple(message.params)
