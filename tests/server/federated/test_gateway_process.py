"""The process that checks updates, without the process around it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from browser_updates import browser_round, browser_update

import emoar.files
from emoar.errors import OutputError
from emoar.federated.gateway.browser_round import close_round, open_round
from emoar.server.federated.gateway_process import Desk


def add(desk: Desk, body: bytes, *names: str, limit: int = 0) -> dict[str, Any]:
    header, answer = desk.answer({"do": "add", "names": list(names), "limit": limit}, body)
    return header.get("problem") or header or json.loads(answer)


def current(desk: Desk) -> dict[str, Any]:
    header, answer = desk.answer({"do": "round"}, b"")
    assert header == {}
    return json.loads(answer)


def test_a_round_from_its_opening_to_its_end(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    nothing = {"schema": "emoar.federated-round/1", "takes_part": True, "open": None}
    assert current(desk) == nothing
    open_round(tmp_path, browser_round())
    assert current(desk)["open"]["received"] == 0
    assert add(desk, browser_update(), "a") == {"received": 1, "at_least": 3}
    opened = current(desk)["open"]
    assert (opened["received"], opened["noise"], len(opened["weights"])) == (1, 0.1, 7)
    close_round(tmp_path)
    assert current(desk) == nothing


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"{", 400, "bad-json"),
        (browser_update(bias=[]), 422, "wrong-update"),
        (browser_update(round="0"), 409, "round-closed"),
        (browser_update(model="0"), 409, "other-model"),
    ],
)
def test_refusals_have_a_status(tmp_path: Path, body: bytes, status: int, kind: str) -> None:
    open_round(tmp_path, browser_round())
    problem = add(Desk(tmp_path), body, "a")
    assert (problem["status"], problem["kind"]) == (status, kind)


def test_a_limit_for_each_address_and_key(tmp_path: Path) -> None:
    open_round(tmp_path, browser_round(at_least=9))
    desk = Desk(tmp_path)
    assert add(desk, b"{", "a", limit=1)["status"] == 400  # does not count
    assert add(desk, browser_update(), "a", "key", limit=1)["received"] == 1
    for names in (["a"], ["b", "key"]):
        problem = add(desk, browser_update(), *names, limit=1)
        assert (problem["status"], problem["limit"], problem["value"]) == (429, "max_updates_per_address", 1)
    assert add(desk, browser_update(), "b", limit=1)["received"] == 2
    open_round(tmp_path, browser_round("1:2:beef"))
    assert add(desk, browser_update(round="1:2:beef"), "a", limit=1)["received"] == 1


def test_faults_of_the_machine_are_not_those_of_the_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_round(tmp_path, browser_round())
    desk = Desk(tmp_path)
    assert add(desk, browser_update(), "a")["received"] == 1

    def full(*_: object, **__: object) -> None:
        raise OutputError("the disk is full")

    monkeypatch.setattr("emoar.federated.gateway.tally.atomic_write", full)
    assert add(desk, browser_update(), "a") == {"fault": "the disk is full"}
    monkeypatch.undo()
    assert add(desk, browser_update(), "a")["received"] == 2
    monkeypatch.setattr("emoar.federated.gateway.tally.read_round", full)
    (tmp_path / "round.json").write_text("{")
    assert "damaged" in add(desk, browser_update(), "a")["fault"]
    assert emoar.files.atomic_write is not full


def test_a_bug_fails_one_answer(tmp_path: Path) -> None:
    assert Desk(tmp_path).answer({"do": "add"}, b"")[0] == {"bug": "KeyError"}
