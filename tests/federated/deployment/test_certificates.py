"""Certificates and keys: openssl accepts them, nobody else reads private ones, expiry is one line."""

from __future__ import annotations

import datetime
import stat
import subprocess
from pathlib import Path

import pytest

from emoar.errors import InputError
from emoar.federated.deployment import certificates
from emoar.federated.deployment.certificates import check_certificate, create_authority, create_node_key


def test_openssl_verifies_the_server_for_its_hosts(tmp_path: Path) -> None:
    create_authority(tmp_path, ["federation.example.org", "10.0.0.5"])
    for host in (
        ["-verify_hostname", "federation.example.org"],
        ["-verify_ip", "10.0.0.5"],
        ["-verify_ip", "127.0.0.1"],
    ):
        command = ["openssl", "verify", "-x509_strict", "-CAfile", str(tmp_path / "ca.crt"), *host]
        done = subprocess.run([*command, str(tmp_path / "server.pem")], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    other = subprocess.run(
        [*command[:5], "-verify_hostname", "example.com", str(tmp_path / "server.pem")], capture_output=True
    )
    assert other.returncode != 0


def test_private_keys_have_mode_600(tmp_path: Path) -> None:
    create_authority(tmp_path / "a", ["localhost"])
    create_node_key(tmp_path / "anna")
    for path in (tmp_path / "a" / "ca.key", tmp_path / "a" / "server.key", tmp_path / "anna"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (tmp_path / "anna.pub").read_text().startswith("ecdsa-sha2-nistp384 ")
    assert b"OPENSSH PRIVATE KEY" in (tmp_path / "anna").read_bytes()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    create_authority(tmp_path, ["localhost"])
    create_node_key(tmp_path / "anna")
    with pytest.raises(InputError, match="nodes trust it"):
        create_authority(tmp_path, ["localhost"])
    with pytest.raises(InputError, match="a node's identity"):
        create_node_key(tmp_path / "anna")


def test_a_certificate_that_cannot_be_used_now_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_authority(tmp_path, ["localhost"], days=1)
    check_certificate(tmp_path / "ca.crt")
    real = datetime.datetime

    class Clock(datetime.datetime):
        shift = datetime.timedelta(days=2)

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return real.now(tz) + cls.shift

    monkeypatch.setattr(certificates.datetime, "datetime", Clock)
    with pytest.raises(InputError, match=r"expired on .*: make new ones"):
        check_certificate(tmp_path / "ca.crt")
    Clock.shift = datetime.timedelta(days=-2)
    with pytest.raises(InputError, match="the clock of this machine is wrong"):
        check_certificate(tmp_path / "ca.crt")
    (tmp_path / "text").write_text("none")
    with pytest.raises(InputError, match="not a certificate"):
        check_certificate(tmp_path / "text")
    with pytest.raises(InputError, match="cannot be read"):
        check_certificate(tmp_path / "missing")


def test_an_authority_needs_a_host(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a host"):
        create_authority(tmp_path, [])
