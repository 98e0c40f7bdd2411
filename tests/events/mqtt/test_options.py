"""Options of the address, and the login from the environment or a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from emoar.errors import InputError
from emoar.events.address import parse_address
from emoar.events.mqtt.options import PASSWORD, MqttOptions, mqtt_options


def options(url: str, **secrets: str) -> MqttOptions:
    return mqtt_options(parse_address(url), secrets)


def test_defaults_keep_nothing_about_a_person() -> None:
    found = options("mqtt://broker")
    assert (found.host, found.port, found.tls, found.device) == ("broker", 1883, False, "camera")
    assert (found.retain, found.with_scenes, found.discovery) == (False, False, "homeassistant")
    assert (found.username, found.password) == ("", "")


def test_what_is_asked() -> None:
    found = options("mqtts://broker:8884?device=hall&retain=1&discovery=ha/main/&rate=5&ca=ca.pem")
    assert (found.port, found.tls, found.device, found.retain) == (8884, True, "hall", True)
    assert (found.discovery, found.with_scenes, found.ca) == ("ha/main", True, "ca.pem")
    assert options("mqtts://broker").port == 8883
    assert options("mqtt://broker?discovery=off").discovery == ""


def test_the_login_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    found = options("mqtt://me@broker", **{PASSWORD: "secret"})
    assert (found.username, found.password) == ("me", "secret")
    path = tmp_path / "password"
    path.write_text("from file\n")
    named = options(f"mqtt://me@broker?secret-file={path}", **{PASSWORD: "secret"})
    assert (named.username, named.password) == ("me", "from file")


@pytest.mark.parametrize(
    ("url", "secrets", "words"),
    [
        ("mqtt://broker?device=a/b", {}, "device must be letters"),
        ("mqtt://broker?device=%23", {}, "device must be letters"),
        ("mqtt://broker?device=", {}, "device must be letters"),
        ("mqtt://broker?retain=yes", {}, "retain must be 0 or 1"),
        ("mqtt://broker?discovery=a/%2B", {}, "discovery must be a topic"),
        ("mqtt://broker?ca=a.pem", {}, "ca is no option"),
        ("mqtt://broker/hall", {}, r"has no path: name the device with \?device=hall"),
        ("mqtt://broker", {PASSWORD: "x"}, "a password and no user: write mqtt://name@broker"),
        ("mqtt://me@broker?secret-file=/nowhere/x", {}, "cannot read /nowhere/x"),
    ],
)
def test_wrong_options(url: str, secrets: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        options(url, **secrets)
