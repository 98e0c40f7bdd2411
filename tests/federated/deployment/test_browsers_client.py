"""A round of the federation becomes one for browsers, and their mean the answer."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser_updates import FEATURES, MODEL, browser_update

from emoar.errors import InputError
from emoar.federated.deployment.browser_settings import BrowserSettings
from emoar.federated.deployment.browsers_client import browsers_update
from emoar.federated.deployment.run_folder import plan_to_json
from emoar.federated.gateway.browser_round import read_round
from emoar.federated.gateway.tally import add_update
from emoar.federated.head import Head
from emoar.federated.plan import LocalPlan, Plan
from emoar.labels import FER2013

HEAD = Head("fer2013")
WEIGHTS = HEAD.zeros(7, FEATURES)
CONFIG: dict[str, Any] = {
    "model": "f1",
    "plan": plan_to_json(Plan(local=LocalPlan(lr=0.3, epochs=2))),
    "round": 4,
    "timeout-s": 600.0,
}


@pytest.fixture
def settings(tmp_path: Path) -> BrowserSettings:
    return BrowserSettings(str(tmp_path), "f1", MODEL.name, MODEL.sha256, "fer2013", FER2013, 0.5, 1e-6, 2)


def test_the_mean_of_browsers_is_the_update(settings: BrowserSettings, tmp_path: Path) -> None:
    seen: list[str] = []

    def browser(_: float) -> None:
        """Sends an update in each pause."""
        opened = read_round(tmp_path)
        assert opened is not None
        assert (opened.lr, opened.epochs, opened.clip_norm, opened.at_least) == (0.3, 2, 0.5, 2)
        assert np.array_equal(opened.weights, WEIGHTS[HEAD.weight])
        seen.append(opened.round)
        add_update(tmp_path, browser_update(0.01 * len(seen), round=opened.round))

    mean, count = browsers_update(settings, WEIGHTS, CONFIG, 7, browser)
    assert count == 2
    assert set(mean) == {HEAD.weight, HEAD.bias}
    assert np.allclose(mean[HEAD.weight], 0.015, rtol=1e-4)
    assert read_round(tmp_path) is None
    assert seen[0] == seen[1]
    assert seen[0].startswith("7:4:")
    seen.clear()
    browsers_update(settings, WEIGHTS, CONFIG, 7, browser)
    assert len(seen) == 2  # the same round, asked again, is another one for browsers: nothing is left of the first


def test_too_few_browsers_are_no_update(settings: BrowserSettings, tmp_path: Path) -> None:
    def browser(_: float) -> None:
        opened = read_round(tmp_path)
        assert opened is not None
        if len(sent) < 1:
            sent.append(add_update(tmp_path, browser_update(round=opened.round))[0])

    sent: list[int] = []
    with pytest.raises(InputError, match="1 of 2 browsers"):
        browsers_update(settings, WEIGHTS, {**CONFIG, "timeout-s": 0.2}, 7, browser)
    assert read_round(tmp_path) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "f2"}, "another model"),
        ({"plan": plan_to_json(Plan(part="stage"))}, "--part head"),
        ({"plan": plan_to_json(Plan(label_set="ferplus"))}, "ferplus"),
    ],
)
def test_runs_that_browsers_cannot_help(settings: BrowserSettings, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        browsers_update(settings, WEIGHTS, CONFIG | changes, 7)


def test_labels_that_are_not_those_of_the_head(settings: BrowserSettings) -> None:
    with pytest.raises(InputError, match="features"):
        browsers_update(dataclasses.replace(settings, labels=("a", "b")), WEIGHTS, CONFIG, 7)


def test_the_client_process_needs_no_pytorch() -> None:
    code = "import sys, emoar.federated.deployment.client_app; print(*({'torch', 'opacus'} & {*sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
