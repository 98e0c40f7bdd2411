"""The key: made once, for its owner alone, and its certificate is the same each time."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from emoar.android import signing_key
from emoar.android.signing_key import own_key, read_key
from emoar.errors import InputError


def _pem(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes = b"") -> bytes:
    protection = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, protection)


def test_the_users_key_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_key, "user_config_dir", lambda name: str(tmp_path / "new" / name))
    first, path = own_key()
    assert path.parent == tmp_path / "new" / "emoar"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_bytes()
    second, _ = own_key()
    assert path.read_bytes() == content
    assert second.certificate == first.certificate
    assert [file.name for file in path.parent.iterdir()] == [path.name], "nothing else is left there"


def test_the_certificate_follows_from_the_key(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(_pem(ec.generate_private_key(ec.SECP256R1())))
    one, two = read_key(file), read_key(file)
    assert one.certificate == two.certificate
    assert one.sign(b"data") == two.sign(b"data")
    certificate = x509.load_der_x509_certificate(one.certificate)
    certificate.verify_directly_issued_by(certificate)
    assert certificate.not_valid_after_utc.year == 2125


def test_other_keys_are_refused_with_a_remedy(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    with pytest.raises(InputError, match="cannot be read"):
        read_key(file)
    curve = ec.generate_private_key(ec.SECP256R1())
    cases = {
        b"nothing": "is no private key",
        _pem(curve, b"secret"): "without a password",
        _pem(ec.generate_private_key(ec.SECP384R1())): "openssl ecparam -name prime256v1",
        _pem(rsa.generate_private_key(65537, 2048)): "P-256",
    }
    for content, message in cases.items():
        file.write_bytes(content)
        with pytest.raises(InputError, match=message):
            read_key(file)
