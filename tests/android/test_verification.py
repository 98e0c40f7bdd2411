"""`verify`: what is right passes; every kind of change and every missing signature is an error of one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from emoar.android import signing
from emoar.android.signature_block import V2, V3, Sections, content_digest, join_pairs, split_block
from emoar.android.signing_key import SigningKey
from emoar.android.verification import verify_package
from emoar.errors import InputError


def _refused(path: Path, data: bytes, message: str) -> None:
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as error:
        verify_package(path)
    assert "\n" not in str(error.value)


def test_a_package_is_what_its_manifest_names(package: Path) -> None:
    found = verify_package(package)
    assert (found.name, found.min_sdk, found.target_sdk) == ("org.emoar.app", 26, 35)
    assert found.permissions == ("android.permission.CAMERA",)
    assert found.schemes == ("v2", "v3")
    assert found.bytes == package.stat().st_size
    assert len(found.certificate_sha256) == 64


def test_every_part_of_the_content_is_covered(package: Path, tmp_path: Path) -> None:
    data = package.read_bytes()
    sections, _ = split_block(data)
    places = [
        0,
        40,
        len(sections.entries) // 2,
        len(sections.entries) - 1,
        len(data) - 30,
        len(data) - len(sections.end) - 9,
    ]
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1
        _refused(tmp_path / "changed.apk", bytes(changed), "was changed since")


def test_every_byte_of_a_signature_is_covered(package: Path, tmp_path: Path) -> None:
    sections, pairs = split_block(package.read_bytes())
    for kind in (V2, V3):
        for place in range(0, len(pairs[kind]), 11):
            value = bytearray(pairs[kind])
            value[place] ^= 1
            changed = {V2: pairs[V2], V3: pairs[V3]} | {kind: bytes(value)}
            _refused(
                tmp_path / "changed.apk",
                sections.with_block(join_pairs(list(changed.items()))),
                "is no package signed by",
            )


def test_both_signatures_are_needed_by_one_signer(package: Path, tmp_path: Path) -> None:
    sections, pairs = split_block(package.read_bytes())
    path = tmp_path / "other.apk"
    _refused(path, sections.with_block(join_pairs([(V2, pairs[V2])])), "no v3 signature")
    _refused(path, sections.with_block(join_pairs([(V3, pairs[V3])])), "no v2 signature")
    bare = sections.entries + sections.directory + sections.end
    _refused(path, bare, "no block of signatures")
    other = sign_with_another_key(bare)
    _refused(
        path, sections.with_block(join_pairs([(V2, pairs[V2]), (V3, split_block(other)[1][V3])])), "several signers"
    )


def sign_with_another_key(bare: bytes) -> bytes:
    return signing.sign(bare, SigningKey(ec.derive_private_key(7, ec.SECP256R1())))


def test_a_v2_signature_names_v3(package: Path, tmp_path: Path, key: SigningKey) -> None:
    """Else somebody could remove the newer one."""
    sections, pairs = split_block(package.read_bytes())
    bare = signing._signer(key, content_digest(sections), b"", b"")
    _refused(tmp_path / "other.apk", sections.with_block(join_pairs([(V2, bare), (V3, pairs[V3])])), "damaged|name v3")


def test_files_that_are_no_packages(tmp_path: Path, key: SigningKey) -> None:
    from emoar.android.entries import write_zip

    with pytest.raises(InputError, match="cannot be read"):
        verify_package(tmp_path / "absent.apk")
    _refused(tmp_path / "text.apk", b"no package", "no ZIP file")
    no_manifest = signing.sign(write_zip({"a.js": b"a"}), key)
    _refused(tmp_path / "other.apk", no_manifest, "AndroidManifest.xml")
    wrong = signing.sign(write_zip({"AndroidManifest.xml": b"<manifest/>"}), key)
    _refused(tmp_path / "other.apk", wrong, "binary XML")
    assert Sections.of(write_zip({"a.js": b"a"})).directory
