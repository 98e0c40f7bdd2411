"""Certificates and keys: openssl accepts them, nobody else reads private ones, expiry is one line."""

from __future__ import annotations

import datetime
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography import x509

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


@pytest.mark.parametrize("host", ["", "a b", "federation.example.org/x", "-a.example", "a..b", "x" * 64 + ".é" * 99])
def test_what_is_no_host_is_one_line(tmp_path: Path, host: str) -> None:
    with pytest.raises(InputError, match="--host takes a name or an address"):
        create_authority(tmp_path, [host])
    assert list(tmp_path.iterdir()) == []


def test_days_beyond_every_calendar_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1 to 36500 days"):
        create_authority(tmp_path, ["localhost"], 99_999_999)


def test_names_of_other_alphabets_and_addresses(tmp_path: Path) -> None:
    create_authority(tmp_path, ["münchen.example", "10.0.0.5", "::1"])
    content = x509.load_pem_x509_certificate((tmp_path / "server.pem").read_bytes())
    names = content.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "xn--mnchen-3ya.example" in names.get_values_for_type(x509.DNSName)
    assert {"10.0.0.5", "::1"} <= {str(each) for each in names.get_values_for_type(x509.IPAddress)}
