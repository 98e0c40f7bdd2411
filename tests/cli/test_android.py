"""`emoar android`: builds and verifies as a user does, without Java and without an SDK."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from emoar.android import signing_key
from emoar.cli import main


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built app with little in it; the user's configuration is a new folder."""
    monkeypatch.setattr(signing_key, "user_config_dir", lambda name: str(tmp_path / "config" / name))
    folder = tmp_path / "app"
    (folder / "models").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "models/manifest.json").write_text("{}")
    return folder


def test_build_then_verify(app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = tmp_path / "emoar.apk"
    assert main(["android", "build", "-o", str(package), "--web", str(app)]) == 0
    built = capsys.readouterr()
    assert built.out.startswith(f"{package} (")
    assert "android-key.pem: keep it" in built.err
    assert main(["android", "verify", str(package)]) == 0
    text = capsys.readouterr().out
    assert "permissions  CAMERA (no INTERNET: Android gives it no network)" in text
    assert "signatures   v2 and v3, valid" in text
    assert main(["android", "verify", "--json", str(package)]) == 0
    assert json.loads(capsys.readouterr().out)["permissions"] == ["android.permission.CAMERA"]


def test_two_builds_have_the_same_bytes(app: Path, tmp_path: Path) -> None:
    for name in ("one.apk", "two.apk"):
        assert main(["android", "build", "-q", "-o", str(tmp_path / name), "--web", str(app)]) == 0
    assert (tmp_path / "one.apk").read_bytes() == (tmp_path / "two.apk").read_bytes()


def test_another_key(app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    package = tmp_path / "emoar.apk"
    assert main(["android", "build", "-o", str(package), "--web", str(app), "--key", str(file)]) == 0
    assert str(file) in capsys.readouterr().err
    assert not (tmp_path / "config").exists(), "no key of the user's is made"


def test_a_changed_package_fails(app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = tmp_path / "emoar.apk"
    main(["android", "build", "-o", str(package), "--web", str(app)])
    data = bytearray(package.read_bytes())
    data[100] ^= 1
    package.write_bytes(data)
    assert main(["android", "verify", str(package)]) == 2
    assert "was changed since" in capsys.readouterr().err


def test_without_cryptography_the_extra_is_named(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("emoar.android.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert main(["android", "build", "-o", str(tmp_path / "emoar.apk"), "--web", str(app)]) == 7
    assert "pip install 'emoar[android]'" in capsys.readouterr().err
