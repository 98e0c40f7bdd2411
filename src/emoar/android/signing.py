"""Signs an APK file with APK Signature Scheme v2, for Android 8, and v3, for Android 9 and later."""

from __future__ import annotations

import struct
from typing import Final

from emoar.android.signature_block import (
    ECDSA_SHA256,
    STRIPPING_PROTECTION,
    V2,
    V3,
    Sections,
    content_digest,
    join_pairs,
    prefixed,
)
from emoar.android.signing_key import SigningKey

__all__ = ["sign"]

_SDKS: Final = struct.pack("<II", 26, 0x7FFFFFFF)  # the versions of Android that the v3 signature is for


def sign(apk: bytes, key: SigningKey) -> bytes:
    """The file with both signatures, for a file without any."""
    sections = Sections.of(apk)
    digest = content_digest(sections)
    newer = prefixed(struct.pack("<II", STRIPPING_PROTECTION, 3))
    return sections.with_block(
        join_pairs([(V2, _signer(key, digest, b"", newer)), (V3, _signer(key, digest, _SDKS, b""))])
    )


def _signer(key: SigningKey, digest: bytes, sdks: bytes, attributes: bytes) -> bytes:
    """The value of one scheme, with one signer. The versions stand in the signed data and once more after them."""
    digests = prefixed(prefixed(_algorithm() + prefixed(digest)))
    certificates = prefixed(prefixed(key.certificate))
    data = digests + certificates + sdks + prefixed(attributes)
    signatures = prefixed(prefixed(_algorithm() + prefixed(key.sign(data))))
    return prefixed(prefixed(prefixed(data) + sdks + signatures + prefixed(key.public)))


def _algorithm() -> bytes:
    return struct.pack("<I", ECDSA_SHA256)
