"""The documents that the server describes, beside those that it writes."""

from __future__ import annotations

import json

import numpy as np

from emoar.server.http.problems import Problem
from emoar.server.http.schemas import PicturesDocument, ProblemDocument, SceneDocument, problem_responses
from emoar.types import Frame, Scene


def test_a_scene_and_a_problem() -> None:
    scene = Scene(Frame(np.zeros((4, 6, 3), np.uint8)), ()).to_dict() | {"model": {"name": "m", "version": "1"}}
    problem = Problem(415, "not-a-picture", "no").as_dict()
    assert SceneDocument.model_validate(scene).width_px == 6
    pictures = PicturesDocument.model_validate(json.loads(json.dumps({"pictures": [scene, problem]}))).pictures
    assert [type(each) for each in pictures] == [SceneDocument, ProblemDocument]


def test_responses_of_a_route() -> None:
    assert problem_responses({404: "No such job."}) == {404: {"model": ProblemDocument, "description": "No such job."}}
