"""Ray Core on a cluster of two nodes on this machine, one of which is killed."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fake_tasks
import pytest
from pyarrow import parquet
from server_process import PATIENCE_S, eventually

from emoar.archive.listing import find_videos
from emoar.archive.local_engine import ATTEMPTS, Lost
from emoar.archive.part import read_part
from emoar.archive.ray_engine import run_on_ray
from emoar.archive.run import EngineOptions, run_archive
from emoar.errors import InputError, OutputError

pytest.importorskip("ray", reason="the engine is an extra: pip install 'emoar[ray]'")
pytestmark = pytest.mark.filterwarnings("ignore:::ray", "ignore::ResourceWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head with one core; this process is connected to it."""
    here = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", os.pathsep.join(filter(None, here)))  # the nodes import `fake_tasks`
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        environment.setenv("RAY_raylet_start_wait_time_s", f"{PATIENCE_S:g}")  # on a busy machine
        yield from _cluster()


def _cluster() -> Iterator[Any]:
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, connect=False, head_node_args={"num_cpus": 1, "include_dashboard": False})
    ray.init(address=cluster.address, log_to_driver=False, logging_level="error")
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def run(tmp_path: Path, names: list[str], function: Any) -> dict[str, Any]:
    tasks = [fake_tasks.make_task(tmp_path, name) for name in names]
    return {task.source: result for task, result in run_on_ray(tasks, function=function)}


def test_a_killed_process_costs_no_video(cluster: Any, tmp_path: Path) -> None:
    results = run(tmp_path, ["a.mp4", "deadly.mp4", "b.mp4"], fake_tasks.killed_once)
    assert sorted(results) == ["a.mp4", "b.mp4", "deadly.mp4"]
    assert not [result for result in results.values() if isinstance(result, Lost)]


def test_a_video_that_kills_every_process_is_lost_alone(cluster: Any, tmp_path: Path) -> None:
    results = run(tmp_path, ["a.mp4", "deadly.mp4"], fake_tasks.killed_always)
    assert results["deadly.mp4"] == Lost(f"its process died, {ATTEMPTS} times (WorkerCrashedError)")
    assert not isinstance(results["a.mp4"], Lost)


def test_an_error_of_the_run_ends_it(cluster: Any, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="disk is full"):
        run(tmp_path, ["x.mp4"], fake_tasks.fatal)


def is_running(pid: str) -> bool:
    """Whether a process does anything; one that was killed may stay in the table until its parent asks for it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_node_costs_no_video(cluster: Any, tmp_path: Path) -> None:
    node = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    names = ["slow1.mp4", "slow2.mp4", "quick.mp4"]
    for name in names:
        (tmp_path / name).touch()
    begun = [tmp_path / "slow1.begun", tmp_path / "slow2.begun"]
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(run, tmp_path, names, fake_tasks.write_and_wait)
        eventually(lambda: all(path.exists() and path.read_text() for path in begun))  # one on each node
        before = [path.read_text() for path in begun]
        cluster.remove_node(node, allow_graceful=False)
        eventually(lambda: not all(is_running(pid) for pid in before))  # else it might finish before it is killed
        for name in names:
            (tmp_path / name).unlink()
        results = running.result(timeout=PATIENCE_S)
    assert sorted(results) == sorted(names)
    assert not [result for result in results.values() if isinstance(result, Lost)]
    assert sum(old != path.read_text() for old, path in zip(before, begun, strict=True)) == 1  # that of the node
    assert all(read_part(Path(fake_tasks.make_task(tmp_path, name).part)) for name in names)


def test_both_engines_give_the_same_tables(cluster: Any, face_video: Path, tmp_path: Path) -> None:
    (tmp_path / "v").mkdir()
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(face_video, tmp_path / "v" / name)
    (tmp_path / "v" / "empty.mp4").touch()
    videos = find_videos([str(tmp_path / "v")])
    local = run_archive(videos, tmp_path / "local", engine=EngineOptions(workers=1))
    ray = run_archive(videos, tmp_path / "ray", engine=EngineOptions("ray", address=cluster.address))
    assert [(info.source, info.state, info.labels) for info in local.infos] == [
        (info.source, info.state, info.labels) for info in ray.infos
    ]
    for part in (tmp_path / "local" / "scenes").iterdir():
        assert parquet.read_table(part).equals(parquet.read_table(tmp_path / "ray" / "scenes" / part.name))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("PLACE", "no cluster of Ray at PLACE: Connection refused"),
        ("ray://PLACE", "no cluster of Ray at ray://PLACE: Connection refused"),
        ("head", "head is no address of a cluster: give auto, host:port or ray://host:port"),
        ("auto", "no cluster of Ray at auto: could not find any running Ray instance"),
    ],
)
def test_no_cluster_at_the_address(address: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    def refuse(**options: Any) -> None:
        assert options["address"] == "auto"
        raise ConnectionError("could not find any running Ray instance\nmore")

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", refuse)
    with socket.socket() as bound:  # nobody listens
        bound.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(InputError) as raised:
            list(run_on_ray([], address=address.replace("PLACE", place)))
    assert str(raised.value) == words.replace("PLACE", place)
