"""TLS against a real server: every kind of answer, certificates that cannot be used, clients that stall."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import ssl
from pathlib import Path

import httpx
import numpy as np
import pytest
from makers import make_video
from pictures import encoded
from server_process import PATIENCE_S, URL, Server, Start, connected, eventually, received, write_certificate
from websockets.sync.client import connect

import emoar
from emoar.errors import InputError, ServerError
from emoar.server.http.tls import tls_context
from emoar.server.settings import Settings


@pytest.fixture(scope="module", params=["uvloop", "asyncio"])
def secure(request: pytest.FixtureRequest, start: Start, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A server with TLS, on both event loops."""
    folder = tmp_path_factory.mktemp("loops")
    if request.param == "asyncio":
        (folder / "uvloop.py").write_text("raise ImportError('not here')\n")
    else:
        pytest.importorskip("uvloop")
    return start(tls=True, stall_s=2, python_path=str(folder), max_pixels=50_000_000)


@pytest.fixture
def https(secure: Server) -> httpx.Client:
    return secure.client()


def test_small_answers_and_errors(https: httpx.Client) -> None:
    with https:
        for _ in range(3):
            assert https.get("/healthz").json() == {"status": "ok"}
        assert https.head("/healthz").status_code == 200
        assert https.get("/nothing").status_code == 404
        assert https.post(URL, content=b"no picture").status_code == 415
        assert https.post(f"{URL}?max_faces=0", content=b"").status_code == 422
        assert https.get("/healthz").headers["strict-transport-security"].startswith("max-age=")
        assert https.get("/healthz", headers={"host": "rebound.example"}).status_code == 200
        assert https.get("/docs", headers={"host": "rebound.example"}).status_code == 421


def test_pictures_of_every_kind(https: httpx.Client, jpeg: bytes) -> None:
    with https:
        assert len(https.post(URL, content=jpeg).json()["faces"]) == 1
        form = {"file": ("a.jpg", jpeg)}
        assert len(https.post(URL, files=form).json()["faces"]) == 1
        assert len(https.post(URL, content=iter([jpeg[:1000], jpeg[1000:]])).json()["faces"]) == 1
        many = https.post(URL, files=[("file", jpeg)] * 5).json()["pictures"]
        assert [len(scene["faces"]) for scene in many] == [1] * 5
        page = https.post("/upload", files=form, headers={"origin": str(https.base_url).rstrip("/")})
        assert (page.status_code, "Face 1" in page.text) == (200, True)


