"""Start, log and end of the server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from server_process import PATIENCE_S, URL, Server, Start, eventually

from emoar.errors import OutputError
from emoar.server.run import serve, uvicorn_config
from emoar.server.settings import Settings
from emoar.server.state import new_state


def test_uvicorn_has_the_limits() -> None:
    settings = Settings(idle_s=7, drain_s=3, max_upload_bytes=5000)
    config = uvicorn_config(new_state(settings))
    assert (config.timeout_keep_alive, config.timeout_graceful_shutdown) == (7, 3)
    assert 5000 < config.ws_max_size < 5100
    assert (config.access_log, config.server_header, config.ws_per_message_deflate) == (False, False, False)
    assert config.proxy_headers is False  # an address in X-Forwarded-For may be anybody's


def test_a_port_in_use_is_an_error() -> None:
    advice = "end the other program, or use --port"
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OutputError, match=advice):
        serve(Settings(port=other.getsockname()[1]))


def test_sigterm_finishes_open_requests(start: Start, jpeg: bytes) -> None:
    server = start()
    codes: list[int] = []

    def post() -> None:
        with server.client() as http:
            codes.append(http.post(URL, files=[("file", jpeg)] * 12, params={"mode": "photo"}).status_code)

    thread = threading.Thread(target=post)
    thread.start()
    with server.client() as http:
        eventually(lambda: "emoar_pending_pictures 0.0" not in http.get("/metrics").text)
    assert server.stop() == 0
    thread.join()
    assert codes == [200]


def test_the_log_is_silent_about_people(server: Server, http: httpx.Client, jpeg: bytes) -> None:
    http.post(URL, files={"file": ("secret-name.jpg", jpeg)}, params={"label_set": "fer2013"})
    log = server.log.read_text()
    assert "POST /v1/expressions 200" in log
    for word in ("127.0.0.1:", "secret-name", "happ", "fer2013"):
        assert word not in log.partition("\n")[2]


@pytest.mark.parametrize("host", ["", "no.such.host.invalid", "a" * 300, "192.0.2.1"])
def test_a_host_that_is_none_is_an_error(host: str) -> None:
    with pytest.raises(OutputError, match="cannot listen on"):
        serve(Settings(host=host, port=0, public=True, force=True))


def failed_start(*arguments: str, **settings: object) -> tuple[int, str]:
    named = {f"EMOAR_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-W", "error", "-m", "emoar", "serve", "--port", "0", "--workers", "1", *arguments]
    result = subprocess.run(command, env={**os.environ, **named}, capture_output=True, text=True, timeout=PATIENCE_S)
    return result.returncode, result.stderr


def test_what_keeps_a_server_from_starting_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    for code, settings in (
        (4, {"job_folder": tmp_path / "file"}),
        (4, {"job_folder": tmp_path / "file" / "jobs"}),
        (5, {"model_folder": tmp_path / "empty", "job_folder": tmp_path / "jobs"}),
        (5, {"model": "emoar-xxl", "job_folder": tmp_path / "jobs"}),
    ):
        found, error = failed_start(**settings)
        assert (found, error.count("\n")) == (code, 1), error
        assert "Traceback" not in error
    assert list((tmp_path / "jobs").iterdir()) == []
