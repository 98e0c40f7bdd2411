"""The engine for a cluster: the same task function as Ray Core tasks of one core each."""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Callable, Generator, Sequence
from importlib import import_module
from typing import Any, Final

from emoar.archive.local_engine import ATTEMPTS, Lost
from emoar.archive.part import PartInfo
from emoar.archive.task import VideoTask, do_without_pandas, process_video
from emoar.errors import DependencyMissing, EmoarError, InputError

__all__ = ["run_on_ray"]

_ANSWER_S: Final = 10.0  # until somebody has to answer
_PENDING: Final = 2  # tasks that are submitted for each core, so that none waits and the scheduler is not flooded


def run_on_ray(
    tasks: Sequence[VideoTask],
    workers: int | None = None,
    address: str | None = None,
    function: Callable[[VideoTask], PartInfo] = process_video,
) -> Generator[tuple[VideoTask, PartInfo | Lost]]:
    """Runs the tasks on a cluster and yields each with its result, in the order in which they end.

    A task whose process or machine dies is started again elsewhere. Videos and results must be on storage that all
    machines reach by the same path.

    Args:
        tasks: the videos.
        workers: at most so many at once; None: as many as the cluster has cores.
        address: of the cluster, such as `auto` or `ray://head:10001`; None: that of RAY_ADDRESS, else this machine.
        function: importable by its name on every machine.

    Raises:
        DependencyMissing: Ray is not installed.
        InputError: there is no cluster at the address.
        EmoarError: that of a task, which ends the run.
    """
    ray = _ray()
    owned = not ray.is_initialized()
    if owned:
        _connect(ray, address, workers)
    try:
        yield from _run(ray, tasks, workers, function)
    finally:
        if owned:
            ray.shutdown()  # ends the tasks, too


def _run(
    ray: Any, tasks: Sequence[VideoTask], workers: int | None, function: Callable[[VideoTask], PartInfo]
) -> Generator[tuple[VideoTask, PartInfo | Lost]]:
    def alone(task: VideoTask) -> PartInfo:  # in a process of Ray's that does nothing else
        do_without_pandas()
        return function(task)

    remote = ray.remote(num_cpus=1, max_retries=ATTEMPTS - 1, retry_exceptions=False)(alone)
    waiting, running = deque(tasks), dict[Any, VideoTask]()
    try:
        while waiting or running:
            cores = int(ray.cluster_resources().get("CPU", 1))
            while waiting and len(running) < (workers or max(1, _PENDING * cores)):
                task = waiting.popleft()
                running[remote.remote(task)] = task
            ready, _ = ray.wait(list(running), num_returns=1)
            for reference in ready:
                yield running.pop(reference), _result(ray, reference)
    finally:
        for reference in running:  # a cluster of somebody else's lives on
            ray.cancel(reference, force=True)


def _result(ray: Any, reference: Any) -> PartInfo | Lost:
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as exc:
        if isinstance(exc.cause, EmoarError):
            raise exc.cause from None
        raise EmoarError(f"a task failed: {str(exc.cause or exc).splitlines()[-1]}") from exc
    except ray.exceptions.RayError as exc:  # its process or machine died each time
        return Lost(f"its process died, {ATTEMPTS} times ({type(exc).__name__})")


def _connect(ray: Any, address: str | None, workers: int | None) -> None:
    address = address or os.environ.get("RAY_ADDRESS")
    options: dict[str, Any] = {"address": address}
    if address is None:
        options = {"num_cpus": workers, "include_dashboard": False}
    else:
        _check_answer(address)
    try:
        ray.init(log_to_driver=False, logging_level="error", **options)
    except (ConnectionError, ValueError, RuntimeError, TimeoutError) as exc:
        reason = str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__
        raise InputError(f"no cluster of Ray at {address}: {reason}") from exc


def _check_answer(address: str) -> None:
    """Checks that somebody is at an address, since Ray waits there for many minutes.

    Raises:
        InputError: nobody is, or it is no address.
    """
    if address in ("auto", "local"):
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        raise InputError(f"{address} is no address of a cluster: give auto, host:port or ray://host:port")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_S).close()
    except (OSError, OverflowError) as exc:
        raise InputError(f"no cluster of Ray at {address}: {getattr(exc, 'strerror', None) or exc}") from exc


def _ray() -> Any:
    try:
        return import_module("ray")
    except ImportError as exc:
        raise DependencyMissing("engine ray needs Ray: pip install 'emoar[archive,ray]'") from exc
