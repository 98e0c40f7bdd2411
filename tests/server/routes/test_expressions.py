"""`POST /v1/expressions`, as clients see it."""

from __future__ import annotations

import base64

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import encoded, pasted, resized
from server_process import URL

from emoar.media.images import decode_image
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.server.routes.expressions import requested_picture_type
from emoar.types import Scene


def test_each_way_to_send_a_picture_gives_the_same_faces(http: httpx.Client, jpeg: bytes) -> None:
    text = base64.b64encode(jpeg).decode()
    responses = [
        http.post(URL, files={"file": ("me.jpg", jpeg, "image/jpeg")}),
        http.post(URL, content=jpeg, headers={"content-type": "image/jpeg"}),
        http.post(URL, content=jpeg),
        http.post(URL, json={"image": text}),
        http.post(URL, json={"image": f"data:image/jpeg;base64,{text}"}),
    ]
    assert [response.status_code for response in responses] == [200] * 5
    documents = [response.json() for response in responses]
    assert [document.pop("source") for document in documents] == ["me.jpg", "", "", "", ""]
    assert all(document == documents[0] for document in documents)


@pytest.mark.parametrize("accept", ["application/json", "image/png"])
def test_parameters_that_are_the_default_change_nothing(http: httpx.Client, jpeg: bytes, accept: str) -> None:
    without, given = (
        http.post(URL, content=jpeg, headers={"accept": accept}, params=params) for params in ({}, {"mode": "auto"})
    )
    assert without.headers["content-type"] == accept
    assert without.content == given.content
    assert set(without.headers) == set(given.headers)


def test_the_scene_is_that_of_the_pipeline(http: httpx.Client, face: NDArray[np.uint8], jpeg: bytes) -> None:
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


def test_measures_and_valence_are_those_of_the_pipeline(http: httpx.Client, jpeg: bytes) -> None:
    asked = {"measures": True, "valence": True}
    with Pipeline(PipelineOptions(mode="photo", **asked)) as pipeline:
        (wanted,) = pipeline(decode_image(jpeg)).faces
    (found,) = http.post(URL, content=jpeg, params={"mode": "photo", **asked}).json()["faces"]
    assert wanted.measures is not None
    assert found["measures"] == pytest.approx(wanted.measures, abs=1e-3)
    assert found["valence"] == pytest.approx(wanted.valence, abs=1e-3)
    (plain,) = http.post(URL, content=jpeg, params={"mode": "photo"}).json()["faces"]
    assert plain == {name: value for name, value in found.items() if not name.startswith(("measures", "valence"))}


@pytest.mark.parametrize("suffix", [".png", ".webp", ".avif", ".heic", ".bmp"])
def test_other_formats(http: httpx.Client, face: NDArray[np.uint8], suffix: str) -> None:
    assert len(http.post(URL, content=encoded(face, suffix)).json()["faces"]) == 1


def test_several_pictures_and_a_bad_one_among_them(http: httpx.Client, jpeg: bytes) -> None:
    files = [("a", ("1.jpg", jpeg)), ("b", ("2.txt", b"no picture")), ("c", ("../../3.jpg", jpeg))]
    first, bad, last = http.post(URL, files=files).json()["pictures"]
    assert (first["source"], last["source"]) == ("1.jpg", "3.jpg")
    assert (bad["status"], bad["type"]) == (415, "urn:emoar:problem:not-a-picture")


def test_the_drawn_picture_beside_the_scene_and_instead_of_it(http: httpx.Client, jpeg: bytes) -> None:
    document = http.post(URL, content=jpeg, params={"overlays": "label,quote"}).json()
    drawn = decode_image(base64.b64decode(document["annotated"]["data"]))
    assert document["annotated"]["media_type"] == "image/jpeg"
    plain = decode_image(jpeg)
    changed = (np.abs(drawn.astype(int) - plain) > 60).any(axis=2)
    assert 2000 < changed.sum() < 150_000  # a label and a bubble; the rest is as it was
    for media_type in ("image/png", "image/jpeg"):
        response = http.post(URL, content=jpeg, headers={"accept": media_type})
        assert response.headers["content-type"] == media_type
        assert decode_image(response.content).shape == (480, 640, 3)


def test_parameters(http: httpx.Client, jpeg: bytes) -> None:
    assert (
        http.post(URL, content=jpeg, params={"label_set": "fer2013"}).json()["faces"][0]["expression"]["label"]
        == "happy"
    )
    crowd = http.post(URL, content=jpeg, params={"max_faces": 1, "mode": "live"})
    assert len(crowd.json()["faces"]) == 1


def test_auto_finds_a_small_face_that_the_quick_search_misses(http: httpx.Client, astronaut: NDArray[np.uint8]) -> None:
    far = encoded(pasted(resized(astronaut, 0.28), 480, 300, 900, 600), ".png")
    found = {mode: len(http.post(URL, content=far, params={"mode": mode}).json()["faces"]) for mode in ("live", "auto")}
    assert found == {"live": 0, "auto": 1}


def test_no_face_is_a_normal_result(http: httpx.Client) -> None:
    response = http.post(URL, content=encoded(np.full((50, 60, 3), 80, np.uint8)))
    assert (response.status_code, response.json()["faces"]) == (200, [])


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"mode": "film"}, "mode"),
        ({"max_faces": 0}, "max_faces"),
        ({"max_faces": 21}, "max_faces"),
        ({"label_set": "moods"}, "label_set"),
        ({"overlays": "label,moustache"}, "overlays"),
        ({"landmarks": "perhaps"}, "landmarks"),
    ],
)
def test_a_wrong_parameter_is_named(
    http: httpx.Client, jpeg: bytes, parameters: dict[str, str | int], word: str
) -> None:
    response = http.post(URL, content=jpeg, params=parameters)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert word in response.json()["detail"]


@pytest.mark.parametrize(
    ("accept", "picture_type"),
    [
        ("", None),
        ("*/*", None),
        ("image/*", None),
        ("image/png", "image/png"),
        ("application/json, image/png", None),
        ("application/json;q=0.5, image/jpeg", "image/jpeg"),
        ("image/png;q=0.2, image/jpeg;q=0.8", "image/jpeg"),
        ("image/png;q=0", None),
        ("image/png;q=x", None),
    ],
)
def test_the_requested_picture(accept: str, picture_type: str | None) -> None:
    assert requested_picture_type(accept) == picture_type
