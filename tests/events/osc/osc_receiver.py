"""python-osc's server, which keeps what it receives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

WAIT_S = 30.0
Message = tuple[str, tuple[Any, ...]]


class Receiver:
    """The messages in their order."""

    def __init__(self) -> None:
        self.port = 0
        self.datagrams: list[int] = []  # sizes in bytes
        self._messages: list[Message] = []
        self._changed = threading.Condition()

    def receive(self, address: str, *values: Any) -> None:
        with self._changed:
            self._messages.append((address, values))
            self._changed.notify_all()

    def until(self, done: Callable[[list[Message]], bool]) -> list[Message]:
        """All messages, once they fulfil a condition."""
        with self._changed:
            assert self._changed.wait_for(lambda: done(self._messages), WAIT_S), self._messages
            return list(self._messages)


@contextmanager
def osc_receiver() -> Iterator[Receiver]:
    """A server on a free port of this machine."""
    from pythonosc.dispatcher import Dispatcher
    from pythonosc.osc_server import OSCUDPServer

    receiver = Receiver()

    class Server(OSCUDPServer):
        def verify_request(self, request: Any, client_address: Any) -> bool:
            receiver.datagrams.append(len(request[0]))
            return super().verify_request(request, client_address)

    dispatcher: Any = Dispatcher()
    dispatcher.set_default_handler(receiver.receive)
    with Server(("127.0.0.1", 0), dispatcher) as server:
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join(WAIT_S)
