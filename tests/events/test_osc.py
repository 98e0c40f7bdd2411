"""OSC as python-osc's server receives it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from emoar.errors import InputError
from emoar.events.sinks import open_sink

from .test_detector import face, scene

pytest.importorskip("pythonosc")

WAIT_S = 30.0


def test_a_server_receives_faces_in_slots() -> None:
    from pythonosc.dispatcher import Dispatcher
    from pythonosc.osc_server import ThreadingOSCUDPServer

    messages: list[tuple[str, tuple[Any, ...]]] = []
    done = threading.Event()

    def receive(address: str, *values: Any) -> None:
        messages.append((address, values))
        if address == "/emoar/face/1/expression" and values == ("", 0.0):
            done.set()

    dispatcher: Any = Dispatcher()
    dispatcher.set_default_handler(receive)
    server = ThreadingOSCUDPServer(("127.0.0.1", 0), dispatcher)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    outlet = open_sink(f"osc://127.0.0.1:{server.server_address[1]}")
    outlet.send(scene(0.0, face(7)))
    outlet.close()
    assert done.wait(WAIT_S)
    server.shutdown()
    server.server_close()
    seen = dict(messages[::-1])  # the first of each address
    assert seen["/emoar/faces"] in [(1,), (0,)]
    label, confidence = next(values for address, values in messages if address.endswith("/expression") and values[0])
    assert (label, round(confidence, 3)) == ("happiness", round(face().expression.confidence, 3))
    assert sum(values[0] for address, values in messages if "/p/" in address) == pytest.approx(1, abs=1e-3)
    assert len(seen["/emoar/face/1/pose"]) == 6


@pytest.mark.parametrize(
    ("url", "words"), [("osc://host", "needs a port"), ("osc://host:1?slot=2", "slot is no option")]
)
def test_wrong_addresses(url: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        open_sink(url)
