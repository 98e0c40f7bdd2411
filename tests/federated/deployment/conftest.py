"""What Flower knows within a run only."""

from __future__ import annotations

import pytest


@pytest.fixture
def _in_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages can be made as within run 9."""
    from flwr.supercore.task_identity import TaskIdentity

    for name in ("_task_id", "_run_id", "_node_id"):
        monkeypatch.setattr(TaskIdentity, name, 9)
