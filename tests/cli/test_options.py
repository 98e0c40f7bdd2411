"""Shared options: the fields of one dataclass, filled by name, and what follows from them."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from emoar.cli.options import ModeName, Settings, overlay_names, with_settings
from emoar.errors import InputError
from emoar.overlay.names import OVERLAYS
from emoar.pipeline import PipelineOptions


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


def test_the_pipeline_gets_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[PipelineOptions] = []
    monkeypatch.setattr("emoar.pipeline.Pipeline", seen.append)
    Settings(model="emoar-s", label_set="fer2013", max_faces=7, threads=2, model_folder=tmp_path).pipeline()
    assert seen == [
        PipelineOptions("live", max_faces=7, label_set="fer2013", threads=2, model_folder=tmp_path, model="emoar-s")
    ]


@pytest.mark.parametrize(
    ("text", "names"), [("label,quote", ("label", "quote")), (" box ", ("box",)), ("none", ()), ("hat", ("hat",))]
)
def test_overlay_names(text: str, names: tuple[str, ...]) -> None:
    assert overlay_names(text) == names


@pytest.mark.parametrize("text", ["", ",", "none,box"])
def test_wrong_overlay_names(text: str) -> None:
    with pytest.raises(InputError, match="--overlays takes names with commas"):
        overlay_names(text)


def test_the_painter_draws_what_is_named() -> None:
    assert Settings(overlays="none").painter() is None
    assert Settings(overlays="box").painter() is not None
    with pytest.raises(InputError, match="overlay must be one of label, quote"):
        Settings(overlays="hat").painter()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("emoar image --overlays ", {*OVERLAYS, "none"}),
        ("emoar video --label-set ", {"ferplus", "fer2013", "custom"}),
        ("emoar camera --model ", {"emoar-s", "emoar-m", "emoar-l"}),
        ("emoar demo --overlays ", {*OVERLAYS, "none"}),
    ],
)
def test_the_shell_completes_values(words: str, expected: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from emoar.cli import main; sys.exit(main([]))"],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "_EMOAR_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        },
    )
    assert set(done.stdout.split()) >= expected
