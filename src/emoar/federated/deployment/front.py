"""What nodes can reach of the SuperLink: its Fleet API alone, over TLS.

Whoever reaches the SuperLink's Control API may run code on the server and on every node, without a key. The SuperLink
therefore listens on this machine only, and this process passes on the requests of nodes.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from emoar.federated.deployment.certificates import AUTHORITY, SERVER_CERTIFICATE, SERVER_KEY

__all__ = ["MOST_BYTES", "FleetOnly", "serve"]

_PREFIX: Final = "/v1/fleet/"
_HOP: Final = (b"host", b"connection", b"transfer-encoding", b"keep-alive", b"upgrade")  # of one connection each
_TIMEOUT_S: Final = 120.0
MOST_BYTES: Final = (
    256 << 20
)  # of a request; the largest tensor of a model is a hundredth. The SuperLink reads it whole


class FleetOnly:
    """An ASGI application that passes requests of the Fleet API to the SuperLink and answers 404 to all others.

    Args:
        client: an `httpx.AsyncClient` with the address of the SuperLink.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            return
        path = scope["raw_path"].decode("latin-1")
        if not path.startswith(_PREFIX) or ".." in path or "%" in path or "//" in path:
            await _answer(send, 404, [], b"")
            return
        headers = [(name, value) for name, value in scope["headers"] if name not in _HOP]
        request = self._client.build_request(scope["method"], path, headers=headers, content=_body(receive))
        try:
            response = await self._client.send(request)
        except _TooLargeError:
            await _answer(send, 413, [], b"")
            return
        except Exception:  # whatever is wrong with the SuperLink, nodes try again
            await _answer(send, 503, [], b"")
            return
        kept = [(name.lower(), value) for name, value in response.headers.raw if name.lower() not in _HOP]
        kept = [(name, value) for name, value in kept if name not in (b"content-length", b"content-encoding")]
        await _answer(send, response.status_code, kept, response.content)


class _TooLargeError(Exception):
    """A request that nobody who takes part has to send."""


async def _body(receive: Any) -> AsyncIterator[bytes]:
    more, count = True, 0
    while more:
        message = await receive()
        part = message.get("body", b"")
        count += len(part)
        if count > MOST_BYTES:
            raise _TooLargeError
        yield part
        more = message.get("more_body", False)


async def _answer(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [*headers, (b"content-length", b"%d" % len(body))]}
    )
    await send({"type": "http.response.body", "body": body})


def serve(folder: Path, host: str, port: int, superlink_port: int) -> None:
    """Passes requests on until the process ends."""
    import httpx
    import uvicorn

    trusted = ssl.create_default_context(cafile=str(folder / AUTHORITY))
    client = httpx.AsyncClient(base_url=f"https://127.0.0.1:{superlink_port}", verify=trusted, timeout=_TIMEOUT_S)
    uvicorn.run(
        FleetOnly(client),
        host=host,
        port=port,
        ssl_certfile=str(folder / SERVER_CERTIFICATE),
        ssl_keyfile=str(folder / SERVER_KEY),
        log_level="warning",
        lifespan="off",
    )


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
