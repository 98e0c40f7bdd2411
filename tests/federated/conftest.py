"""Tests that need Flower, dp-accounting or Opacus run in an environment with the extra `federated` (`make federated`).

Elsewhere they are not collected; what needs NumPy or PyTorch alone is tested in every environment.
"""

from __future__ import annotations

import os
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from federated_faces import Faces, made_faces

_EVERYWHERE = ("test_updates.py", "test_partition.py", "test_plan.py", "test_browser_round.py", "test_tally.py")

if os.environ.get("REQUIRE_FEDERATED") != "1" and not (find_spec("flwr") and find_spec("dp_accounting")):
    collect_ignore = [str(path) for path in Path(__file__).parent.rglob("test_*.py") if path.name not in _EVERYWHERE]
else:
    with warnings.catch_warnings():  # Flower's imports use names that others have deprecated
        warnings.simplefilter("ignore")
        import_module("flwr.serverapp.strategy")


@pytest.fixture(scope="session")
def faces() -> Faces:
    """Features of made faces that a head learns quickly."""
    return made_faces()


@pytest.fixture
def _in_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flower's messages can be made as within run 9."""
    from flwr.supercore.task_identity import TaskIdentity

    for name in ("_task_id", "_run_id", "_node_id"):
        monkeypatch.setattr(TaskIdentity, name, 9)
