"""The key that signs packages, and its certificate. An update must have the key of the version that it replaces."""

from __future__ import annotations

import datetime
import hashlib
import os
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from platformdirs import user_config_dir

from emoar.errors import InputError
from emoar.files import output_errors

__all__ = ["SigningKey", "own_key", "read_key"]

_FILE: Final = "android-key.pem"
_NAME: Final = "EmoAR, packed by its user"
_VALID: Final = (datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC), datetime.datetime(2125, 1, 1, tzinfo=datetime.UTC))


class SigningKey:
    """A private key on the curve P-256, with a certificate that follows from it: the same in each package."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.certificate = _certificate(private, self.public)

    def sign(self, data: bytes) -> bytes:
        """ECDSA with SHA-256 (DER), without a random number: the same data have the same signature."""
        return self._private.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def own_key() -> tuple[SigningKey, Path]:
    """The user's key and its file in the user's configuration; made at the first call, with mode 0600.

    Raises:
        InputError: the file is no such key.
        OutputError: it cannot be written.
    """
    path = Path(user_config_dir("emoar")) / _FILE
    if not path.exists():
        with output_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_new(path, ec.generate_private_key(ec.SECP256R1()))
    return read_key(path), path


def read_key(path: Path) -> SigningKey:
    """A key from a PEM file.

    Raises:
        InputError: it cannot be read, or is no private key on the curve P-256 without a password.
    """
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as exc:
        raise InputError(f"{path}: cannot be read ({exc.strerror})") from exc
    except (ValueError, TypeError) as exc:
        raise InputError(f"{path}: is no private key in PEM without a password; leave --key out for your own") from exc
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise InputError(
            f"{path}: the key must be on the curve P-256: openssl ecparam -name prime256v1 -genkey -noout -out key.pem"
        )
    return SigningKey(private)


def _write_new(path: Path, private: ec.EllipticCurvePrivateKey) -> None:
    content = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        if not path.exists():
            temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)


def _certificate(private: ec.EllipticCurvePrivateKey, public: bytes) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    serial = int.from_bytes(hashlib.sha256(public).digest()[:16]) >> 1
    builder = x509.CertificateBuilder(name, name, private.public_key(), serial, *_VALID)
    signed = builder.sign(private, hashes.SHA256(), ecdsa_deterministic=True)
    return signed.public_bytes(serialization.Encoding.DER)
