"""What is packed, and that the ZIP file has the same bytes for the same content."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from pathlib import Path

from emoar.android.entries import web_entries, write_zip


def test_what_the_shell_does_without_is_left_out(tmp_path: Path) -> None:
    kept = [
        "index.html",
        "assets/worker-1.js",
        "assets/workbox-window-2.js",
        "wasm/3/runtime_internal.wasm",
        "manifest.webmanifest",
    ]
    left_out = [
        *("sw.js", "sw.js.br", "sw.js.gz", "workbox-1.js", "registerSW.js", "overlay.html"),
        *(
            "wasm/3/runtime_threaded_internal.wasm",
            "wasm/3/runtime_threaded_internal.js",
            "index.html.br",
            "index.html.gz",
        ),
    ]
    for name in kept + left_out:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(gzip.compress(b"other") if name.endswith(".gz") else name.encode())
    entries = web_entries(tmp_path)
    assert entries == {f"assets/web/{name}": name.encode() for name in sorted(kept, key=lambda name: Path(name))}


def test_a_file_that_there_is_compressed_only_is_inflated(tmp_path: Path) -> None:
    (tmp_path / "runtime.wasm.gz").write_bytes(gzip.compress(b"\0asm"))
    (tmp_path / "runtime.wasm.br").write_bytes(b"brotli")
    assert web_entries(tmp_path) == {"assets/web/runtime.wasm": b"\0asm"}


def test_pictures_and_resources_are_stored_on_a_boundary_of_four_bytes() -> None:
    entries = {f"res/{'n' * i}.png": b"\x89PNG" for i in range(1, 9)} | {"resources.arsc": b"table", "a.js": b"a" * 99}
    data = write_zip(entries)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == entries
        assert list(archive.namelist()) == list(entries)
        for info in archive.infolist():
            stored = not info.filename.endswith(".js")
            assert info.compress_type == (zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
            name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
            if stored:
                assert (info.header_offset + 30 + name + extra) % 4 == 0


def test_the_same_entries_give_the_same_bytes() -> None:
    entries = {"a.js": b"a" * 1000, "b.png": b"b"}
    assert write_zip(entries) == write_zip(dict(entries))
