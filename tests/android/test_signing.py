"""Signatures: Android's own tool accepts them, in each scheme, and sees every change."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from emoar.android.signing import sign
from emoar.android.signing_key import SigningKey


def _apksigner(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("apksigner") is None:
        pytest.skip("apt-get install apksigner")
    command = ["apksigner", "verify", "--verbose", "--print-certs", *options, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_apksigner_accepts_both_schemes(package: Path) -> None:
    for oldest, newest in ((26, 27), (28, 35)):  # v2 alone, and v3
        result = _apksigner(package, "--min-sdk-version", str(oldest), "--max-sdk-version", str(newest))
        assert result.returncode == 0, result.stderr
    result = _apksigner(package)
    assert "v2 scheme (APK Signature Scheme v2): true" in result.stdout
    assert "v3 scheme (APK Signature Scheme v3): true" in result.stdout
    assert "Number of signers: 1" in result.stdout
    assert "WARNING" not in result.stdout + result.stderr


def test_apksigner_sees_a_changed_bit(package: Path, tmp_path: Path) -> None:
    data = bytearray(package.read_bytes())
    data[len(data) // 3] ^= 1
    (tmp_path / "changed.apk").write_bytes(data)
    assert _apksigner(tmp_path / "changed.apk").returncode != 0


def test_a_signature_has_the_same_bytes_again(key: SigningKey, package: Path) -> None:
    data = package.read_bytes()
    with pytest.raises(ValueError, match="no ZIP file"):
        sign(data[:-1], key)
    from emoar.android.signature_block import split_block

    sections, _ = split_block(data)
    assert sign(sections.entries + sections.directory + sections.end, key) == data
