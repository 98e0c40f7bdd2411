"""What Flower's commands print is read whatever is around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from emoar.errors import InputError
from emoar.federated.deployment.flower_command import FlowerCommand, answers_of


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("", []),
        ("no server {", []),
        ('{"success": true}', [{"success": True}]),
        ('note\n{"a": {"b": 1}}\n{ x\n{"c": 2}\nend', [{"a": {"b": 1}}, {"c": 2}]),
    ],
)
def test_answers_of_flower(text: str, answers: list[dict[str, object]]) -> None:
    assert answers_of(text) == answers


def test_a_folder_without_a_server_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no server has run"):
        FlowerCommand(tmp_path)
