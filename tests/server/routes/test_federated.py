"""`/v1/federated/*` of a running server."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from browser_updates import FEATURES, browser_round, browser_update
from server_process import Server, Start

from emoar.federated.gateway.browser_round import open_round, read_round
from emoar.federated.gateway.tally import take_mean

URL = "/v1/federated/updates"
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture(scope="module")
def gateway(start: Start, folder: Path) -> Server:
    return start("--federated", str(folder), max_updates_per_address=5, max_update_bytes=5000)


def test_a_round(gateway: Server, folder: Path) -> None:
    with gateway.client() as http:
        assert http.get("/v1/federated/round").json() == {
            "schema": "emoar.federated-round/1",
            "takes_part": True,
            "open": None,
        }
        assert http.post(URL, content=browser_update(), headers=JSON).status_code == 409
        opened = browser_round(noise=1e-6)
        open_round(folder, opened)
        answer = http.get("/v1/federated/round")
        assert answer.json()["open"] == {**opened.to_dict(), "received": 0}
        assert answer.headers["cache-control"] == "no-store"
        first = browser_update()
        assert http.post(URL, content=first, headers=JSON).json() == {"received": 1, "at_least": 3}
        assert http.post(URL, content=first, headers=JSON).json()["type"] == "urn:emoar:problem:already-received"
        for _ in range(2):
            assert http.post(URL, content=browser_update(), headers=JSON).status_code == 202
        assert http.post(URL, content=browser_update(), headers=JSON).json()["type"] == "urn:emoar:problem:round-full"
        result = take_mean(folder, opened)
        assert result is not None
        assert result[1] == 3
        assert http.get("/v1/federated/round").json()["open"] is None


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", JSON, 400),
        (browser_update().replace(b"0.01", b"NaN", 1), JSON, 400),
        (browser_update(bias=[0.0]), JSON, 422),
        (browser_update(model="ab"), JSON, 409),
        (browser_update(), {"content-type": "image/png"}, 415),
        (browser_update(weights=[[0.123456] * FEATURES] * 60), JSON, 413),
        (browser_update(), {**JSON, "origin": "https://elsewhere.example"}, 403),
    ],
)
def test_refusals(gateway: Server, folder: Path, body: bytes, headers: dict[str, str], status: int) -> None:
    open_round(folder, browser_round())
    with gateway.client() as http:
        answer = http.post(URL, content=body, headers=headers)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert http.get("/v1/federated/round").json()["open"]["received"] == 0


def test_an_address_has_a_limit_in_each_round(gateway: Server, folder: Path) -> None:
    open_round(folder, browser_round("1:2:beef", at_least=9))
    with gateway.client() as http:
        bodies = [browser_update(round="1:2:beef") for _ in range(6)]
        statuses = [http.post(URL, content=body, headers=JSON).status_code for body in bodies]
        assert statuses == [202] * 5 + [429]
        refused = http.post(URL, content=browser_update(round="1:2:beef"), headers=JSON)
        assert refused.json()["limit"] == "max_updates_per_address"
        assert refused.headers["retry-after"] == "600"


def test_a_damaged_round_is_a_fault_of_the_server(gateway: Server, folder: Path) -> None:
    (folder / "round.json").write_text("{")
    with gateway.client() as http:
        answer = http.post(URL, content=browser_update(), headers=JSON)
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:emoar:problem:no-storage")
        assert str(folder) not in answer.text
        (folder / "round.json").unlink()
        assert read_round(folder) is None
        assert http.get("/v1/federated/round").json()["open"] is None
    assert "damaged" in gateway.log.read_text()


def test_off_by_default(http: httpx.Client) -> None:
    assert http.get("/v1/federated/round").json()["takes_part"] is False
    assert http.post(URL, content=browser_update(), headers=JSON).status_code == 404


def test_requests_have_a_rate(start: Start, tmp_path: Path) -> None:
    server = start("--federated", str(tmp_path), rate_per_s=0.001, rate_burst=2)
    with server.client() as http:
        statuses = [http.post(URL, content=browser_update(), headers=JSON).status_code for _ in range(3)]
    assert statuses == [409, 409, 429]
