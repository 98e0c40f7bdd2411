"""Verifies a package that `emoar android build` made: both signatures, and what its manifest asks Android for."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from emoar.android.binary_xml import Element, read_elements
from emoar.android.signature_block import ECDSA_SHA256, STRIPPING_PROTECTION, V2, V3, content_digest, split_block
from emoar.errors import InputError

__all__ = ["Package", "verify_package"]

_SCHEMES: Final = {"v2": V2, "v3": V3}


@dataclass(frozen=True)
class Package:
    """What an APK file is, as far as its signatures and its manifest tell."""

    name: str  # such as org.emoar.app
    version: str
    version_code: int
    min_sdk: int
    target_sdk: int
    permissions: tuple[str, ...]  # all that it asks for
    schemes: tuple[str, ...]  # of the valid signatures: v2, v3
    certificate_sha256: str  # of the one signer; an update has the same
    bytes: int


def verify_package(path: Path) -> Package:
    """Verifies a file.

    Raises:
        InputError: it cannot be read, is no such package, or was changed after it was signed.
    """
    try:
        apk = path.read_bytes()
    except OSError as exc:
        raise InputError(f"{path}: cannot be read ({exc.strerror})") from exc
    try:
        certificate = _verify_signatures(apk)
        with zipfile.ZipFile(io.BytesIO(apk)) as archive:
            manifest = read_elements(archive.read("AndroidManifest.xml"))
        return _package(manifest, certificate, len(apk))
    except (ValueError, KeyError, StopIteration, UnsupportedAlgorithm, zipfile.BadZipFile) as exc:
        raise InputError(f"{path}: is no package signed by `emoar android build`, or was changed since: {exc}") from exc


def _verify_signatures(apk: bytes) -> bytes:
    """The certificate of the signer. Raises ValueError where a signature is missing or wrong."""
    sections, pairs = split_block(apk)
    digest = content_digest(sections)
    certificates: set[bytes] = set()
    for name, kind in _SCHEMES.items():
        if kind not in pairs:
            raise ValueError(f"it has no {name} signature")
        certificates.add(_verify_scheme(name, pairs[kind], digest))
    if len(certificates) != 1:
        raise ValueError("its signatures are of several signers")
    return certificates.pop()


def _verify_scheme(name: str, value: bytes, digest: bytes) -> bytes:
    signers = _Reader(value).prefixed()
    signer = signers.prefixed()
    data = signer.prefixed()
    sdks = signer.take(8) if name == "v3" else b""
    signature = signer.prefixed().prefixed()
    public = signer.prefixed().rest()
    _check(not signers.rest(), name, "has several signers")
    _check(signature.number() == ECDSA_SHA256, name, "has another algorithm than ECDSA with SHA-256")
    key = serialization.load_der_public_key(public)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError(f"its {name} signature has another kind of key")
    try:
        key.verify(signature.prefixed().rest(), data.all(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise ValueError(f"its {name} signature is wrong") from None
    signed = data.prefixed().prefixed()
    _check(signed.number() == ECDSA_SHA256 and signed.prefixed().rest() == digest, name, "is of other content")
    certificate = data.prefixed().prefixed().rest()
    _check(_public_key(certificate) == public, name, "is not of its certificate")
    _check(data.take(len(sdks)) == sdks, name, "names other versions of Android outside of what is signed")
    if name == "v2":
        newer = data.prefixed().prefixed()
        _check(newer.number() == STRIPPING_PROTECTION and newer.number() == 3, name, "does not name v3")
    return certificate


def _public_key(certificate: bytes) -> bytes:
    key = x509.load_der_x509_certificate(certificate).public_key()
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _check(right: bool, scheme: str, fault: str) -> None:
    if not right:
        raise ValueError(f"its {scheme} signature {fault}")


def _package(manifest: list[Element], certificate: bytes, size: int) -> Package:
    root = next(element for element in manifest if element.name == "manifest")
    sdk = next(element for element in manifest if element.name == "uses-sdk")
    asking = [element for element in manifest if element.name.startswith("uses-permission")]
    return Package(
        name=str(root.attributes["package"]),
        version=str(root.attributes["versionName"]),
        version_code=int(root.attributes["versionCode"]),
        min_sdk=int(sdk.attributes["minSdkVersion"]),
        target_sdk=int(sdk.attributes["targetSdkVersion"]),
        permissions=tuple(str(element.attributes["name"]) for element in asking),
        schemes=tuple(_SCHEMES),
        certificate_sha256=hashlib.sha256(certificate).hexdigest(),
        bytes=size,
    )


class _Reader:
    """Reads length-prefixed values from the start on. Raises ValueError beyond the end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        if self._at + count > len(self._data):
            raise ValueError("its block of signatures is damaged")
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def prefixed(self) -> _Reader:
        return _Reader(self.take(self.number()))

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)

    def all(self) -> bytes:
        return self._data
