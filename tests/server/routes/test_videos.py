"""`POST /v1/videos`: jobs from start to deletion."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as parquet
import pytest
from makers import make_video, read_video
from server_process import Server, Start, connected, eventually

from emoar.demo.clip import demo_clip
from emoar.media.video_sink import VideoSink

URL = "/v1/videos"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of two faces."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with VideoSink(path) as sink:
        for frame in islice(demo_clip(), 20):
            sink.write_image(frame.image, frame.time_s)
    return path.read_bytes()


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_video(tmp_path_factory.mktemp("clip") / "long.mp4", count=600, size=(640, 360)).read_bytes()


def wait(http: httpx.Client, where: str, *states: str) -> dict[str, Any]:
    return eventually(lambda: http.get(where).json(), lambda job: job.get("state") in states)


def test_a_job_from_upload_to_deletion(http: httpx.Client, server: Server, clip: bytes, tmp_path: Path) -> None:
    response = http.post(URL, files={"file": ("clip.mp4", clip)}, params={"overlays": "label"})
    assert response.status_code == 202
    where = response.headers["location"]
    assert response.json()["retention"]["seconds"] == 3600
    job = wait(http, where, "done", "failed")
    assert (job["state"], job["progress"], job["frames"], job["faces"]) == ("done", 1.0, 20, 2)
    assert set(job["results"]) == {"video", "scenes.jsonl", "scenes.parquet"}
    assert job["retention"]["deleted_at"].endswith("Z")
    video = http.get(job["results"]["video"])
    assert video.headers["content-type"] == "video/mp4"
    (tmp_path / "out.mp4").write_bytes(video.content)
    assert len(read_video(tmp_path / "out.mp4")[0]) == 20
    scenes = [json.loads(line) for line in http.get(job["results"]["scenes.jsonl"]).text.splitlines()]
    assert [len(scene["faces"]) for scene in scenes] == [2] * 20
    assert http.get(job["results"]["scenes.parquet"]).content[:4] == b"PAR1"
    folder = server.log.parent / "jobs"
    assert not list(folder.rglob("source"))  # the video itself is gone already
    assert http.delete(where).status_code == 204
    assert http.get(where).status_code == 404
    assert not list(folder.rglob("annotated.mp4"))


def test_measures_and_valence_on_request(http: httpx.Client, clip: bytes) -> None:
    where = http.post(URL, content=clip, params={"measures": True, "valence": True}).headers["location"]
    job = wait(http, where, "done", "failed")
    faces = [
        face
        for line in http.get(job["results"]["scenes.jsonl"]).text.splitlines()
        for face in json.loads(line)["faces"]
    ]
    assert all("valence" in face for face in faces)
    assert any("measures" in face for face in faces)
    table = parquet.read_table(io.BytesIO(http.get(job["results"]["scenes.parquet"]).content))
    column = table.column("measure_jawOpen").to_pylist()
    assert column == pytest.approx([face.get("measures", {}).get("jawOpen") for face in faces])
    assert http.delete(where).status_code == 204


def test_a_bare_body_and_a_cancelled_job(http: httpx.Client, server: Server, long_clip: bytes) -> None:
    response = http.post(URL, content=long_clip, headers={"content-type": "video/mp4"})
    where = response.headers["location"]
    assert http.get(f"{where}/video").status_code == 409
    assert wait(http, where, "running")["retention"]["deleted_at"] is None
    assert http.delete(where).status_code == 204
    assert http.get(where).status_code == 404
    assert not list((server.log.parent / "jobs").rglob("*.mp4*"))


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", {"content-type": "video/mp4"}, 422),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", {"content-type": "video/mp4"}, 415),
        (b"ID3\x04\0   AVI \nffconcat version 1.0\nfile source\n", {"content-type": "video/mp4"}, 415),
        (b"G@\nv=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n", {"content-type": "video/mp4"}, 415),
        (b"<!--abcdAVI --><MPD/>", {"content-type": "video/mp4"}, 415),
        (b"<svg/>", {"content-type": "image/svg+xml"}, 415),
        (b"--x\r\n", {"content-type": "multipart/form-data; boundary=x"}, 400),
        (b"--x\r\n", {"content-type": "multipart/form-data"}, 400),
    ],
)
def test_a_body_that_is_no_video_is_refused(
    http: httpx.Client, content: bytes, headers: dict[str, str], status: int
) -> None:
    response = http.post(URL, content=content, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_damaged_video_is_reported_without_a_path(http: httpx.Client, server: Server) -> None:
    where = http.post(URL, content=b"\0\0\0\x18ftypisom" + bytes(3000)).headers["location"]
    job = wait(http, where, "failed")
    assert "not a video that can be read" in job["problem"]
    assert str(server.log.parent) not in json.dumps(job)
    http.delete(where)


@pytest.mark.parametrize("parameters", [{"overlays": "nothing"}, {"max_faces": 21}, {"max_faces": 0}])
def test_wrong_parameters(http: httpx.Client, clip: bytes, parameters: dict[str, str]) -> None:
    assert http.post(URL, content=clip, params=parameters).status_code == 422


def test_jobs_are_limited_and_expire(start: Start, clip: bytes, long_clip: bytes) -> None:
    server = start(max_jobs=1, job_ttl_s=5, max_video_bytes=max(len(clip), len(long_clip)))
    with server.client() as http:
        assert http.post(URL, content=long_clip + clip).json()["limit"] == "max_video_bytes"
        where = http.post(URL, content=long_clip).headers["location"]
        response = http.post(URL, content=clip)
        assert (response.status_code, response.json()["limit"]) == (429, "max_jobs")
        assert http.delete(where).status_code == 204
        where = http.post(URL, content=clip).headers["location"]
        eventually(lambda: http.get(where).status_code, lambda code: code == 404)
    assert not list((server.log.parent / "jobs").rglob("*.mp4"))


@pytest.mark.parametrize("length", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_dripped_upload_does_not_hold_its_place(start: Start, clip: bytes, length: str) -> None:
    server = start(max_jobs=1, upload_s=1, max_video_bytes=100_000_000)
    piece = b"0" if "Content" in length else b"1\r\n0\r\n"
    with connected(server) as slow, server.client() as http:
        slow.sendall(f"POST {URL} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: video/mp4\r\n{length}\r\n\r\n".encode())
        slow.settimeout(0.1)
        answer = b""
        while not answer:  # it never stops sending
            slow.sendall(piece)
            with contextlib.suppress(TimeoutError):
                answer = slow.recv(1000)
        assert answer.startswith(b"HTTP/1.1 408")
        slow.close()
        eventually(lambda: http.post(URL, content=clip).status_code, lambda status: status == 202)


def test_one_client_does_not_get_all_jobs(start: Start, long_clip: bytes) -> None:
    server = start("--public", "--force", host="127.0.0.1", trusted_proxies="127.0.0.1", max_jobs=4)
    with server.client() as http:

        def post(address: str) -> httpx.Response:
            return http.post(URL, content=long_clip, headers={"x-forwarded-for": address})

        assert [post("192.0.2.1").status_code for _ in range(3)] == [202, 202, 429]
        assert post("192.0.2.1").json()["limit"] == "max_jobs_per_address"
        assert post("192.0.2.2").status_code == 202


def test_a_disk_that_is_full_and_a_folder_that_is_gone(start: Start, clip: bytes) -> None:
    resource = pytest.importorskip("resource")
    server = start(max_jobs=1)
    soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    with server.client() as http:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (100_000, hard))
        for _ in range(2):  # no place is lost
            response = http.post(URL, content=b"\0\0\0\x18ftypisom" + bytes(200_000))
            assert (response.status_code, response.json()["type"]) == (503, "urn:emoar:problem:no-storage")
            assert str(server.log.parent) not in response.text
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (soft, hard))
        shutil.rmtree(server.log.parent / "jobs")
        where = http.post(URL, content=clip).headers["location"]
        assert wait(http, where, "done", "failed")["state"] == "done"
        shutil.rmtree(server.log.parent / "jobs")
        assert http.get(f"{where}/video").status_code == 404
    assert "Traceback" not in server.log.read_text()


def test_a_job_is_closed_in(start: Start, long_clip: bytes) -> None:
    server = start()
    with server.client() as http:
        where = http.post(URL, content=long_clip).headers["location"]
        wait(http, where, "running")
        (job,) = eventually(lambda: [pid for pid in server.children() if is_job(pid)])
        assert "EMOAR_" not in Path(f"/proc/{job}/environ").read_text()
        eventually(lambda: "Seccomp:\t2" in Path(f"/proc/{job}/status").read_text())
        http.delete(where)


def is_job(pid: int) -> bool:
    return b"job_process" in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_nothing_is_left_after_the_end_or_after_a_crash(start: Start, long_clip: bytes, tmp_path: Path) -> None:
    for crash in (False, True):
        server = start(job_folder=tmp_path / "jobs")
        with server.client() as http:
            http.post(URL, content=long_clip)
        assert len(list((tmp_path / "jobs").iterdir())) == 2  # of jobs and of sessions
        if crash:
            server.process.kill()
            server.process.wait()
        else:
            assert server.stop() == 0
            assert list((tmp_path / "jobs").iterdir()) == []
    again = start(job_folder=tmp_path / "jobs")  # deletes the folder of the killed one
    assert len(list((tmp_path / "jobs").iterdir())) == 2
    assert again.stop() == 0
    assert list((tmp_path / "jobs").iterdir()) == []
