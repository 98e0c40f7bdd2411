"""The headers of every response, and the content security policies of pages."""

from __future__ import annotations

from typing import Final

__all__ = ["API_POLICY", "APP_POLICY", "COMMON", "DOCS_POLICY", "IMMUTABLE", "PAGE_POLICY", "STRICT_TRANSPORT"]

# Responses of the API are not pages: nothing in them may load or run.
API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
# The server's own pages: one style sheet, inline pictures, forms that post to this server, no scripts.
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
# The interactive API description: scripts from and requests to this server only; it shows drawn pictures as blobs.
DOCS_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
# The browser app: its own scripts, WebAssembly, workers and camera pictures. Nothing comes from other servers.
APP_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self' blob: "
    "data:; manifest-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
IMMUTABLE: Final = "public, max-age=31536000, immutable"
STRICT_TRANSPORT: Final = (b"strict-transport-security", b"max-age=31536000")

COMMON: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),  # with no-referrer, browsers give the origin "null" to forms of this server
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
    # together these three isolate the page, which browsers require for threads
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", API_POLICY.encode()),
)
