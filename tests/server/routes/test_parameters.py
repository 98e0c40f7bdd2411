"""Query parameters that routes share."""

from __future__ import annotations

import pytest

from emoar.server.http.problems import Problem
from emoar.server.routes.parameters import check_max_faces, overlays_in
from emoar.server.settings import Settings


@pytest.mark.parametrize(
    ("text", "names"), [("", ()), ("label", ("label",)), ("label, box", ("label", "box")), (",box,", ("box",))]
)
def test_overlays(text: str, names: tuple[str, ...]) -> None:
    assert overlays_in(text) == names


def test_an_unknown_overlay_is_named() -> None:
    with pytest.raises(Problem) as caught:
        overlays_in("label,moustache")
    assert (caught.value.status, caught.value.kind) == (422, "unknown-overlay")
    assert "'moustache'" in caught.value.detail


def test_max_faces() -> None:
    check_max_faces(1, Settings(max_faces=5))
    check_max_faces(5, Settings(max_faces=5))
    for wrong in (0, 6):
        with pytest.raises(Problem) as caught:
            check_max_faces(wrong, Settings(max_faces=5))
        assert (caught.value.limit, caught.value.value) == ("max_faces", 5)


@pytest.mark.parametrize(
    ("path", "query", "named", "near"),
    [
        (URL, "overlay=label", "overlay", "overlays"),
        (URL, "labels=ferplus", "labels", "label_set"),
        (URL, "max_face=3", "max_face", "max_faces"),
        (URL, "MAX_FACES=3", "MAX_FACES", ""),
        (URL, "Mode=live", "Mode", "mode"),
        (URL, "mode=live&zebra=1", "zebra", "known are mode, max_faces"),
        (URL, "%C3%A4=1", "\\xe4", ""),
        (URL, "=1", "", ""),
        (URL, "a" * 5000 + "=1", "a" * 40, ""),
        ("/v1/videos", "overlay=label", "overlay", "overlays"),
        ("/v1/videos", "mode=live", "mode", ""),
    ],
)
def test_unknown_parameters_are_named(http: httpx.Client, path: str, query: str, named: str, near: str) -> None:
    answer = http.post(f"{path}?{query}", content=b"")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:emoar:problem:unknown-parameter")
    assert answer.json()["detail"].startswith(f"{named} is not a parameter")
    assert near in answer.json()["detail"]
    assert len(answer.json()["detail"]) < 250


def test_jobs_have_no_parameters(http: httpx.Client) -> None:
    for method, path in (("GET", "/v1/videos/x"), ("DELETE", "/v1/videos/x"), ("GET", "/v1/videos/x/video")):
        assert http.request(method, f"{path}?overlays=label").status_code == 422
        assert http.request(method, path).status_code == 404


def test_repeated_parameters_are_refused(http: httpx.Client) -> None:
    answer = http.post(f"{URL}?overlays=label&overlays=quote", content=b"")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:emoar:problem:repeated-parameter")


def test_pages_and_probes_may_have_any(http: httpx.Client) -> None:
    for path in ("/", "/upload", "/docs", "/healthz", "/readyz"):
        assert http.get(f"{path}?from=elsewhere").status_code == 200


NUMBERS = [
    "0",
    "-1",
    "21",
    "041000",
    "0000000041000",
    "9" * 5000,
    "1e1",
    "1.5",
    "",
    " ",
    "\u0663",
    "0x3",
    "nan",
    "inf",
    "3;",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_are_checked_the_same_everywhere(http: httpx.Client, number: str) -> None:
    query = QueryParams({"max_faces": number})
    for path in (URL, "/v1/videos"):
        assert http.post(path, params={"max_faces": number}, content=b"").status_code == 422
    with pytest.raises(Problem, match="422"):
        check_max_faces(live_query(query).max_faces, Settings())


def test_the_parameters_of_a_live_socket() -> None:
    given = live_query(QueryParams("max_faces=003&label_set=fer2013&landmarks=yes"))
    assert (given.max_faces, given.label_set, given.landmarks) == (3, "fer2013", True)
    assert live_query(QueryParams("")) == live_query(QueryParams("landmarks=false"))
    for query in ("landmarks=2", "landmarks=", "mode=live", "max_faces=1&max_faces=2", "label_set=" + "a" * 50):
        with pytest.raises(Problem, match="422"):
            live_query(QueryParams(query))
