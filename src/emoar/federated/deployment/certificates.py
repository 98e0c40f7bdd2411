"""Certificates and keys of a federation: its own authority, the server's certificate, and a key pair for each node."""

from __future__ import annotations

import datetime
import ipaddress
import re
from pathlib import Path
from typing import Any, Final

from emoar.errors import DependencyMissing, InputError
from emoar.files import atomic_write

__all__ = ["AUTHORITY", "SERVER_CERTIFICATE", "SERVER_KEY", "check_certificate", "create_authority", "create_node_key"]

AUTHORITY: Final = "ca.crt"
AUTHORITY_KEY: Final = "ca.key"
SERVER_CERTIFICATE: Final = "server.pem"
SERVER_KEY: Final = "server.key"
_PRIVATE: Final = 0o600
_MOST_DAYS: Final = 36_500
_HOST: Final = re.compile(
    r"(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?\.?"
)
_CLOCK_SKEW: Final = datetime.timedelta(minutes=5)  # certificates are valid from before now


def create_authority(folder: Path, hosts: list[str], days: int = 365) -> None:
    """Writes the authority of a federation and the certificate of its server.

    Args:
        folder: of the server; private keys in it have mode 600.
        hosts: names and addresses by which nodes reach the server; those of this machine itself are added.
        days: validity.

    Raises:
        InputError: there is an authority already, or no host.
        OutputError: a file cannot be written.
        DependencyMissing: cryptography is not installed.
    """
    if (folder / AUTHORITY).exists():
        raise InputError(f"{folder / AUTHORITY} exists: nodes trust it; give another folder for another federation")
    if not hosts or not 1 <= days <= _MOST_DAYS:
        raise InputError(
            f"the certificate needs a host and 1 to {_MOST_DAYS} days: --host federation.example.org --days 365"
        )
    x509, ec, oid, _ = _cryptography()
    hosts = list(dict.fromkeys([*map(_ascii, hosts), "localhost", "127.0.0.1"]))
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(oid.NameOID.COMMON_NAME, "EmoAR federation")])
    usage = dict.fromkeys(_USAGES, False)
    authority = (
        _certificate(x509, name, name, authority_key.public_key(), days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**{**usage, "key_cert_sign": True, "crl_sign": True}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
    )
    subject = x509.Name([x509.NameAttribute(oid.NameOID.COMMON_NAME, hosts[0][:64])])
    server = (
        _certificate(x509, subject, name, server_key.public_key(), days)
        .add_extension(x509.SubjectAlternativeName([_name(x509, host) for host in hosts]), critical=False)
        .add_extension(x509.KeyUsage(**{**usage, "digital_signature": True}), critical=True)
        .add_extension(x509.ExtendedKeyUsage([oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
    )
    _write_key(folder / AUTHORITY_KEY, authority_key)
    _write_key(folder / SERVER_KEY, server_key)
    _write_certificate(folder / SERVER_CERTIFICATE, server, authority_key)
    _write_certificate(folder / AUTHORITY, authority, authority_key)


def create_node_key(path: Path) -> Path:
    """Writes a node's private key (mode 600) to `path`, and the public one beside it; returns the path of that.

    Raises:
        InputError: there is a key already.
        OutputError: a file cannot be written.
        DependencyMissing: cryptography is not installed.
    """
    if path.exists():
        raise InputError(f"{path} exists: it is a node's identity; give another name")
    _, ec, _, serialization = _cryptography()
    key = ec.generate_private_key(ec.SECP384R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    public_path = path.with_name(path.name + ".pub")
    atomic_write(path, private, mode=_PRIVATE)
    atomic_write(public_path, public + b"\n")
    return public_path


def check_certificate(path: Path) -> None:
    """Checks that a certificate can be used now.

    Raises:
        InputError: it cannot be read, has expired, or is not valid yet.
        DependencyMissing: cryptography is not installed.
    """
    x509, *_ = _cryptography()
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as exc:
        raise InputError(f"{path}: the certificate cannot be read ({exc.strerror})") from exc
    except ValueError as exc:
        raise InputError(f"{path} is not a certificate in PEM") from exc
    now = datetime.datetime.now(datetime.UTC)
    if now > certificate.not_valid_after_utc:
        expired = f"{certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
        raise InputError(f"{path} expired on {expired}: make new ones with emoar federated keys create")
    if now < certificate.not_valid_before_utc:
        start = f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        raise InputError(f"{path} is valid from {start}: the clock of this machine is wrong ({now:%Y-%m-%d %H:%M} UTC)")


_USAGES: Final = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def _certificate(x509: Any, subject: Any, issuer: Any, public_key: Any, days: int) -> Any:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public_key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - _CLOCK_SKEW).not_valid_after(now + datetime.timedelta(days=days))


def _ascii(host: str) -> str:
    """A host as certificates have it: an address, or a name in ASCII.

    Raises:
        InputError: it is neither.
    """
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        name = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        name = ""
    if not _HOST.fullmatch(name) or len(name) > 253:
        raise InputError(f"--host takes a name or an address, such as federation.example.org, got {host!r:.60}")
    return name


def _name(x509: Any, host: str) -> Any:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_key(path: Path, key: Any) -> None:
    _, _, _, serialization = _cryptography()
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    atomic_write(path, content, mode=_PRIVATE)


def _write_certificate(path: Path, builder: Any, authority_key: Any) -> None:
    from cryptography.hazmat.primitives import hashes

    _, _, _, serialization = _cryptography()
    certificate = builder.sign(authority_key, hashes.SHA256())
    atomic_write(path, certificate.public_bytes(serialization.Encoding.PEM))


def _cryptography() -> tuple[Any, Any, Any, Any]:
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509 import oid
    except ImportError as exc:
        raise DependencyMissing("keys need cryptography: pip install 'emoar[federated]'") from exc
    return x509, ec, oid, serialization
