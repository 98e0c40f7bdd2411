"""The request of a picture."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from emoar.server.http.problems import Problem
from emoar.server.workers.request import ImageRequest, check_label_set, request_from_dict


def test_a_request_survives_json() -> None:
    request = ImageRequest("photo", 3, "fer2013", True, ("label", "box"), "image/png", 5, "a.jpg", measures=True)
    assert request_from_dict(json.loads(json.dumps(asdict(request)))) == request


@pytest.mark.parametrize(("label_set", "model"), [(None, "emoar-m"), ("fer2013", "emoar-m"), ("moods", "mine.tflite")])
def test_label_sets_that_may_exist(label_set: str | None, model: str) -> None:
    check_label_set(label_set, model)


def test_a_label_set_that_a_shipped_model_lacks() -> None:
    with pytest.raises(Problem) as caught:
        check_label_set("moods", "emoar-m")
    assert (caught.value.status, caught.value.kind) == (422, "unknown-label-set")
