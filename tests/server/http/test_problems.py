"""Problem documents."""

from __future__ import annotations

import json

from emoar.server.http.problems import Problem, problem_response


def test_the_document_of_a_limit() -> None:
    problem = Problem(503, "busy", "full", "max_requests", 32, retry_after_s=1)
    assert problem.as_dict() == {
        "type": "urn:emoar:problem:busy",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "full",
        "limit": "max_requests",
        "value": 32,
        "retry_after_s": 1,
    }
    response = problem_response(problem, {"x-a": "b"})
    assert (response.status_code, response.media_type) == (503, "application/problem+json")
    assert (response.headers["retry-after"], response.headers["x-a"]) == ("1", "b")
    assert json.loads(response.body) == problem.as_dict()


def test_a_short_document_and_its_headers() -> None:
    response = problem_response(Problem(401, "no-key", "send a key"))
    assert set(json.loads(response.body)) == {"type", "title", "status", "detail"}
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["cache-control"] == "no-store"
    assert "retry-after" not in response.headers
