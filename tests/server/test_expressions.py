"""`POST /v1/expressions`, as clients see it."""

from __future__ import annotations

import base64
import sys

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import encoded, pasted, resized

from emoar.media.images import decode_image
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.server.http.problems import Problem
from emoar.server.workers.inference import picture_in
from emoar.server.workers.request import ImageRequest
from emoar.types import Scene

URL = "/v1/expressions"


def test_each_way_to_send_a_picture_gives_the_same_faces(http: httpx.Client, jpeg: bytes) -> None:
    text = base64.b64encode(jpeg).decode()
    answers = [
        http.post(URL, files={"file": ("me.jpg", jpeg, "image/jpeg")}),
        http.post(URL, content=jpeg, headers={"content-type": "image/jpeg"}),
        http.post(URL, content=jpeg),
        http.post(URL, json={"image": text}),
        http.post(URL, json={"image": f"data:image/jpeg;base64,{text}"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5
    documents = [answer.json() for answer in answers]
    assert [document.pop("source") for document in documents] == ["me.jpg", "", "", "", ""]
    assert all(document == documents[0] for document in documents)


def test_the_answer_says_what_the_pipeline_says(http: httpx.Client, face: NDArray[np.uint8], jpeg: bytes) -> None:
    document = http.post(URL, content=jpeg, params={"landmarks": True, "mode": "photo"}).json()
    assert document["model"]["name"] == "emoar-m"
    assert (document["width_px"], document["height_px"]) == (640, 480)
    with Pipeline(PipelineOptions(mode="photo")) as pipeline:
        wanted = pipeline(decode_image(jpeg)).faces
    scene = Scene.from_dict(document)
    assert len(scene.faces) == len(wanted) == 1
    np.testing.assert_allclose(scene.faces[0].landmarks_px, wanted[0].landmarks_px, atol=0.01)
    assert scene.faces[0].expression.label == wanted[0].expression.label == "happiness"
    assert set(document["faces"][0]) >= {"pose", "quality", "five_landmarks_px", "box_xyxy_px", "track_id"}
    assert face.shape == (480, 640, 3)


@pytest.mark.parametrize("suffix", [".png", ".webp", ".avif", ".heic", ".bmp"])
def test_other_formats(http: httpx.Client, face: NDArray[np.uint8], suffix: str) -> None:
    assert len(http.post(URL, content=encoded(face, suffix)).json()["faces"]) == 1


def test_heic_where_it_cannot_be_read(face: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(face, ".heic")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(Problem) as caught:
        picture_in(data, ImageRequest())
    assert caught.value.status == 415
    assert "does not read HEIC" in caught.value.detail


def test_several_pictures_and_a_bad_one_among_them(http: httpx.Client, jpeg: bytes) -> None:
    files = [("a", ("1.jpg", jpeg)), ("b", ("2.txt", b"no picture")), ("c", ("../../3.jpg", jpeg))]
    first, bad, last = http.post(URL, files=files).json()["pictures"]
    assert (first["source"], last["source"]) == ("1.jpg", "3.jpg")
    assert (bad["status"], bad["type"]) == (415, "urn:emoar:problem:not-a-picture")


def test_the_drawn_picture_beside_the_answer_and_as_the_answer(http: httpx.Client, jpeg: bytes) -> None:
    document = http.post(URL, content=jpeg, params={"overlay": "label,quote"}).json()
    drawn = decode_image(base64.b64decode(document["annotated"]["data"]))
    assert document["annotated"]["media_type"] == "image/jpeg"
    plain = decode_image(jpeg)
    changed = (np.abs(drawn.astype(int) - plain) > 60).any(axis=2)
    assert 2000 < changed.sum() < 150_000  # a label and a bubble; the rest is as it was
    for media_type in ("image/png", "image/jpeg"):
        answer = http.post(URL, content=jpeg, headers={"accept": media_type})
        assert answer.headers["content-type"] == media_type
        assert decode_image(answer.content).shape == (480, 640, 3)


def test_parameters(http: httpx.Client, jpeg: bytes) -> None:
    assert (
        http.post(URL, content=jpeg, params={"labels": "fer2013"}).json()["faces"][0]["expression"]["label"] == "happy"
    )
    crowd = http.post(URL, content=jpeg, params={"max_faces": 1, "mode": "live"})
    assert len(crowd.json()["faces"]) == 1


def test_auto_finds_a_small_face_that_the_quick_search_misses(http: httpx.Client, astronaut: NDArray[np.uint8]) -> None:
    far = encoded(pasted(resized(astronaut, 0.28), 480, 300, 900, 600), ".png")
    found = {mode: len(http.post(URL, content=far, params={"mode": mode}).json()["faces"]) for mode in ("live", "auto")}
    assert found == {"live": 0, "auto": 1}


def test_no_face_is_a_normal_answer(http: httpx.Client) -> None:
    answer = http.post(URL, content=encoded(np.full((50, 60, 3), 80, np.uint8)))
    assert (answer.status_code, answer.json()["faces"]) == (200, [])


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"mode": "film"}, "mode"),
        ({"max_faces": 0}, "max_faces"),
        ({"max_faces": 21}, "max_faces"),
        ({"labels": "moods"}, "label set"),
        ({"overlay": "label,moustache"}, "overlay"),
        ({"landmarks": "perhaps"}, "landmarks"),
    ],
)
def test_a_wrong_parameter_is_named(
    http: httpx.Client, jpeg: bytes, parameters: dict[str, str | int], word: str
) -> None:
    answer = http.post(URL, content=jpeg, params=parameters)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert word in answer.json()["detail"]


def test_every_answer_has_the_headers(http: httpx.Client) -> None:
    for path in ("/healthz", "/nothing", "/"):
        headers = http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-embedder-policy"] == "require-corp"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def test_health_and_metrics(http: httpx.Client, jpeg: bytes) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").json() == {"status": "ready"}
    http.post(URL, content=jpeg)
    text = http.get("/metrics").text
    assert 'emoar_requests_total{route="/v1/expressions",status="200"}' in text
    for name in ("emoar_stage_seconds", "emoar_faces_total", "emoar_dropped_frames_total", "emoar_pending_pictures"):
        assert name in text


def test_the_description_describes_the_answer(http: httpx.Client, jpeg: bytes) -> None:
    from emoar.server.http.schemas import SceneDocument

    description = http.get("/openapi.json").json()
    assert set(description["paths"][URL]["post"]["requestBody"]["content"]) >= {"multipart/form-data", "image/jpeg"}
    for reference in _references(description):
        assert reference.rpartition("/")[2] in description["components"]["schemas"]
    answer = http.post(URL, content=jpeg, params={"landmarks": True, "overlay": "box"}).json()
    SceneDocument.model_validate(answer)
    page = http.get("/docs").text
    assert "/v1/expressions" in page
    assert "<script" not in page
    assert "http" not in page.replace(str(http.base_url).rstrip("/"), "")  # nothing from elsewhere


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        found = [part["$ref"]] if "$ref" in part else []
        return found + [ref for value in part.values() for ref in _references(value)]
    return [ref for value in part for ref in _references(value)] if isinstance(part, list) else []


def test_the_log_is_silent_about_people(server, http: httpx.Client, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    http.post(URL, files={"file": ("secret-name.jpg", jpeg)}, params={"labels": "fer2013"})
    log = server.log.read_text()
    assert "POST /v1/expressions 200" in log
    for word in ("127.0.0.1:", "secret-name", "happ", "fer2013"):
        assert word not in log.partition("\n")[2]
