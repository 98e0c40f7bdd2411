"""The request of a picture."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from emoar.server.http.problems import Problem
from emoar.server.settings import Settings
from emoar.server.workers.request import ImageRequest, check_label_set, request_from_dict


def test_a_request_survives_json() -> None:
    request = ImageRequest("photo", 3, "fer2013", True, ("label", "box"), "image/png", 5, "a.jpg", measures=True)
    assert request_from_dict(json.loads(json.dumps(asdict(request)))) == request


KNOWN = Settings().label_sets
PERSONAL = Settings(personal=Path("me.json")).label_sets
OWN_FILE = Settings(model="mine.tflite").label_sets


@pytest.mark.parametrize(
    ("label_set", "known"), [(None, KNOWN), ("fer2013", KNOWN), ("moods", OWN_FILE), ("personal", PERSONAL)]
)
def test_label_sets_that_may_exist(label_set: str | None, known: tuple[str, ...] | None) -> None:
    check_label_set(label_set, known)


@pytest.mark.parametrize("label_set", ["moods", "personal"])
def test_a_label_set_that_a_shipped_model_lacks(label_set: str) -> None:
    with pytest.raises(Problem) as caught:
        check_label_set(label_set, KNOWN)
    assert (caught.value.status, caught.value.kind) == (422, "unknown-label-set")
