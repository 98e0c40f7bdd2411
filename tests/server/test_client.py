"""`emoar.Client` and `emoar image --server` against a real server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Server, Start
from makers import make_video, read_video
from numpy.typing import NDArray

import emoar
from emoar.cli import main
from emoar.errors import MediaError, ServerError
from emoar.media.images import decode_image
from emoar.media.sinks import write_image
from emoar.server.keys import KeyFile


def test_a_scene_is_the_pipelines_scene(server: Server, face: NDArray[np.uint8], tmp_path: Path) -> None:
    path = tmp_path / "me.png"
    write_image(path, face)
    with emoar.Pipeline(emoar.PipelineOptions(mode="photo")) as pipeline:
        (wanted,) = pipeline(face).faces
    with emoar.Client(server.url) as client:
        for picture in (path, str(path), path.read_bytes(), face, emoar.Frame(face, 1.5, 7, "a.mp4")):
            scene = client.expressions(picture, mode="photo")
            (found,) = scene.faces
            np.testing.assert_allclose(found.landmarks_px, wanted.landmarks_px, atol=0.01)
            assert found.expression.label == wanted.expression.label
            assert (scene.frame.image == face).all()
        assert (scene.frame.time_s, scene.frame.index, scene.frame.source) == (1.5, 7, "a.mp4")
        assert emoar.draw(scene, ["label"]).shape == face.shape
        assert decode_image(client.annotated(face)).shape == face.shape


def test_async_and_at_once(server: Server, jpeg: bytes) -> None:
    async def ask() -> list[emoar.Scene]:
        async with emoar.AsyncClient(server.url) as client:
            return await asyncio.gather(*(client.expressions(jpeg) for _ in range(6)))

    assert [len(scene.faces) for scene in asyncio.run(ask())] == [1] * 6


def test_a_video(server: Server, tmp_path: Path) -> None:
    source = make_video(tmp_path / "in.mp4", count=10, size=(160, 120))
    with emoar.Client(server.url) as client:
        job = client.annotate_video(source, tmp_path / "out.mp4", poll_s=0.1)
        assert job["frames"] == len(read_video(tmp_path / "out.mp4")[0]) == 10
        (tmp_path / "bad.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(500))
        with pytest.raises(ServerError, match="not a video"):
            client.annotate_video(tmp_path / "bad.mp4", tmp_path / "never.mp4", poll_s=0.1)


def test_what_goes_wrong_is_said(server: Server, tmp_path: Path) -> None:
    with emoar.Client(server.url) as client:
        with pytest.raises(ServerError, match="no picture that can be read") as caught:
            client.expressions(b"text")
        assert caught.value.status == 415
        with pytest.raises(ServerError) as caught:
            client.expressions(np.zeros((9, 9, 3), np.uint8), max_faces=999)
        assert caught.value.limit == "max_faces"
        with pytest.raises(MediaError, match="cannot read"):
            client.expressions(tmp_path / "none.jpg")
    with emoar.Client("http://127.0.0.1:9") as client, pytest.raises(ServerError, match="is emoar serve running"):
        client.expressions(np.zeros((9, 9, 3), np.uint8))


def test_a_busy_server_is_asked_again(start: Start, jpeg: bytes) -> None:
    server = start(max_requests=1)

    async def ask() -> list[emoar.Scene]:
        async with emoar.AsyncClient(server.url) as client:
            return await asyncio.gather(*(client.expressions(jpeg) for _ in range(4)))

    assert [len(scene.faces) for scene in asyncio.run(ask())] == [1] * 4
    with server.client() as http:
        assert 'emoar_refused_total{limit="max_requests"}' in http.get("/metrics").text


def test_the_command_line_lets_a_server_recognise(
    start: Start, jpeg: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, key = KeyFile(tmp_path / "keys.json").create("cli")
    server = start(require_keys=True, keys_file=tmp_path / "keys.json")
    photo = tmp_path / "me.jpg"
    photo.write_bytes(jpeg)
    assert main(["image", str(photo), "-o", str(tmp_path / "out"), "--server", server.url, "--key", key]) == 0
    assert "1 face: happiness" in capsys.readouterr().out
    assert json.loads((tmp_path / "out" / "me.json").read_text())["faces"][0]["expression"]["label"] == "happiness"
    assert (tmp_path / "out" / "me.jpg").is_file()
    assert main(["image", str(photo), "--json", "--server", server.url]) == 8
    assert "send a valid API key" in capsys.readouterr().err
    assert main(["image", str(photo), "--json", "--server", server.url, "--model", "emoar-s"]) == 2
