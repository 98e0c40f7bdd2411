"""`--send`: what other programs get of `emoar video`, and how wrong addresses end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from makers import make_video
from server_process import PATIENCE_S

from emoar.cli.send import prints_to_stdout, wants_measures
from emoar.errors import InputError

from .inputs import check_line


def documents(text: str) -> list[str]:
    return [json.loads(line).get("event", "scene") for line in text.splitlines()]


def test_events_on_stdout_are_nothing_but_json(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("video", make_video(tmp_path / "in.mp4"), "--send", "jsonl:-?rate=0")
    assert (result.code, result.err) == (0, "")
    assert documents(result.out) == ["face_appeared", "expression_changed", "face_gone"]


def test_several_programs_at_once_and_what_they_got(tmp_path: Path, emoar: Callable) -> None:
    every, some = tmp_path / "every.jsonl", tmp_path / "some.jsonl"
    source = make_video(tmp_path / "in.mp4", count=30)
    result = emoar("video", source, "--send", f"jsonl:{every}", "--send", f"jsonl:{some}?rate=10")
    assert result.code == 0
    assert result.err.splitlines() == [
        f"emoar: jsonl:{every}: 31 messages sent, 0 dropped",
        f"emoar: jsonl:{some}: 11 messages sent, 0 dropped",
    ]
    assert result.out.startswith("sent: 1 face,")
    assert documents(every.read_text()).count("scene") == 31  # the last one has no face
    assert documents(some.read_text()).count("scene") == 11


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("gopher://host", 2, "gopher: is no way out"),
        ("osc://host", 2, "needs a port"),
        ("jsonl:", 2, "needs a file"),
        ("jsonl:/proc/none/e.jsonl", 4, "cannot write"),
        ("ws://127.0.0.1:9/v1/events", 4, "nobody listens there"),
        ("http://no-such-host.invalid/hook", 4, "no host has this name"),
        ("mqtt://anna:secret@127.0.0.1", 2, "a password in an address shows"),
    ],
)
def test_wrong_addresses_are_one_line(url: str, code: int, words: str, tmp_path: Path, emoar: Callable) -> None:
    result = emoar("video", make_video(tmp_path / "in.mp4", count=3), "--send", url)
    assert result.code == code
    check_line(result.err)
    assert words in result.err
    assert "secret@" not in result.err


def test_ctrl_c_sends_that_everybody_is_gone(tmp_path: Path) -> None:
    target = tmp_path / "e.jsonl"
    program = """
import sys, time
sys.path[:0] = ["tests"]
from makers import FakePipeline
from emoar.cli import main
from emoar.cli.options import Settings
Settings.pipeline = lambda self: FakePipeline()
from emoar.media import camera
import numpy as np
class Still:
    def read(self):
        time.sleep(0.01)
        return True, np.full((100, 120, 3), 90, np.uint8)
    def get(self, _):
        return 30.0
    def release(self):
        pass
camera._open_device = lambda device, options: Still()
sys.exit(main(["camera", "0", "--send", f"jsonl:{sys.argv[1]}?rate=0"]))
"""
    with subprocess.Popen([sys.executable, "-c", program, str(target)], stderr=subprocess.PIPE, text=True) as process:
        while not target.exists() or len(target.read_text().splitlines()) < 2:
            assert process.poll() is None
            os.sched_yield()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, err
    assert documents(target.read_text()) == ["face_appeared", "expression_changed", "face_gone"]


def test_a_reader_of_stdout_that_ends_ends_the_command(tmp_path: Path) -> None:
    source = make_video(tmp_path / "in.mp4", count=300)
    command = [sys.executable, "-m", "emoar", "video", str(source), "--send", "jsonl:-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["schema"] == "emoar.scene/1"
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
    assert "Traceback" not in err
    assert "lost" not in err


def test_which_address_is_stdout() -> None:
    assert prints_to_stdout(["osc://a:1", "jsonl:-?rate=1"])
    assert not prints_to_stdout(["jsonl:a.jsonl"])


def test_faces_are_measured_where_movements_are_sent(tmp_path: Path, emoar: Callable) -> None:
    assert [wants_measures([url]) for url in ("vmc://h", "osc://h:9000", "ros://h", "jsonl:-", "mqtt://h")] == [
        *(True, True, True),
        *(False, False),
    ]
    assert not wants_measures([])
    with pytest.raises(InputError, match="no way out"):
        wants_measures(["gopher://h"])
    parquet = pytest.importorskip("pyarrow.parquet", reason="pip install 'emoar[data]'")
    source, scenes = make_video(tmp_path / "in.mp4", count=3), tmp_path / "out.parquet"
    for url, measured in (("vmc://127.0.0.1:39539", True), (f"jsonl:{tmp_path / 'e.jsonl'}", False)):
        assert emoar("video", source, "--scenes", scenes, "--send", url).code == 0
        assert ("measure_jawOpen" in parquet.read_schema(scenes).names) is measured
