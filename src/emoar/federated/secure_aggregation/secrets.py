"""The parts of the protocol: key agreement, sealed messages, masks from a stream cipher, and shares of secrets."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from emoar.errors import DependencyMissing, InputError
from emoar.federated.secure_aggregation.fixed_point import Vector

__all__ = ["agree", "combine", "digest", "mask", "new_key", "open_sealed", "public_key", "seal", "split"]

SECRET_BYTES: Final = 32
_PRIME: Final = 2**521 - 1  # of the field of the shares; secrets are far below
_SHARE_BYTES: Final = 66  # of a number below the prime
_INDEX_BYTES: Final = 4


def new_key() -> bytes:
    """A private key of X25519, or a seed: 32 random bytes of the system."""
    return secrets.token_bytes(SECRET_BYTES)


def public_key(private: bytes) -> bytes:
    """The public key of a private one, 32 bytes."""
    x25519, *_ = _cryptography()
    return bytes(x25519.X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())


def agree(private: bytes, public: bytes, purpose: str) -> bytes:
    """The 32 bytes that only the owners of two keys can compute.

    Args:
        private: of the one.
        public: of the other.
        purpose: makes secrets of one pair of keys independent of each other.

    Raises:
        InputError: the public key is none.
    """
    x25519, _, _, hkdf, hashes = _cryptography()
    try:
        other = x25519.X25519PublicKey.from_public_bytes(public)
        shared = x25519.X25519PrivateKey.from_private_bytes(private).exchange(other)
    except ValueError as exc:
        raise InputError("a public key of secure aggregation cannot be used") from exc
    return bytes(hkdf.HKDF(hashes.SHA256(), SECRET_BYTES, None, purpose.encode()).derive(shared))


def seal(key: bytes, content: bytes, about: str) -> bytes:
    """Content that only the owners of a key can read; `about` cannot be exchanged either. A key seals once."""
    _, _, aead, _, _ = _cryptography()
    return bytes(aead.ChaCha20Poly1305(key).encrypt(bytes(12), content, about.encode()))


def open_sealed(key: bytes, sealed: bytes, about: str) -> bytes:
    """The inverse of `seal`.

    Raises:
        InputError: it was sealed with another key or about something else, or was changed.
    """
    from cryptography.exceptions import InvalidTag

    _, _, aead, _, _ = _cryptography()
    try:
        return bytes(aead.ChaCha20Poly1305(key).decrypt(bytes(12), sealed, about.encode()))
    except (InvalidTag, ValueError) as exc:
        raise InputError("a sealed share of secure aggregation was changed on its way") from exc


def mask(seed: bytes, count: int) -> Vector:
    """(count,) uniform numbers modulo 2**64 that follow from 32 secret bytes: the key stream of ChaCha20."""
    _, ciphers, _, _, _ = _cryptography()
    stream = ciphers.Cipher(ciphers.algorithms.ChaCha20(seed, bytes(16)), None).encryptor()
    return np.frombuffer(stream.update(bytes(8 * count)), "<u8").astype(np.uint64)


def split(secret: bytes, threshold: int, names: Sequence[str]) -> dict[str, bytes]:
    """Shares of a secret by Shamir: any `threshold` of them give it, fewer tell nothing.

    Args:
        secret: 32 bytes.
        threshold: from 1 to the number of names.
        names: who gets a share.
    """
    polynomial = [int.from_bytes(secret, "big"), *(secrets.randbelow(_PRIME) for _ in range(threshold - 1))]
    shares: dict[str, bytes] = {}
    for index, name in enumerate(names, 1):
        value = 0
        for coefficient in reversed(polynomial):
            value = (value * index + coefficient) % _PRIME
        shares[name] = index.to_bytes(_INDEX_BYTES, "big") + value.to_bytes(_SHARE_BYTES, "big")
    return shares


def combine(shares: Sequence[bytes], threshold: int) -> bytes:
    """The secret that shares are of, by Lagrange's interpolation at 0.

    Raises:
        InputError: they are too few, or not shares of one secret.
    """
    points: Mapping[int, int] = {
        int.from_bytes(share[:_INDEX_BYTES], "big"): int.from_bytes(share[_INDEX_BYTES:], "big")
        for share in shares
        if len(share) == _INDEX_BYTES + _SHARE_BYTES
    }
    chosen = sorted(points)[:threshold]
    if len(chosen) < threshold or chosen[0] < 1:
        raise InputError(f"{len(chosen)} shares of a secret, {threshold} are needed")
    secret = 0
    for own in chosen:
        above = below = 1
        for other in chosen:
            if other != own:
                above = above * other % _PRIME
                below = below * (other - own) % _PRIME
        secret = (secret + points[own] * above * pow(below, -1, _PRIME)) % _PRIME
    if secret >= 2 ** (8 * SECRET_BYTES):
        raise InputError("the shares are not of one secret")
    return secret.to_bytes(SECRET_BYTES, "big")


def digest(secret: bytes) -> bytes:
    """What a client tells of its seed beforehand, so that wrong shares of it are noticed."""
    return hashlib.sha256(b"emoar seed" + secret).digest()


def _cryptography() -> tuple[Any, Any, Any, Any, Any]:
    try:
        from cryptography.hazmat.primitives import ciphers, hashes
        from cryptography.hazmat.primitives.asymmetric import x25519
        from cryptography.hazmat.primitives.ciphers import aead, algorithms
        from cryptography.hazmat.primitives.kdf import hkdf
    except ImportError as exc:
        raise DependencyMissing("secure aggregation needs cryptography: pip install 'emoar[federated]'") from exc
    del algorithms  # an attribute of `ciphers` from here on
    return x25519, ciphers, aead, hkdf, hashes
