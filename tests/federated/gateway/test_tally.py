"""What browsers send becomes one mean; what is no update changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from browser_updates import FEATURES, browser_round, browser_update

from emoar.errors import InputError
from emoar.federated.gateway.browser_round import open_round, read_round
from emoar.federated.gateway.tally import UpdateError, add_update, read_tally, take_mean


def refusal(folder: Path, body: bytes) -> UpdateError:
    with pytest.raises(UpdateError) as refused:
        add_update(folder, body)
    return refused.value


def test_the_mean_of_enough_updates(tmp_path: Path) -> None:
    opened = browser_round(noise=1e-6)
    open_round(tmp_path, opened)
    assert [add_update(tmp_path, browser_update(0.01 * n)) for n in (1, 2)] == [(1, 3), (2, 3)]
    assert take_mean(tmp_path, opened) is None
    assert read_round(tmp_path) is not None
    assert add_update(tmp_path, browser_update(0.03)) == (3, 3)
    assert refusal(tmp_path, browser_update()).kind == "round-full"
    result = take_mean(tmp_path, opened)
    assert result is not None
    mean, count = result
    assert count == 3
    assert np.allclose(mean["weights"], 0.02)
    assert np.allclose(mean["bias"], 0.02)
    assert mean["weights"].dtype == np.float32
    assert refusal(tmp_path, browser_update()).kind == "round-closed"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sum.npz.lock"]


def test_single_updates_are_not_kept(tmp_path: Path) -> None:
    open_round(tmp_path, browser_round())
    add_update(tmp_path, browser_update(0.01))
    add_update(tmp_path, browser_update(0.02))
    assert {path.name for path in tmp_path.iterdir()} == {"round.json", "sum.npz", "sum.npz.lock"}
    with np.load(tmp_path / "sum.npz") as content:
        assert set(content.files) == {"weights", "bias", "ids", "round"}
        assert content["weights"].shape == (7, FEATURES)
        assert np.allclose(content["weights"], 0.03)


def test_a_replayed_update_counts_once(tmp_path: Path) -> None:
    open_round(tmp_path, browser_round())
    body = browser_update()
    add_update(tmp_path, body)
    assert refusal(tmp_path, body).kind == "already-received"
    open_round(tmp_path, browser_round("1:2:beef"))
    assert refusal(tmp_path, body).kind == "round-closed"
    assert add_update(tmp_path, browser_update(round="1:2:beef")) == (1, 3)


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"model": "cd" * 32}, "other-model", "reload the page"),
        ({"round": "2:1:cafe"}, "round-closed", "next one"),
        ({"schema": "emoar.federated-update/2"}, "wrong-update", "schema"),
        ({"id": "../../etc"}, "wrong-update", "hexadecimal"),
        ({"weights": [[0.0] * FEATURES] * 6}, "wrong-update", "weights"),
        ({"weights": [[0.0] * 15] * 7}, "wrong-update", "weights"),
        ({"weights": [[0.0] * 15] + [[0.0] * FEATURES] * 6}, "wrong-update", "differ in length"),
        ({"weights": []}, "wrong-update", "weights"),
        ({"bias": [0.0]}, "wrong-update", "bias"),  # a shape that could be broadcast
        ({"bias": [1e300] * 7}, "wrong-update", "not finite"),
        ({"bias": [9.0] * 7}, "wrong-update", "norm"),
        ({"bias": ["0"] * 7}, "wrong-update", "float"),
        ({"bias": [None] * 7}, "wrong-update", "float"),
        ({"bias": [True] * 7}, "wrong-update", "float"),
        ({"examples": 10**9}, "wrong-update", "examples"),
    ],
)
def test_what_is_no_update(tmp_path: Path, changes: dict[str, Any], kind: str, message: str) -> None:
    open_round(tmp_path, browser_round())
    refused = refusal(tmp_path, browser_update(**changes))
    assert (refused.kind, message in str(refused)) == (kind, True), str(refused)
    assert not (tmp_path / "sum.npz").exists()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_not_finite(tmp_path: Path, number: str) -> None:
    open_round(tmp_path, browser_round())
    body = browser_update(bias=[0.5] * 7).replace(b"0.5", number.encode(), 1)
    assert refusal(tmp_path, body).kind in ("bad-json", "wrong-update")
    assert not (tmp_path / "sum.npz").exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"schema":1}'])
def test_what_is_no_document(tmp_path: Path, body: bytes) -> None:
    open_round(tmp_path, browser_round())
    assert refusal(tmp_path, body).kind in ("bad-json", "wrong-update")


def test_noise_that_outweighs_the_updates_hardly_changes_the_model(tmp_path: Path) -> None:
    rng, opened = np.random.default_rng(0), browser_round(noise=4.0, at_least=2)
    open_round(tmp_path, opened)
    lengths: list[float] = []
    for _ in range(2):
        noisy = rng.normal(0, 2.0, (7, FEATURES + 1))
        lengths.append(float(np.linalg.norm(noisy)))
        add_update(tmp_path, browser_update(weights=noisy[:, :-1].tolist(), bias=noisy[:, -1].tolist()))
    result = take_mean(tmp_path, opened)
    assert result is not None
    length = np.sqrt(sum(float(np.square(value).sum()) for value in result[0].values()))
    assert length < 0.3 * min(lengths) / np.sqrt(2)


def test_updates_at_the_same_time_are_all_in_the_sum(tmp_path: Path) -> None:
    opened = browser_round(at_least=40)
    open_round(tmp_path, opened)
    threads = [Thread(target=add_update, args=(tmp_path, browser_update(0.01))) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally = read_tally(tmp_path, opened)
    assert tally.received == 40
    assert np.allclose(tally.sums["bias"], 0.4)


def test_a_damaged_sum_is_one_line(tmp_path: Path) -> None:
    open_round(tmp_path, browser_round())
    (tmp_path / "sum.npz").write_bytes(b"PK" + json.dumps({}).encode())
    with pytest.raises(InputError, match="damaged"):
        add_update(tmp_path, browser_update())
