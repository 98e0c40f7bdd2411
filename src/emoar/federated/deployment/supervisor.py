"""What keeps a federation going: the SuperLink and its nodes' keys on one side, a run on the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from emoar.errors import EmoarError, ServerError, TrainingError
from emoar.federated.accountant import Release
from emoar.federated.deployment.flower_command import FlowerCommand
from emoar.federated.deployment.run_folder import RunFolder
from emoar.federated.deployment.superlink import SuperLink
from emoar.federated.deployment.supernode import SuperNode
from emoar.progress import NO_LOG, Log

__all__ = ["keep_joined", "keep_serving", "supervise_run"]

_PAUSE_S: Final = 2.0
_AGAIN_S: Final = 30.0  # between tries to register one key
_NODE_PAUSE_S: Final = 5.0
_LONGEST_PAUSE_S: Final = 60.0  # between starts of a node that ends each time
_TRIES: Final = 5  # of a run that ends without a round between


def keep_serving(
    folder: Path, superlink: SuperLink, log: Log = NO_LOG, stop: Callable[[], bool] = lambda: False
) -> None:
    """Serves until `stop`: starts the SuperLink again when it ends; who may join are the public keys in `nodes`.

    Args:
        folder: of the federation.
        superlink: not yet started.
        log: one line for each event.
        stop: asked between two checks.
    """
    with superlink:
        flower, members, ready = FlowerCommand(folder), _Members(folder / "nodes", log), False
        while not stop():
            if not superlink.running:
                log("the server ended and is started again")
                superlink.stop()
                superlink.start()
                members.forget()
                ready = False
            ready = ready or _answers(flower)
            if not ready:  # it is still starting
                time.sleep(_PAUSE_S)
                continue
            members.update(flower)
            time.sleep(_PAUSE_S)


class _Members:
    """Keeps who may join the same as the public keys in a folder.

    Args:
        folder: of the public keys.
        log: one line for each node that may join or may no longer, and for each failure.
    """

    def __init__(self, folder: Path, log: Log) -> None:
        self._folder, self._log = folder, log
        self._nodes: dict[bytes, tuple[str, str]] = {}  # key -> its name and the id of the node
        self._failed: dict[
            bytes, tuple[float, str]
        ] = {}  # key -> when to try again, and why it could not be registered

    def forget(self) -> None:
        """The server has started again and knows nobody."""
        self._nodes, self._failed = {}, {}

    def update(self, flower: FlowerCommand) -> None:
        """Registers new keys, and ends the membership of those that are gone; what fails is tried again later."""
        now = time.monotonic()
        keys = {content: path for path in sorted(self._folder.glob("*.pub")) if (content := _content(path)) is not None}
        for content in self._nodes.keys() - keys.keys():
            self._remove(flower, content)
        fresh = {
            path: content
            for content, path in keys.items()
            if content not in self._nodes and self._failed.get(content, (now, ""))[0] <= now
        }
        nodes, reasons = flower.register(list(fresh)) if fresh else ({}, {})
        for path, content in fresh.items():
            if path in nodes:
                self._log(f"node {path.stem} may join")
                self._nodes[content] = path.stem, nodes[path]
                self._failed.pop(content, None)
            else:
                reason = reasons.get(path, "the server did not answer")
                if reason != self._failed.get(content, (now, ""))[1]:
                    self._log(f"{path.name}: {reason}")
                self._failed[content] = now + _AGAIN_S, reason

    def _remove(self, flower: FlowerCommand, content: bytes) -> None:
        name, node = self._nodes[content]
        try:
            flower.unregister(node)
        except ServerError:  # it is tried again; a server that has started again does not know the node
            return
        del self._nodes[content]
        self._log(f"node {name} may no longer join: its key is gone from {self._folder}")


def _content(path: Path) -> bytes | None:
    """The key in a file; None where it cannot be read, or just vanished."""
    try:
        return path.read_bytes().strip()
    except OSError:
        return None


def keep_joined(node: SuperNode, log: Log = NO_LOG, stop: Callable[[], bool] = lambda: False) -> None:
    """Keeps a node connected until `stop`: starts it again when it ends, at most once a minute.

    Args:
        node: not yet started.
        log: one line where the node is not connected, again where the reason changes, and one where it is again.
        stop: asked between two checks.
    """
    with node:
        wait_s, shown = _NODE_PAUSE_S, ""
        while not stop():
            time.sleep(wait_s)
            reason = node.trouble
            ended = not node.running
            if ended:
                reason = reason or f"the node ended: see {node.log}"
                wait_s = min(2 * wait_s, _LONGEST_PAUSE_S)
                node.stop()
                node.start()
            if reason != shown:
                log(f"not connected: {reason}; trying again" if reason else "connected to the server again")
                shown = reason
            wait_s = wait_s if ended else _NODE_PAUSE_S


def supervise_run(
    folder: RunFolder, flower: FlowerCommand, timeout_s: float, log: Log = NO_LOG, pause_s: float = _PAUSE_S
) -> None:
    """Runs the rounds of a folder to the end; a ServerApp or a server that ends is continued from the checkpoint.

    Raises:
        TrainingError: it ended several times without a round between; the log of the server names the cause.
        InputError: the privacy budget is spent.
    """
    run, failures, shown, away = "", 0, len(folder.history()), 0.0
    rounds = folder.plan().rounds
    while True:
        history = folder.history()
        for row in history[shown:]:
            log(
                f"round {row['number']} of {rounds}: {row['accepted']} of {row['chosen']} updates {row['kept']}".strip()
            )
            for line in row["refused"]:
                log(f"  refused: {line}")
        failures = 0 if len(history) > shown else failures
        shown = len(history)
        if shown >= rounds:
            return
        try:
            state = flower.status(run) if run else "unknown"
            if away:
                log(f"the server answers again, after {(time.monotonic() - away) / 60:.0f} minutes")
                away = 0.0
            if len(folder.history()) > shown:  # it went on between the two questions, perhaps to its end
                continue
            if state == "unknown" or state.startswith("finished"):
                _check_budget(folder)
                failures += 1
                if failures > _TRIES:
                    raise TrainingError(
                        f"the run ended {_TRIES} times ({state}): see flower/superlink.log of the server"
                    )
                run = flower.start(folder.path, timeout_s)
                log(f"run {run} started" if failures == 1 else f"run {run} continues from round {shown + 1}")
        except ServerError as exc:
            if not away:  # one line, however long it takes
                log(f"waiting for the server: {exc}")
            away = away or time.monotonic()
        time.sleep(pause_s)


def _check_budget(folder: RunFolder) -> None:
    """Raises where the next round cannot be paid for: starting again would not help."""
    ledger = folder.ledger()
    if ledger is not None:
        plan = folder.plan()
        ledger.check(Release(plan.noise, plan.rate))


def _answers(flower: FlowerCommand) -> bool:
    try:
        flower.nodes()
    except EmoarError:
        return False
    return True
