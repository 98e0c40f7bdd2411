"""What strangers send: a 4xx, never a 5xx, and the server is as before."""

from __future__ import annotations

import httpx
import pytest
from hostile import URL, good, hostile_requests
from server_process import Server

REQUESTS = hostile_requests()


def test_there_are_enough() -> None:
    names = {request.name for request in REQUESTS}
    assert (len(names) >= 200, len(names)) == (True, len(REQUESTS))


def test_each_is_refused_and_no_worker_is_lost(server: Server, http: httpx.Client) -> None:
    workers = server.children()
    wrong = []
    for request in REQUESTS:
        answer = http.post(
            URL + (f"?{request.query}" if request.query else ""), content=request.content, headers=request.headers
        )
        problem = answer.headers["content-type"] == "application/problem+json"
        if not 400 <= answer.status_code < 500 or not problem or "Traceback" in answer.text or "/work" in answer.text:
            wrong.append((request.name, answer.status_code, answer.text[:100]))
    assert wrong == []
    assert server.children() == workers


@pytest.mark.parametrize("suffix", good())
def test_the_pictures_that_they_are_made_from_are_good(http: httpx.Client, suffix: str) -> None:
    assert http.post(URL, content=good()[suffix]).status_code == 200
