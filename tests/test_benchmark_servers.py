"""A peer that fails does not end a benchmark: its row gives the reason."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from benchmarks import _servers, server
from benchmarks._load import Load
from benchmarks._servers import PEERS, Peer, PeerError, Running, peer_server, wait_for_peer
from benchmarks._table import print_table

NOWHERE = "http://127.0.0.1:9/"
SERVES_LATE = """
import http.server, sys, time
until = time.process_time() + 0.8
while time.process_time() < until: pass
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Quiet).serve_forever()
"""


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", *arguments])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise SystemExit(3)", "ended with exit code 3"),
        ("while True: pass", "within 0.5 s of processor time"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended with exit code -11"),
    ],
)
def test_why_a_peer_never_answers(program: str, words: str) -> None:
    with running(program) as process:
        assert words in wait_for_peer(process, NOWHERE, cpu_s=0.5, idle_s=100)


def test_a_peer_that_neither_works_nor_answers_is_given_up() -> None:
    with running("import time; time.sleep(600)") as process:
        assert "did nothing for" in wait_for_peer(process, NOWHERE, cpu_s=100, idle_s=3)


def test_a_peer_is_waited_for_while_it_works() -> None:
    port = _servers._free_port()
    with running(SERVES_LATE, str(port)) as process:
        assert wait_for_peer(process, f"http://127.0.0.1:{port}/", cpu_s=100, idle_s=100) == ""


def test_its_own_words_are_told(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no such model >&2\nexit 4\n")
    broken.chmod(0o755)
    with (
        pytest.raises(PeerError, match=r"(?s)ended with exit code 4.*no such model") as caught,
        peer_server(Peer("broken", "benchmarks._fer_app", lambda: broken), 1),
    ):
        pass
    assert caught.value.outcome == "did not start"


def test_the_other_measurements_go_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    @contextmanager
    def start(peer: Peer, workers: int) -> Iterator[Running]:
        if peer.name == "DeepFace":
            raise PeerError("did not start", "exit code 4; its output: no such model")
        yield Running("peer", 0)

    def turn(running: Running, picture: bytes, seconds: float, word: bytes) -> tuple[Load, float]:
        rate = 100 if running.url == "ours" else 20
        return Load(1.0, {200: [1.0] * rate}, {word}), 1e3 / rate

    async def asked(*_: object) -> Load:
        return Load(1.0, {200: [1.0]})

    monkeypatch.setattr(server, "peer_server", start)
    monkeypatch.setattr(server, "_turn", turn)
    monkeypatch.setattr(server, "closed_loop", asked)
    monkeypatch.setattr(server, "_alone_ms", lambda _: 8.0)
    rows, rate = server._throughput(Running("ours", 0), b"", 1.0, True)
    assert rate == 100
    print_table("table", rows)
    printed = capsys.readouterr().out
    assert "no such model" in printed
    assert "DeepFace, behind FastAPI" in printed
    assert "did not start" in printed
    over = [row.value for row in rows if row.what.startswith("requests, EmoAR over ")]
    assert over == [5.0] * (len(PEERS) - 1)
    assert rows[0].value == 10 / 8
