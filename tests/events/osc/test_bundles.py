"""Bundles of OSC messages as python-osc's server receives them."""

from __future__ import annotations

import pytest

from emoar.events.osc.bundles import LARGEST, OscBundles
from emoar.events.osc.messages import Message

from .osc_receiver import osc_receiver

pytest.importorskip("pythonosc")


@pytest.mark.parametrize("count", [1, 200])
def test_messages_arrive_in_their_order_in_few_datagrams(count: int) -> None:
    messages: list[Message] = [(f"/a/{i}", (i, 0.5, "text")) for i in range(count)]
    with osc_receiver() as receiver:
        socket = OscBundles("127.0.0.1", receiver.port)
        assert not socket.is_open
        socket.open()
        socket.send(messages)
        received = receiver.until(lambda got: len(got) >= count)
        socket.close()
        socket.close()
    assert received == messages
    assert max(receiver.datagrams) <= LARGEST
    assert len(receiver.datagrams) <= 1 + sum(receiver.datagrams) // (LARGEST - 60)


def test_a_message_that_is_larger_than_a_datagram_should_be_goes_alone() -> None:
    with osc_receiver() as receiver:
        socket = OscBundles("127.0.0.1", receiver.port)
        socket.open()
        socket.send([("/small", (1,)), ("/large", ("x" * 2000,)), ("/small", (2,))])
        received = receiver.until(lambda got: len(got) >= 3)
        socket.close()
    assert [address for address, _ in received] == ["/small", "/large", "/small"]
    assert len(receiver.datagrams) == 3


def test_nothing_is_no_datagram() -> None:
    with osc_receiver() as receiver:
        socket = OscBundles("127.0.0.1", receiver.port)
        socket.open()
        socket.send([])
        socket.send([("/one", ())])
        receiver.until(lambda got: len(got) >= 1)
        socket.close()
    assert len(receiver.datagrams) == 1


def test_nobody_needs_to_listen() -> None:
    with osc_receiver() as receiver:
        port = receiver.port
    bundles = OscBundles("127.0.0.1", port)  # closed now
    bundles.open()
    for _ in range(100):
        bundles.send([("/one", ())])
    bundles.close()
