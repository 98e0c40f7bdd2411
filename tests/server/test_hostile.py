"""Hostile requests: a 4xx, never a 5xx, and no worker is lost."""

from __future__ import annotations

import httpx
import pytest
from hostile import good, hostile_requests
from server_process import URL, Server

REQUESTS = hostile_requests()


def test_there_are_enough() -> None:
    names = {request.name for request in REQUESTS}
    assert (len(names) >= 200, len(names)) == (True, len(REQUESTS))


def test_each_is_refused_and_no_worker_is_lost(server: Server, http: httpx.Client) -> None:
    workers = server.children()
    wrong = []
    for request in REQUESTS:
        response = http.post(
            URL + (f"?{request.query}" if request.query else ""), content=request.content, headers=request.headers
        )
        problem = response.headers["content-type"] == "application/problem+json"
        if (
            not 400 <= response.status_code < 500
            or not problem
            or "Traceback" in response.text
            or "/work" in response.text
        ):
            wrong.append((request.name, response.status_code, response.text[:100]))
    assert wrong == []
    assert server.children() == workers


@pytest.mark.parametrize("suffix", good())
def test_the_original_pictures_are_good(http: httpx.Client, suffix: str) -> None:
    assert http.post(URL, content=good()[suffix]).status_code == 200
