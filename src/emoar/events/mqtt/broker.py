"""MQTT: publishes to a broker, from which home automation and other programs read.

Each device has its topics, with QoS 1, and not retained unless it stands here:

    emoar/<device>/status                    online, offline; the latter is the last will. Retained
    emoar/<device>/state                     who is in view (`mqtt.summary`). Retained if asked
    emoar/<device>/faces/<id>/<event>        appeared, expression, nodded, shaken, gone: the event's document
    emoar/<device>/scenes                    each scene, with a rate in the address. QoS 0
    homeassistant/device/emoar_<device>/config    the description of the device. Retained
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from emoar.errors import DependencyMissing, InputError, OutputError
from emoar.events.address import SinkAddress
from emoar.events.clock import captured_unix_s
from emoar.events.mqtt.home_assistant import BIRTH, DEFAULT_LABELS, birth_topic, discovery, discovery_topic
from emoar.events.mqtt.options import PASSWORD, mqtt_options
from emoar.events.mqtt.summary import Summary
from emoar.events.texts import event_text, json_text, scene_text
from emoar.events.values import Event, ExpressionChanged, FaceAppeared, FaceGone, HeadNodded, HeadShaken
from emoar.types import Scene

__all__ = ["Mqtt"]

TIMEOUT_S: Final = 5.0  # for the broker's answer
LAST_S: Final = 2.0  # for what is sent at the end
KEEPALIVE_S: Final = 15  # a broker that is silent for longer is lost, and it publishes our last will
MOST_WAITING: Final = 1000  # messages that the broker has not confirmed
RECONNECT_S: Final = (1, 60)  # the first wait after a loss, and the longest
INTERVAL_S: Final = 1.0  # between two states
_NAMES: Final[Mapping[type[Event], str]] = {
    FaceAppeared: "appeared",
    ExpressionChanged: "expression",
    HeadNodded: "nodded",
    HeadShaken: "shaken",
    FaceGone: "gone",
}


class Mqtt:
    """Publishes as one device. What the broker has not confirmed at a loss is sent again by the next connection.

    Args:
        address: with the options of `mqtt.options`.
        secrets: the password, by the name of its environment variable.
        model: of the expressions, by name or path; None: unknown.

    Raises:
        InputError: an option, the login or a file of certificates is wrong.
        DependencyMissing: paho-mqtt is not installed.
    """

    def __init__(self, address: SinkAddress, secrets: Mapping[str, str], model: str | Path | None = None) -> None:
        self._options = mqtt_options(address, secrets)
        try:
            self._library: Any = import_module("paho.mqtt.client")
        except ImportError as exc:
            raise DependencyMissing("MQTT needs paho-mqtt: pip install 'emoar[mqtt]'") from exc
        rate = self._options.rate
        self._summary = Summary(INTERVAL_S if rate is None or rate >= 1 / INTERVAL_S else 0.0)
        self._root = f"emoar/{self._options.device}"
        self._shown = address.shown
        self._labels, self._model = DEFAULT_LABELS, Path(model).stem if model else ""
        self._answered = threading.Event()  # set while there is an answer of the broker; by the thread of the client
        self._problem = ""  # of that answer
        self._is_started = False
        self._state_is_lost = False  # since a new connection, or a new start of Home Assistant
        self._client: Any = self._new_client()

    def open(self) -> None:
        """Connects, and publishes that the device is there; later the client connects by itself, and this waits for it.

        Raises:
            OSError: nobody answers.
            OutputError: TLS fails, or the broker refuses the login.
        """
        is_first = not self._is_started
        if is_first:
            self._start()
        problem = self._problem if self._answered.wait(TIMEOUT_S) else "does not answer as a broker does"
        if problem and is_first:
            self._stop()
        if problem:
            raise OutputError(f"{self._shown} {problem}")

    def send(self, events: list[Event], scene: Scene | None) -> None:
        """Publishes events, the state where it is due, and the scene if asked.

        Raises:
            OutputError: the connection is lost.
        """
        if not self._client.is_connected():
            raise OutputError("the broker has closed the connection")
        if self._state_is_lost:
            self._state_is_lost = False
            self._summary.forget()
        self._update_labels(scene)
        for event in events:
            self._publish(f"{self._root}/faces/{event.track_id}/{_NAMES[type(event)]}", event_text(event))
        self._summary.update(events, scene)
        if self._summary.due(time.monotonic()):
            self._publish_state(captured_unix_s(scene.frame if scene else None))
        if scene is not None and self._options.with_scenes:
            self._publish(f"{self._root}/scenes", scene_text(scene), qos=0).wait_for_publish(TIMEOUT_S)

    def close(self) -> None:
        """Publishes that nobody is in view and that the device is gone, takes back what is retained, disconnects."""
        if self._is_started and self._client.is_connected():
            with suppress(OutputError, ValueError, RuntimeError):
                self._publish_end()
        self._stop()

    def _start(self) -> None:
        try:
            self._client.connect(self._options.host, self._options.port, KEEPALIVE_S)
        except ssl.SSLCertVerificationError as exc:
            hint = "name the authority of its certificate with ?ca=FILE"
            raise OutputError(f"{self._shown} is not trusted: {exc.verify_message}: {hint}") from exc
        except (ssl.SSLError, ConnectionResetError) as exc:
            raise OutputError(f"no TLS with {self._shown}: {exc.strerror}: if it has none, write mqtt://") from exc
        self._client.loop_start()
        self._is_started = True

    def _stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self._is_started = False

    def _publish_end(self) -> None:
        self._summary.clear()
        if self._summary.changed:
            self._publish_state(time.time())
        if self._options.retain:
            self._publish(f"{self._root}/state", "", retain=True)
        self._publish(f"{self._root}/status", "offline", retain=True).wait_for_publish(LAST_S)

    def _new_client(self) -> Any:
        options = self._options
        client = self._library.Client(
            self._library.CallbackAPIVersion.VERSION2,
            client_id=f"emoar-{options.device}-{token_hex(4)}",
        )
        client.connect_timeout = TIMEOUT_S
        client.reconnect_delay_set(*RECONNECT_S)
        client.max_queued_messages_set(MOST_WAITING)
        client.will_set(f"{self._root}/status", "offline", qos=1, retain=True)
        if options.username:
            client.username_pw_set(options.username, options.password or None)
        if options.tls:
            client.tls_set_context(_tls_context(options.ca, options.certificate, options.key))
        client.on_socket_open = _send_at_once
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    def _announce(self) -> None:
        prefix = self._options.discovery
        if prefix:
            self._client.subscribe(birth_topic(prefix), qos=1)
            self._publish_discovery()
        self._publish(f"{self._root}/status", "online", retain=True)
        self._state_is_lost = True

    def _publish_discovery(self) -> None:
        options = self._options
        document = discovery(self._root, options.device, self._labels, options.rate, self._model)
        self._publish(discovery_topic(options.discovery, options.device), document, retain=True)

    def _publish_state(self, unix_s: float) -> None:
        document = self._summary.document(time.monotonic(), unix_s)
        self._publish(f"{self._root}/state", document, retain=self._options.retain)

    def _publish(self, topic: str, content: Mapping[str, Any] | str, *, qos: int = 1, retain: bool = False) -> Any:
        payload = content if isinstance(content, str) else json_text(content)
        published = self._client.publish(topic, payload, qos=qos, retain=retain)
        if published.rc == self._library.MQTT_ERR_QUEUE_SIZE or (qos == 0 and published.rc):
            raise OutputError(f"the broker takes no message: {self._library.error_string(published.rc)}")
        return published  # without a connection the client keeps what has QoS 1

    def _update_labels(self, scene: Scene | None) -> None:
        """Describes the device anew when the model has other labels."""
        if scene is None or not scene.faces or not self._options.discovery:
            return
        labels = tuple(scene.faces[0].expression.probabilities)
        if labels != self._labels:
            self._labels = labels
            self._publish_discovery()

    def _on_connect(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            advice = f"write {self._shown.replace('//', '//name@')}, and the password in {PASSWORD}"
            self._problem = f"refuses the login ({reason}): {advice}"
        else:
            self._problem = ""
            self._announce()
        self._answered.set()

    def _on_disconnect(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if self._answered.is_set():
            if not self._problem:
                self._answered.clear()
            return
        hint = "" if self._options.tls else ": if it expects TLS, write mqtts://"
        self._problem = f"closes the connection without an answer{hint}"
        self._answered.set()

    def _on_message(self, client: Any, userdata: Any, message: Any) -> None:
        if message.payload == BIRTH.encode():
            self._publish_discovery()
            self._state_is_lost = True


def _send_at_once(client: Any, userdata: Any, opened: Any) -> None:
    """Small messages do not wait for the confirmation of earlier ones."""
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _tls_context(ca: str, certificate: str, key: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca or None)
        if certificate:
            context.load_cert_chain(certificate, key or None)
    except (OSError, ValueError) as exc:  # SSLError is an OSError
        files = ", ".join(name for name in (ca, certificate, key) if name)
        raise InputError(f"mqtts: certificates cannot be read ({files}): {exc}") from exc
    return context
