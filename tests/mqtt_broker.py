"""mosquitto as a broker of the tests, and paho as a subscriber."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PASSWD = shutil.which("mosquitto_passwd")
WAIT_S = 30.0


class Broker:
    """A mosquitto on the loopback, with the lines of `settings` in its configuration."""

    def __init__(self, folder: Path, settings: str = "allow_anonymous true", port: int = 0) -> None:
        assert MOSQUITTO is not None
        self.port = port or _free_port()
        user = pwd.getpwuid(os.getuid()).pw_name
        path = folder / "mosquitto.conf"
        path.write_text(f"user {user}\nlistener {self.port} 127.0.0.1\nlog_dest stderr\n{settings}\n")
        self._process = subprocess.Popen([MOSQUITTO, "-c", str(path)], stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        lines = iter(self._process.stderr.readline, "")  # it ends when the broker does
        assert any(line.rstrip().endswith("running") for line in lines), "mosquitto does not start"
        self._log = threading.Thread(target=self._process.stderr.read, daemon=True)
        self._log.start()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Ends it, at once."""
        self._process.kill()
        self._process.wait(WAIT_S)
        self._log.join(WAIT_S)
        assert self._process.stderr is not None
        self._process.stderr.close()


class Subscriber:
    """Subscribes to every topic; `messages` has what came: topic, payload, whether it was retained, QoS."""

    def __init__(self, port: int, topic: str = "#") -> None:
        self.messages: list[tuple[str, str, bool, int]] = []
        self._changed = threading.Condition()
        subscribed = threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.on_message = self._receive
        self.client.on_connect = lambda *_: self.client.subscribe(topic, qos=1)
        self.client.on_subscribe = lambda *_: subscribed.set()
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert subscribed.wait(WAIT_S)

    def of(self, topic: str) -> list[str]:
        """The payloads of a topic, in their order."""
        return [payload for name, payload, *_ in list(self.messages) if name == topic]

    def wait_for(self, holds: Callable[[], bool]) -> None:
        """Waits until something holds, which is asked again after each message."""
        with self._changed:
            assert self._changed.wait_for(holds, WAIT_S), self.messages

    def retained(self) -> dict[str, str]:
        """What the broker had kept, all of it: the last message is our own, which comes after them."""
        self.client.publish("test/end", "end", qos=1)
        self.wait_for(lambda: bool(self.of("test/end")))
        return {topic: payload for topic, payload, kept, _ in self.messages if kept}

    def close(self) -> None:
        """Disconnects."""
        self.client.disconnect()
        self.client.loop_stop()

    def _receive(self, client: Any, userdata: Any, message: Any) -> None:
        with self._changed:
            self.messages.append((message.topic, message.payload.decode(), message.retain, message.qos))
            self._changed.notify_all()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
