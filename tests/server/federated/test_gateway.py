"""The server's side of the gateway, with its real process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from browser_updates import browser_round, browser_update

from emoar.errors import OutputError
from emoar.federated.gateway.browser_round import open_round
from emoar.server.federated.gateway import Gateway
from emoar.server.http.problems import Problem
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings


def gateway(folder: Path | None, **changes: Any) -> Gateway:
    return Gateway(Settings(federated=folder, **changes), Metrics())


def test_updates_are_added_and_outlive_the_process(tmp_path: Path) -> None:
    folder = tmp_path / "new"

    async def play() -> None:
        desk = gateway(folder)
        await desk.start()
        assert folder.stat().st_mode & 0o777 == 0o700
        assert json.loads(await desk.current_round())["open"] is None
        open_round(folder, browser_round(at_least=9))
        answers = await asyncio.gather(*(desk.add(browser_update(), ("a",)) for _ in range(5)))
        assert sorted(json.loads(answer)["received"] for answer in answers) == [1, 2, 3, 4, 5]
        assert (folder / "sum.npz").stat().st_mode & 0o777 == 0o600
        pid = desk._process.pid  # pyright: ignore[reportPrivateUsage]
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Problem) as lost:
            while True:  # until the server has seen the end
                await desk.current_round()
        assert (lost.value.status, lost.value.retry_after_s) == (503, 1)
        assert json.loads(await desk.add(browser_update(), ("a",)))["received"] == 6
        await desk.close()

    asyncio.run(play())


def test_a_request_that_is_given_up_takes_no_answer_of_another(tmp_path: Path) -> None:
    open_round(tmp_path, browser_round())

    async def play() -> None:
        desk = gateway(tmp_path)
        await desk.start()
        asked = asyncio.create_task(desk.add(browser_update(), ("a",)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert json.loads(await desk.current_round())["open"]["noise"] == 0.1
        await desk.close()

    asyncio.run(play())


def test_without_a_folder_nothing_runs() -> None:
    async def play() -> None:
        desk = gateway(None)
        await desk.start()
        assert not desk.takes_part
        assert desk._process.pid is None  # pyright: ignore[reportPrivateUsage]
        await desk.close()

    asyncio.run(play())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="a file, not a folder"):
        asyncio.run(gateway(tmp_path / "file" / "folder").start())


def test_the_process_is_closed_in(tmp_path: Path) -> None:
    async def play() -> tuple[str, tuple[str, ...]]:
        desk = gateway(tmp_path)
        await desk.start()
        process = desk._process  # pyright: ignore[reportPrivateUsage]
        status = Path(f"/proc/{process.pid}/status").read_text()
        await desk.close()
        return status, process.missing_walls

    status, missing = asyncio.run(play())
    assert any("seccomp" in wall for wall in missing) or "Seccomp:\t2" in status
