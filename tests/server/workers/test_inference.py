"""The work of a worker, without its process."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import encoded

from emoar.media.images import decode_image
from emoar.media.raw_frames import pack_raw
from emoar.server.http.problems import Problem
from emoar.server.workers.inference import InferenceWorker
from emoar.server.workers.request import ImageRequest


@pytest.fixture(scope="module")
def worker() -> InferenceWorker:
    return InferenceWorker("emoar-m")


def test_a_picture_becomes_a_scene(worker: InferenceWorker, jpeg: bytes) -> None:
    response = worker.image(jpeg, ImageRequest(name="me.jpg", label_set="fer2013"))
    scene = json.loads(response.body)
    assert (response.media_type, response.faces, scene["source"]) == ("application/json", 1, "me.jpg")
    assert scene["faces"][0]["expression"]["label"] == "happy"
    assert scene["faces"][0]["quality"] == {**scene["faces"][0]["quality"], "usable": True, "reasons": []}
    assert scene["model"]["name"] == "emoar-m"
    assert "landmarks_px" not in scene["faces"][0]
    assert "annotated" not in scene
    assert {"decode", "detect"} <= set(response.timings_ms)


def test_a_picture_becomes_a_drawn_picture(worker: InferenceWorker, jpeg: bytes) -> None:
    response = worker.image(jpeg, ImageRequest(overlays=("box",), picture_type="image/png"))
    assert (response.media_type, response.faces) == ("image/png", 1)
    assert (decode_image(response.body) != decode_image(jpeg)).any()
    beside = json.loads(worker.image(jpeg, ImageRequest(overlays=("box",))).body)["annotated"]
    assert beside["media_type"] == "image/jpeg"


def test_the_result_of_a_picture_does_not_depend_on_those_before(
    worker: InferenceWorker, jpeg: bytes, astronaut: NDArray[np.uint8]
) -> None:
    for mode in ("auto", "live", "photo"):
        request = ImageRequest(mode, overlays=("label",))  # type: ignore[arg-type]
        first = worker.image(jpeg, request).body
        worker.image(encoded(astronaut), request)
        assert worker.image(jpeg, request).body == first


def test_frames_of_a_stream_are_tracked_until_it_closes(worker: InferenceWorker, face: NDArray[np.uint8]) -> None:
    request = ImageRequest("live")
    ids = []
    for stream, index in (("a", 0), ("a", 1), ("b", 0)):
        scene = json.loads(worker.frame(pack_raw(face), request, stream, index / 10, index).body)
        ids.append((scene["frame_index"], scene["faces"][0]["track_id"], scene["faces"][0]["expression"]["since_s"]))
    assert [(index, track) for index, track, _ in ids] == [(0, 1), (1, 1), (0, 1)]
    worker.close_stream("a")
    worker.close_stream("a")
    assert set(worker._streams) == {"b"}
    worker.close_stream("b")


def test_measures_and_valence_on_request_alone(worker: InferenceWorker, jpeg: bytes, face: NDArray[np.uint8]) -> None:
    for measures, valence in ((False, False), (True, False), (False, True), (True, True)):
        request = ImageRequest("live", measures=measures, valence=valence)
        for response in (worker.image(jpeg, request), worker.frame(pack_raw(face), request, "a", 0.0, 0)):
            (found,) = json.loads(response.body)["faces"]
            assert ("measures" in found, "valence" in found) == (measures, valence)
            assert ("measure" in response.timings_ms) == measures
        worker.close_stream("a")


def test_a_label_set_that_the_model_lacks(worker: InferenceWorker, jpeg: bytes) -> None:
    with pytest.raises(Problem) as caught:
        worker.image(jpeg, ImageRequest(label_set="moods"))
    assert caught.value.kind == "unknown-label-set"


def test_the_number_of_painters_is_bounded(worker: InferenceWorker, jpeg: bytes) -> None:
    for overlays in (("label",), ("box",), ("label", "box"), ("quote",), ("sticker",), ("wireframe",)):
        worker.image(jpeg, ImageRequest(overlays=overlays))
    assert len(worker._painters) == 4
