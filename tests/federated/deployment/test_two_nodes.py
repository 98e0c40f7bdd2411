"""A federation as users start it: a server, two nodes over TLS, a server that dies in between, and who is refused."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from federated_deployment import Federation, until

from emoar.federated.deployment.certificates import create_authority
from emoar.federated.ledger import read_ledger
from emoar.training.checkpoint import Checkpoint


@pytest.fixture
def federation(tmp_path: Path) -> Iterator[Federation]:
    made = Federation(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_two_nodes_and_who_is_refused(federation: Federation) -> None:
    federation.serve()
    federation.node("plain")
    private = federation.node("private", "--epsilon", "8")
    stranger = federation.node("stranger", register=False)
    create_authority(federation.folder / "foreign", ["localhost"])
    misled = federation.node("misled", authority=federation.folder / "foreign" / "ca.crt")
    until("two nodes online", lambda: federation.online() == 2)
    twin = federation.node("twin", twin_of="plain")
    until("the refusal of a stranger", lambda: "Failed to activate" in _log(stranger))
    until("the refusal of a foreign server", lambda: "CERTIFICATE_VERIFY_FAILED" in _log(misled))
    until("the refusal of a second node with one key", lambda: "Failed to activate" in _log(twin))
    until("the reason for users", lambda: "each node needs a key of its own" in federation.log())
    until("another one", lambda: "is not of this ca.crt" in federation.log())
    _front_passes_nothing_but_the_fleet(federation)

    runs = federation.folder / "run"
    running = federation.run(runs, "--rounds", "2", "--least-clients", "2")
    until("the first round", lambda: (runs / "rounds.jsonl").exists() or running.poll() is not None)
    federation.kill_superlink()
    until("the end of the run", lambda: running.poll() is not None)
    assert running.returncode == 0, federation.log()
    rounds = [json.loads(line) for line in (runs / "rounds.jsonl").read_text().splitlines()]
    assert [(each["number"], each["accepted"]) for each in rounds] == [(1, 2), (2, 2)]
    ledger = read_ledger(private / "ledger.json")
    assert len(ledger.entries) >= 2
    assert 0 < ledger.spent() <= 8
    final = Checkpoint.load(runs / "final.pt")
    assert not final.weights["heads.fer2013.bias"].equal(
        Checkpoint.load(federation.model).weights["heads.fer2013.bias"]
    )
    assert federation.online() == 2
    (federation.server / "nodes" / "plain.pub").unlink()
    until("the end of a membership", lambda: federation.online() == 1)


def _log(node: Path) -> str:
    path = node / "supernode.log"
    return path.read_text() if path.exists() else ""


def _front_passes_nothing_but_the_fleet(federation: Federation) -> None:
    trusted = ssl.create_default_context(cafile=str(federation.server / "ca.crt"))
    with httpx.Client(base_url=f"https://localhost:{federation.port}", verify=trusted) as client:
        for path in ("/v1/control/list-runs", "/v1/control/start-run", "/v1/runtime/acquire-task", "/docs", "/"):
            assert client.post(path).status_code == 404, path
        assert client.post("/v1/fleet/../control/list-runs").status_code == 404
        assert client.post("/v1/fleet/pull-messages", content=b"").is_client_error
    with pytest.raises(httpx.HTTPError):
        httpx.post(f"http://localhost:{federation.port}/v1/fleet/pull-messages")
    with pytest.raises(httpx.ConnectError, match="certificate"):
        httpx.post(f"https://localhost:{federation.port}/v1/fleet/pull-messages")
