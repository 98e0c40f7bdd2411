"""Webhooks: each event is a POST of its JSON document, signed where a secret is given."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Final

from emoar.errors import OutputError
from emoar.events.address import SECRET_FILE, SinkAddress
from emoar.events.reasons import reason_of
from emoar.events.texts import event_text, scene_text
from emoar.events.values import Event
from emoar.events.webhook.http_client import HttpClient
from emoar.types import Scene

__all__ = ["SECRET", "Webhook", "signature"]

SECRET: Final = "EMOAR_WEBHOOK_SECRET"
TIMEOUT_S: Final = 5.0
ATTEMPTS: Final = 4
FIRST_WAIT_S: Final = 0.25


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`sha256=` and the HMAC-SHA256 of the timestamp, a point and the body; the receiver computes the same."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Webhook:
    """Posts to one address. A server that fails (5xx, 429) or does not answer is tried again; a refusal (4xx) is not.

    The headers are `X-EmoAR-Timestamp` (Unix seconds) and, with a secret (`EMOAR_WEBHOOK_SECRET` or the option
    `secret-file`), `X-EmoAR-Signature`. Scenes are sent only with a rate.

    Raises:
        DependencyMissing: for https, httpx is not installed.
        OutputError: the proxy of the environment is not an HTTP proxy.
    """

    def __init__(self, address: SinkAddress, secrets: Mapping[str, str]) -> None:
        address.check_options(SECRET_FILE)
        self._client = HttpClient(f"{address.scheme}://{address.place}{address.path or '/'}", TIMEOUT_S)
        self._shown = address.shown
        self._secret = address.secret(secrets, SECRET)
        self._with_scenes = bool(address.rate)

    def open(self) -> None:
        """Asks whether somebody answers at the address; what the answer is does not matter.

        Raises:
            OutputError: nobody answers.
        """
        try:
            self._client.request("OPTIONS")
        except OSError as exc:
            raise OutputError(f"cannot connect to {self._shown}: {reason_of(exc)}") from exc

    def send(self, events: list[Event], scene: Scene | None) -> None:
        """Posts each event, and the scene with a rate.

        Raises:
            OutputError: the server does not answer, or fails again and again.
        """
        for event in events:
            self._post(event_text(event))
        if scene is not None and self._with_scenes:
            self._post(scene_text(scene))

    def close(self) -> None:
        """Closes the connection."""
        self._client.close()

    def _post(self, text: str) -> None:
        body, timestamp = text.encode(), str(int(time.time()))
        headers = {"content-type": "application/json", "x-emoar-timestamp": timestamp}
        if self._secret:
            headers["x-emoar-signature"] = signature(self._secret, timestamp, body)
        wait_s, problem = FIRST_WAIT_S, ""
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(wait_s)
                wait_s *= 2
            try:
                status = self._client.request("POST", body, headers)
            except OSError as exc:
                problem = reason_of(exc)
                continue
            if status < 500 and status != 429:
                return
            problem = f"it answers {status}"
        raise OutputError(f"cannot send to {self._shown}: {problem}")