def test_a_large_answer(https: httpx.Client) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (1500, 1500, 3)).astype(np.uint8)
    with https:
        answer = https.post(f"{URL}?mode=live", content=encoded(noise), headers={"accept": "image/png"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert len(answer.content) > 4_000_000
    assert answer.content.endswith(b"IEND\xaeB`\x82")


def test_pages_files_and_ranges(https: httpx.Client) -> None:
    with https:
        for path in ("/", "/upload", "/docs", "/openapi.json", "/models/index.json", "/content/index.json", "/metrics"):
            assert https.get(path).status_code == 200, path
        whole = https.get("/docs/swagger-ui-bundle.js")
        assert len(whole.content) == int(whole.headers["content-length"]) > 1_000_000
        part = https.get("/docs/swagger-ui-bundle.js", headers={"range": "bytes=1000-200999"})
        assert (part.status_code, part.content) == (206, whole.content[1000:201_000])
        (model, *_) = https.get("/models/index.json").json().values()
        assert len(https.get(model["url"]).content) == model["bytes"]


def test_a_live_socket(secure: Server, jpeg: bytes) -> None:
    address = secure.url.replace("https", "wss", 1) + "/v1/live"
    with connect(address, ssl=secure.tls, compression=None) as connection:
        for index in range(5):
            connection.send(jpeg)
            scene = json.loads(connection.recv(timeout=PATIENCE_S))
            assert (scene["frame_index"], len(scene["faces"])) == (index, 1)


def test_the_client_needs_the_authority(secure: Server, jpeg: bytes, tmp_path: Path) -> None:
    with emoar.Client(secure.url, ca_file=secure.ca_file) as client:
        assert len(client.expressions(jpeg).faces) == 1
        with client.live() as live:
            assert len(live.recognise(jpeg).scene.faces) == 1
    with emoar.Client(secure.url) as client:
        with pytest.raises(ServerError, match=r"is not trusted.*ca_file"):
            client.expressions(jpeg)
        with pytest.raises(ServerError, match=r"is not trusted.*ca_file"), client.live():
            pass
    for path, content in ((tmp_path / "none.pem", None), (tmp_path / "bad.pem", b"rubbish"), (tmp_path, None)):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(InputError, match="ca_file"):
            emoar.Client(secure.url, ca_file=path)


def test_the_async_client(secure: Server, jpeg: bytes) -> None:
    async def play() -> list[int]:
        async with emoar.AsyncClient(secure.url, ca_file=secure.ca_file) as client:
            scenes = await asyncio.gather(*(client.expressions(jpeg) for _ in range(4)))
            async with client.live() as live:
                return [*(len(scene.faces) for scene in scenes), len((await live.recognise(jpeg)).scene.faces)]

    assert asyncio.run(play()) == [1] * 5


def test_a_video_and_its_result(secure: Server, jpeg: bytes, tmp_path: Path) -> None:
    source = tmp_path / "clip.mp4"
    make_video(source, count=12, size=(320, 240))
    with emoar.Client(secure.url, ca_file=secure.ca_file) as client:
        job = client.annotate_video(source, tmp_path / "out.mp4")
    assert (job["state"], job["frames"]) == ("done", 12)
    assert (tmp_path / "out.mp4").stat().st_size > 1000


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_versions(secure: Server, version: ssl.TLSVersion) -> None:
    context = secure.tls
    assert context is not None
    context.minimum_version = context.maximum_version = version
    with context.wrap_socket(connected(secure), server_hostname="127.0.0.1") as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert received(connection).startswith(b"HTTP/1.1 200 ")


def test_no_tls_and_no_handshake_are_cut(secure: Server) -> None:
    for hello in (b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00", bytes(5000)):
        with connected(secure) as connection:
            connection.sendall(hello)
            assert b"HTTP" not in received(connection)
    with secure.client() as http:
        assert http.get("/healthz").status_code == 200
    assert "Traceback" not in secure.log.read_text()


def test_a_client_that_reads_nothing_is_cut(secure: Server) -> None:
    context = secure.tls
    assert context is not None
    raw = connected(secure)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with context.wrap_socket(raw, server_hostname="127.0.0.1") as connection:
        connection.sendall(b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with secure.client() as http:
            eventually(lambda: http.get("/metrics").text.count('route="/docs/{name}"'))

        def cut() -> bool:
            try:
                return connection.send(b"GET ") == 0
            except OSError:
                return True

        eventually(cut)


def test_requests_and_their_ends_in_any_pieces(secure: Server, jpeg: bytes) -> None:
    context = secure.tls
    assert context is not None
    head = f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
    request = (head + jpeg) * 2 + b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with context.wrap_socket(connected(secure), server_hostname="127.0.0.1") as connection:
        stream = io.BytesIO(request)
        while piece := stream.read(1 + stream.tell() % 7001):
            connection.sendall(piece)
        assert received(connection).count(b"HTTP/1.1 200 OK") == 3


def files(folder: Path) -> dict[str, Path]:
    write_certificate(folder)
    return {"tls_certificate": folder / "cert.pem", "tls_key": folder / "key.pem"}


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    good = files(tmp_path)
    context = tls_context(Settings(**good))
    assert context is not None
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert tls_context(Settings()) is None
    (tmp_path / "other").mkdir()
    other = files(tmp_path / "other")["tls_key"]
    text = good["tls_key"].read_bytes()
    key = load_pem_private_key(text, None)
    contents = {
        "empty": b"",
        "rubbish": b"rubbish",
        "damaged": text[: len(text) // 2],
        "DER": key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
        "encrypted": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
        "old": key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"x")),
    }
    for name, content in contents.items():
        bad = tmp_path / f"{name}.pem"
        bad.write_bytes(content)
        faults = ["is encrypted"] if name in ("encrypted", "old") else ["is not a certificate or key"]
        for setting in ("tls_key", "tls_certificate"):
            with pytest.raises(InputError) as caught:
                tls_context(Settings(**{**good, setting: bad}))
            assert "\n" not in str(caught.value)
            assert setting == "tls_certificate" or any(fault in str(caught.value) for fault in faults)
    with pytest.raises(InputError, match="is not the key of the certificate"):
        tls_context(Settings(**{**good, "tls_key": other}))


def test_a_bad_certificate_ends_the_start_with_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from emoar.cli import main

    good = files(tmp_path)
    (tmp_path / "key.pem").write_text("rubbish")
    arguments = ["--tls-certificate", str(good["tls_certificate"]), "--tls-key", str(good["tls_key"])]
    assert main(["serve", "--port", "0", *arguments]) == 2
    error = capfd.readouterr().err
    assert error.count("\n") == 1
    assert "key.pem is not a certificate or key" in error
