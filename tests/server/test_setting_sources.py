"""The sources of settings."""

from __future__ import annotations

from pathlib import Path

from emoar.server.setting_sources import from_environment, from_file


def test_variables_that_are_settings() -> None:
    environment = {
        "EMOAR_PORT": "1",
        "EMOAR_MODELS": "/srv",
        "EMOAR_API_KEY": "secret",
        "EMOAR_MQTT_PASSWORD": "x",
        "HOME": "/",
    }
    assert list(from_environment(environment)) == [("port", "EMOAR_PORT", "1")]


def test_a_file_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    path, faults = tmp_path / "emoar.toml", list[str]()
    path.write_text("port = 1")
    assert list(from_file(path, faults)) == [("port", f"{path}: port", 1)]
    assert (list(from_file(None, faults)), faults) == ([], [])
    for content in (b"port = ", b"\xff\xfe", b"\0"):
        path.write_bytes(content)
        assert list(from_file(path, faults)) == []
    assert list(from_file(tmp_path, faults)) == []
    assert len(faults) == 4
    assert all("\n" not in fault for fault in faults)
