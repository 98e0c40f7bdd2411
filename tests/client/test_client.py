"""`emoar.Client` and `emoar image --server` against a real server."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

import numpy as np
import pytest
from makers import make_video, read_video
from numpy.typing import NDArray
from server_process import Server, Start

import emoar
from emoar.cli import main
from emoar.errors import InputError, MediaError, ServerError
from emoar.labels import MEASURES, valence
from emoar.media.images import decode_image
from emoar.media.raw_frames import pack_raw
from emoar.media.sinks import write_image
from emoar.server.http.api_keys import KeyFile


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


@pytest.mark.parametrize("jpeg_quality", [90, None], ids=["JPEG", "raw"])
def test_a_live_socket(server: Server, face: NDArray[np.uint8], jpeg: bytes, jpeg_quality: int | None) -> None:
    with emoar.Client(server.url) as client, client.live(jpeg_quality=jpeg_quality) as live:
        for index, picture in enumerate((face, jpeg, pack_raw(face), emoar.Frame(face, 1.5, 7, "a.mp4"))):
            result = live.recognise(picture)
            assert isinstance(result, emoar.LiveScene)
            assert (result.index, result.dropped, result.dropped_total) == (index, 0, 0)
            assert [found.track_id for found in result.scene.faces] == [1]
            assert result.scene.faces[0].expression.label == "happiness"
            assert result.scene.frame.image.shape == face.shape
            assert np.abs(result.scene.frame.image.astype(int) - face).mean() < 3
        frame = result.scene.frame
        assert (frame.time_s, frame.index, frame.source) == (1.5, 7, "a.mp4")
        assert emoar.draw(result.scene, ["label"]).shape == face.shape


def test_measures_and_valence_on_request(server: Server, face: NDArray[np.uint8]) -> None:
    with emoar.Client(server.url) as client, client.live(measures=True, valence=True) as live:
        for ask in (client.expressions, lambda picture, **_: live.recognise(picture).scene):
            (found,) = ask(face, measures=True, valence=True).faces
            assert found.measures is not None
            assert tuple(found.measures) == MEASURES
            assert found.valence == pytest.approx(valence(found.expression.probabilities), abs=1e-3)
        (plain,) = client.expressions(face).faces
        assert (plain.measures, plain.valence) == (None, None)


def test_a_live_socket_counts_dropped_frames(server: Server, face: NDArray[np.uint8]) -> None:
    with emoar.Client(server.url) as client, client.live(jpeg_quality=None) as live:
        for shade in range(100):
            live.send(np.full((48, 64, 3), shade, np.uint8) if shade % 2 else face)
        results = []
        for result in live:
            results.append(result)
            if result.index == 99:
                break
    assert len(results) + results[-1].dropped_total == 100
    assert sum(result.dropped for result in results) == results[-1].dropped_total > 0
    # each scene has its own frame; the client keeps the last 64 frames
    for result in [result for result in results if result.index >= 36]:
        wanted = np.full((48, 64, 3), result.index, np.uint8) if result.index % 2 else face
        assert (result.scene.frame.image == wanted).all()


def test_errors_of_a_live_socket(start: Start, jpeg: bytes) -> None:
    server = start(max_sockets=1, idle_s=5)
    with emoar.Client(server.url, timeout_s=60) as client:
        with pytest.raises(ServerError, match="max_faces must be within") as caught, client.live(max_faces=99):
            pass
        assert (caught.value.status, caught.value.limit) == (422, "max_faces")
        with client.live() as live:
            with pytest.raises(InputError, match="frame must be"):
                live.send(np.zeros((3, 3), np.uint8))
            with pytest.raises(ServerError, match="no picture that can be read") as caught:
                live.recognise(b"no picture")
            assert caught.value.status == 415
            assert len(live.recognise(jpeg).scene.faces) == 1  # the socket stays open
            with pytest.raises(ServerError, match=r"within 0\.1 s"):
                live.receive(timeout_s=0.1)
            with pytest.raises(ServerError, match="no frame for too long"):
                live.receive()
        with pytest.raises(InputError, match="jpeg_quality"):
            client.live(jpeg_quality=0)
        with pytest.raises(InputError, match="is not open"):
            client.live().send(jpeg)
    with (
        emoar.Client("http://127.0.0.1:9") as client,
        pytest.raises(ServerError, match="is emoar serve running"),
        client.live(),
    ):
        pass


def test_a_live_socket_to_something_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def send_other_protocol() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=send_other_protocol)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with emoar.Client(url) as client, pytest.raises(ServerError, match="is emoar serve running"), client.live():
            pass
        thread.join()


def test_a_live_socket_sends_its_key(start: Start, jpeg: bytes, tmp_path: Path) -> None:
    _, key = KeyFile(tmp_path / "keys.json").create("live")
    server = start(require_keys=True, keys_file=tmp_path / "keys.json")
    with emoar.Client(server.url, key=key) as client, client.live() as live:
        assert len(live.recognise(jpeg).scene.faces) == 1
    with (
        emoar.Client(server.url) as client,
        pytest.raises(ServerError, match="send a valid API key") as caught,
        client.live(),
    ):
        pass
    assert caught.value.status == 401


def test_a_video(server: Server, tmp_path: Path) -> None:
    source = make_video(tmp_path / "in.mp4", count=10, size=(160, 120))
    with emoar.Client(server.url) as client:
        job = client.annotate_video(source, tmp_path / "out.mp4", poll_s=0.1)
        assert job["frames"] == len(read_video(tmp_path / "out.mp4")[0]) == 10
        (tmp_path / "bad.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(500))
        with pytest.raises(ServerError, match="not a video"):
            client.annotate_video(tmp_path / "bad.mp4", tmp_path / "never.mp4", poll_s=0.1)


def test_errors(server: Server, tmp_path: Path) -> None:
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
    asked = ["--measures", "--valence", "--json", "--server", server.url, "--key", key]
    assert main(["image", str(photo), *asked]) == 0
    (face,) = json.loads(capsys.readouterr().out)["faces"]
    assert face["measures"]["mouthSmileLeft"] > 0.3
    assert face["valence"] > 0.5
    assert main(["image", str(photo), "--json", "--server", server.url]) == 8
    assert "send a valid API key" in capsys.readouterr().err
    assert main(["image", str(photo), "--json", "--server", server.url, "--model", "emoar-s"]) == 2
