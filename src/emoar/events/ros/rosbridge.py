"""rosbridge: publishes to a robot's ROS over its WebSocket (protocol 2), so that this machine needs no ROS."""

from __future__ import annotations

import json
import logging
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from importlib import import_module
from typing import Any, Final, Protocol

from emoar.errors import DependencyMissing, InputError, OutputError
from emoar.events.address import SinkAddress
from emoar.events.ros.messages import Publication
from emoar.events.ros.qtrobot import QtRobot
from emoar.events.ros.ros4hri import Ros4Hri
from emoar.events.texts import json_text
from emoar.events.values import Event
from emoar.types import Scene

__all__ = ["Profile", "Rosbridge"]

PORT: Final = 9090
TIMEOUT_S: Final = 5.0
CLOSE_S: Final = 1.0
LONGEST: Final = 300  # characters of an error of the other side that are shown
MOST_KINDS: Final = 20  # of errors that are shown
_PREFIX: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9_]*)?")  # begins a name of ROS
_FRAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_/]*")
_LOG: Final = logging.getLogger(__name__)  # of the library, which logs a loss that the outlet reports
_LOG.addHandler(logging.NullHandler())


class Profile(Protocol):
    """The topics and messages that the programs of a kind of robot expect."""

    def begin(self) -> None:
        """A new connection, whose other side has no message yet."""
        ...

    def publications(self, events: Sequence[Event], scene: Scene | None) -> Iterator[Publication]:
        """The messages of events and of a scene, in their order."""
        ...

    def ended(self, events: Sequence[Event]) -> list[str]:
        """The beginnings of the topics that end with these events."""
        ...


class Rosbridge:
    """Publishes to one robot; advertises each topic before its first message, and ends it with its face.

    Options: `profile` (`ros4hri` or `qtrobot`), `frame` (optical frame of the camera), `prefix` (of ids).

    Raises:
        InputError: an option is wrong.
        DependencyMissing: websockets is not installed.
    """

    def __init__(self, address: SinkAddress, secrets: Mapping[str, str], report: Callable[[str], None]) -> None:
        self._profile = _profile(address)
        try:
            self._library: Any = import_module("websockets.sync.client")
            self._errors: Any = import_module("websockets.exceptions")
        except ImportError as exc:
            raise DependencyMissing("ros: needs websockets: pip install 'emoar[client]'") from exc
        self._url = f"ws://{replace(address, port=address.port or PORT).place}{address.path or '/'}"
        self._shown, self._report = address.shown, report
        self._socket: Any = None
        self._closing = ExitStack()
        self._advertised: set[str] = set()
        self._reported: set[str] = set()
        self._is_sending = False

    def open(self) -> None:
        """Connects.

        Raises:
            OSError: nobody answers.
            OutputError: what answers is no rosbridge.
        """
        self._disconnect()
        try:
            connecting = self._library.connect(
                self._url, compression=None, proxy=None, open_timeout=TIMEOUT_S, close_timeout=CLOSE_S, logger=_LOG
            )
            self._socket = self._closing.enter_context(connecting)
        except self._errors.WebSocketException as exc:
            raise OutputError(f"what answers at {self._shown} is no rosbridge ({exc})") from exc
        self._advertised.clear()
        self._profile.begin()

    def send(self, events: list[Event], scene: Scene | None) -> None:
        """Publishes the messages of events and of the scene.

        Raises:
            OSError, OutputError: the connection is lost.
        """
        self._is_sending = True
        try:
            for publication in self._profile.publications(events, scene):
                self._publish(publication)
            self._unadvertise(self._profile.ended(events))
            self._read_status()
        except self._errors.ConnectionClosed as exc:
            raise OutputError("rosbridge has closed the connection") from exc
        finally:
            self._is_sending = False

    def close(self) -> None:
        """Ends every topic, and disconnects; from a bridge that takes no more without a word."""
        if self._socket is not None:
            with suppress(OSError, self._errors.WebSocketException):
                if self._is_sending:
                    self._socket.socket.shutdown(socket.SHUT_RDWR)
                else:
                    self._unadvertise([""])
        self._disconnect()

    def _disconnect(self) -> None:
        with suppress(OSError, self._errors.WebSocketException):
            self._closing.close()
        self._socket = None

    def _publish(self, publication: Publication) -> None:
        topic = publication.topic
        if topic not in self._advertised:
            self._send({"op": "advertise", "topic": topic, "type": publication.type})
            self._advertised.add(topic)
        self._send({"op": "publish", "topic": topic, "msg": publication.msg})

    def _unadvertise(self, beginnings: Sequence[str]) -> None:
        for topic in sorted(topic for topic in self._advertised if topic.startswith(tuple(beginnings))):
            self._send({"op": "unadvertise", "topic": topic})
            self._advertised.discard(topic)

    def _send(self, operation: Mapping[str, Any]) -> None:
        self._socket.send(json_text(operation))

    def _read_status(self) -> None:
        """Reports the errors that have arrived, the first of each kind: they differ in numbers only."""
        while True:
            try:
                received = self._socket.recv(timeout=0)
            except TimeoutError:
                return
            problem = _problem(received)
            kind = re.sub(r"\d+", "", problem)
            if problem and kind not in self._reported and len(self._reported) < MOST_KINDS:
                self._reported.add(kind)
                self._report(f"{self._shown} answers: {problem}")


def _problem(received: str | bytes) -> str:
    """The text of a status with an error or a warning, in one line; empty for everything else."""
    try:
        status: Any = json.loads(received)
        told = status.get("op") == "status" and status.get("level") in ("error", "warning")
    except (ValueError, AttributeError):
        return ""
    if not told:
        return ""
    return " ".join(str(status.get("msg", "")).split())[:LONGEST]


def _profile(address: SinkAddress) -> Profile:
    name = address.option("profile", "ros4hri")
    if name == "qtrobot":
        address.check_options("profile")
        if address.rate == 0:
            raise InputError("ros: the profile qtrobot has scenes alone: its rate must be above 0")
        return QtRobot()
    if name != "ros4hri":
        raise InputError(f"ros: has no profile {name!r}: it has ros4hri and qtrobot")
    address.check_options("profile", "frame", "prefix")
    frame, prefix = address.option("frame", "camera_optical_frame"), address.option("prefix", "")
    if not _PREFIX.fullmatch(prefix):
        raise InputError(f"ros: prefix must be letters, digits and _, with a letter first, got {prefix!r}")
    if not _FRAME.fullmatch(frame):
        raise InputError(f"ros: frame must be the name of a frame, such as camera_optical_frame, got {frame!r}")
    return Ros4Hri(frame, prefix)
