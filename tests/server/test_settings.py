"""Settings from their sources, and every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from emoar.errors import InputError
from emoar.server.settings import Settings, load_settings


def faults(config: Path | None = None, environment: dict[str, str] | None = None, **given: object) -> str:
    with pytest.raises(InputError) as caught:
        load_settings(config, environment or {}, **given)
    return str(caught.value)


NUMBERS = [name for name, field in Settings.model_fields.items() if field.annotation in (int, float)]


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    config = tmp_path / "emoar.toml"
    config.write_text('max_faces = "many"\ncolour = 3\nmax_pixels = 0\n')
    environment = {"EMOAR_PORT": "seventy", "EMOAR_WORKRES": "2", "EMOAR_MODELS": "/srv", "HOME": "/"}
    assert sorted(faults(config, environment, engine="steam", tls_key=config).split("; ")) == sorted(
        [
            f"{config}: max_faces should be a valid integer, unable to parse string as an integer, got 'many'",
            f"{config}: colour is not a setting (emoar serve --settings lists them)",
            f"{config}: max_pixels should be greater than or equal to 1, got 0",
            "EMOAR_PORT should be a valid integer, unable to parse string as an integer, got 'seventy'",
            "EMOAR_WORKRES is not a setting (emoar serve --settings lists them)",
            "engine should be 'local' or 'ray', got 'steam'",
            "tls_certificate and tls_key go together: give both",
        ]
    )


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert "cannot read" in faults(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("port = ")
    assert "is not valid TOML" in faults(tmp_path / "bad.toml", {"EMOAR_PORT": "x"})
    assert "EMOAR_PORT" in faults(tmp_path / "bad.toml", {"EMOAR_PORT": "x"})


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"host": "0.0.0.0"}, "add --public"),
        ({"cors_origins": "*"}, "must name each page"),
        ({"max_uploads": 3, "max_uploads_per_address": 4}, "at most max_uploads (3)"),
        ({"max_sockets": 3, "max_sockets_per_address": 4}, "at most max_sockets (3)"),
        ({"max_connections": 3, "max_connections_per_address": 4}, "at most max_connections (3)"),
        *(
            ({name: value}, f"{name} should be")
            for name in NUMBERS
            for value in ("inf", "nan", "-inf", "1e400", "null")
        ),
        *(({name: -2}, name) for name in NUMBERS),
        *(({name: 1e30}, f"{name} should be") for name in NUMBERS),
        ({"tls_certificate": Path("/nothing"), "tls_key": Path("/nothing")}, "/nothing is not a file"),
        ({"request_s": 0}, "request_s should be greater than 0"),
        ({"idle_s": float("inf")}, "idle_s should be a finite number"),
        ({"log_level": "loud"}, "log_level should be"),
    ],
)
def test_faults_of_single_settings(given: dict[str, object], fault: str) -> None:
    assert fault in faults(**given)  # type: ignore[arg-type]


def test_public_is_refused_without_keys_or_tls(tmp_path: Path) -> None:
    message = faults(public=True, keys_file=tmp_path / "none.json")
    assert "tls_certificate" in message
    assert "emoar keys create" in message
    forced = load_settings(environment={}, public=True, force=True)
    assert (forced.host, forced.requests_per_s, forced.needs_keys) == ("0.0.0.0", 20.0, False)
    assert (forced.uploads_per_address, Settings().uploads_per_address) == (32, 64)
    assert (forced.connections_per_address, Settings().connections_per_address) == (256, 512)
    assert (forced.sockets_per_address, Settings().sockets_per_address) == (8, 16)
    assert (forced.frames_per_s, Settings().frames_per_s) == (120.0, 0.0)


def test_which_host_names_a_server_has() -> None:
    local = Settings()
    assert ("localhost" in local.hosts(), local.any_host, local.any_address) == (True, False, False)
    forced = Settings(public=True, force=True)  # anybody may use it, so that a page of others could
    assert ("localhost" in forced.hosts(), forced.any_host, forced.any_address) == (True, False, True)
    keys = Settings(public=True, force=True, require_keys=True)
    assert (keys.any_host, keys.any_address) == (True, True)
    named = Settings(public=True, force=True, allowed_hosts="A.example")
    assert (named.hosts(), named.any_host, named.any_address) == (("a.example",), False, False)


@pytest.mark.parametrize("value", ["0", "false", "off", "no"])
def test_not_public_in_words(value: str) -> None:
    assert load_settings(environment={"EMOAR_PUBLIC": value}).host == "127.0.0.1"
    assert load_settings(environment={"EMOAR_PUBLIC": "on", "EMOAR_FORCE": "on"}).host == "0.0.0.0"


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    config = tmp_path / "emoar.toml"
    config.write_text("port = 1\nmax_faces = 2\nrequest_s = 3\n")
    settings = load_settings(config, {"EMOAR_PORT": "4", "EMOAR_MAX_FACES": "5"}, port=6, host=None)
    assert (settings.port, settings.max_faces, settings.request_s) == (6, 5, 3.0)


def test_values_of_the_environment() -> None:
    environment = {"EMOAR_REQUIRE_KEYS": "on", "EMOAR_MAX_PIXELS": "40_000", "EMOAR_MODEL_FOLDER": ""}
    settings = load_settings(environment=environment | {"EMOAR_KEYS_FILE": "~/keys.json"})
    assert (settings.require_keys, settings.max_pixels, settings.model_folder) == (True, 40_000, None)
    assert settings.keys_file == Path.home() / "keys.json"


def test_lists_and_defaults() -> None:
    settings = Settings(cors_origins=" https://a.example/ ,,https://b.example", allowed_hosts="A.example")
    assert settings.origins() == ("https://a.example", "https://b.example")
    assert settings.hosts() == ("127.0.0.1", "::1", "localhost", "[::1]", "a.example")
    assert (settings.requests_per_s, settings.tls, settings.needs_keys) == (0.0, False, False)
    assert settings.worker_count >= 1


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]
