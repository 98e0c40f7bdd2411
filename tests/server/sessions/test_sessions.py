"""All sessions: limits, keys, and the end of their files."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from emoar.server.http.problems import Problem
from emoar.server.metrics import Metrics
from emoar.server.sessions.sessions import Sessions
from emoar.server.settings import Settings


def sessions(folder: Path, **changes: object) -> Sessions:
    settings = Settings(job_folder=folder / "jobs", **changes)  # type: ignore[arg-type]
    return Sessions(settings, Metrics())


def test_limits_keys_and_deletion(tmp_path: Path) -> None:
    async def run() -> None:
        everything = sessions(tmp_path, max_sessions=2, max_sessions_per_address=1)
        await everything.start()
        first = everything.begin("key", ("a",), "")
        assert everything.find(first.id, "key") is first
        for other in ("other", None):
            with pytest.raises(Problem) as unknown:
                everything.find(first.id, other)
            assert unknown.value.status == 404
        with pytest.raises(Problem) as refused:
            everything.begin("key", ("a",), "")
        assert (refused.value.status, refused.value.limit) == (429, "max_sessions_per_address")
        everything.begin("other", ("b",), "")
        with pytest.raises(Problem) as full:
            everything.begin("third", ("c",), "")
        assert full.value.limit == "max_sessions"
        await everything.delete(first)
        await everything.delete(first)
        assert not first.folder.exists()
        again = everything.begin("key", ("a",), "")
        assert everything.attach(again.id, "key").state == "recording"
        with pytest.raises(Problem) as twice:
            everything.attach(again.id, "key")
        assert twice.value.kind == "session-in-use"
        await everything.close()
        assert again.state == "stopped"
        assert list((tmp_path / "jobs").iterdir()) == []

    asyncio.run(run())


def test_a_session_is_deleted_some_time_after_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        everything = sessions(tmp_path, job_ttl_s=100.0)
        await everything.start()
        waiting, stopped, recording = (everything.begin(None, ("",), "") for _ in range(3))
        everything.attach(stopped.id, None)
        stopped.stop()
        everything.attach(recording.id, None)
        until = everything.deleted_at(stopped)
        assert until is not None
        assert until == pytest.approx(time.time() + 100, abs=20)
        assert everything.deleted_at(recording) is None
        await everything._delete_expired()
        assert stopped.path.exists()
        now_s = time.monotonic()
        monkeypatch.setattr("emoar.server.sessions.sessions.time.monotonic", lambda: now_s + 101)
        await everything._delete_expired()
        monkeypatch.undo()
        assert not stopped.folder.exists()
        assert not waiting.folder.exists()
        assert everything.find(recording.id, None) is recording
        await everything.close()

    asyncio.run(run())


def test_a_server_without_sessions(tmp_path: Path) -> None:
    async def run() -> None:
        everything = sessions(tmp_path, max_sessions=0)
        await everything.start()
        with pytest.raises(Problem) as refused:
            everything.begin(None, ("",), "")
        assert refused.value.kind == "no-sessions"
        await everything.close()
        assert list(tmp_path.iterdir()) == []

    asyncio.run(run())
