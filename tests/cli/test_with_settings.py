"""Shared options become options of a command: the fields of one dataclass, filled by name."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import typer
from typer.testing import CliRunner

from emoar.cli.options import ModeName, Settings
from emoar.cli.with_settings import with_settings


def parsed(*arguments: str, **defaults: object) -> tuple[Settings, int]:
    """The settings that a command gets for these arguments, and its own option."""
    seen: list[tuple[Settings, int]] = []

    @with_settings(**defaults)
    def command(settings: Settings, own: int = 3) -> None:
        seen.append((settings, own))

    app = typer.Typer()
    app.command()(command)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return seen[0]


def test_defaults_are_those_of_the_dataclass_unless_the_command_has_others() -> None:
    assert parsed() == (Settings(), 3)
    assert parsed(mode=ModeName.photo) == (Settings(mode=ModeName.photo), 3)


def test_every_option_arrives_in_its_field(tmp_path: Path) -> None:
    values = {
        "overlays": "box",
        "content": tmp_path,
        "seed": 5,
        "language": "de",
        "model": "emoar-s",
        "personal": tmp_path / "me.json",
        "label_set": "fer2013",
        "max_faces": 7,
        "mode": ModeName.photo,
        "threads": 2,
        "model_folder": tmp_path / "models",
    }
    flags = {"measures": True, "valence": True}
    assert {*values, *flags} == {field.name for field in dataclasses.fields(Settings)}
    arguments = ["--measures", "--valence"]
    arguments += [part for name, value in values.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    assert parsed(*arguments, "--own", "4") == (Settings(**values, **flags), 4)  # type: ignore[arg-type]


def test_a_command_keeps_its_name_and_text() -> None:
    @with_settings()
    def command(settings: Settings) -> None:
        """What it does."""

    assert (command.__name__, command.__doc__) == ("command", "What it does.")
