"""The manifest's binary form: read as Android's own tool reads it, and damage is one error."""

from __future__ import annotations

import contextlib
import shutil
import struct
import subprocess
import zipfile

import pytest

from emoar.android.binary_xml import read_elements
from emoar.android.build import SHELL


def _manifest() -> bytes:
    with zipfile.ZipFile(SHELL) as archive:
        return archive.read("AndroidManifest.xml")


def test_the_shells_manifest() -> None:
    elements = read_elements(_manifest())
    by_name = {element.name: element.attributes for element in elements}
    assert elements[0].name == "manifest"
    assert by_name["uses-sdk"] == {"minSdkVersion": 26, "targetSdkVersion": 35}
    assert by_name["activity"]["name"] == "org.emoar.app.MainActivity"
    assert by_name["provider"]["exported"] == 0
    assert by_name["activity"]["exported"] != 0


def test_aapt_reads_the_same_elements() -> None:
    if shutil.which("aapt") is None:
        pytest.skip("apt-get install aapt")
    tree = subprocess.run(
        ["aapt", "dump", "xmltree", str(SHELL), "AndroidManifest.xml"], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.strip() for line in tree.splitlines()]
    names = [line.split()[1] for line in lines if line.startswith("E:")]
    elements = read_elements(_manifest())
    assert names == [element.name for element in elements]
    assert sum(line.startswith("A:") for line in lines) == sum(len(element.attributes) for element in elements)


@pytest.mark.parametrize("name", ["grün", "long" * 50])  # a length of one byte, and of two
def test_texts_in_utf8(name: str) -> None:
    lengths = b"".join(
        bytes([n]) if n < 128 else bytes([0x80 | n >> 8, n & 255]) for n in (len(name), len(name.encode()))
    )
    text = lengths + name.encode() + b"\0"
    strings = struct.pack("<HHI5I", 1, 28, 32 + len(text), 1, 0, 0x100, 32, 0) + struct.pack("<I", 0) + text
    element = struct.pack("<HHIIIIIHHHHHH", 0x102, 16, 36, 1, 0xFFFFFFFF, 0xFFFFFFFF, 0, 20, 20, 0, 0, 0, 0)
    document = struct.pack("<HHI", 3, 8, 8 + len(strings) + len(element)) + strings + element
    assert [found.name for found in read_elements(document)] == [name]


def test_damage_is_a_value_error() -> None:
    data = _manifest()
    for damaged in (b"", b"<manifest/>", data[:-4], data + b"\0", data[:8] + b"\1\0\x1c\0\xff\xff\xff\x7f" + data[16:]):
        with pytest.raises(ValueError, match="manifest is"):
            read_elements(damaged)
    for at in range(8, len(data), 7):  # a changed byte gives other texts, or the error; nothing else
        changed = bytearray(data)
        changed[at] ^= 0xFF
        with contextlib.suppress(ValueError):
            read_elements(bytes(changed))
