"""A model's description: written into the file, read from it or from a .json beside it, every field checked."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from emoar.errors import ModelMismatch
from emoar.labels import DEFAULT_HEADS, FERPLUS
from emoar.models.inputs import CropInput, LandmarkInput
from emoar.models.metadata import MEMBER, ModelInfo, info_from_dict, info_to_dict, read_info, with_info
from emoar.models.privacy import Privacy
from emoar.models.public import ModelFile, model_path, shipped_models

PRIVATE = ModelInfo("private", privacy=Privacy("client", 7.9, 1e-5, "RDP, Poisson sampling"))
MINE = ModelInfo("mine", CropInput(64, 3), {"custom": ("asleep", "awake", "müde")})
GOOD: dict[str, Any] = {"format": 1, "heads": {"custom": ["asleep", "awake"]}}
MODEL = b"TFL3" + bytes(range(256)) * 8  # the reader does not parse it


@pytest.mark.parametrize(
    "info", [ModelInfo("first"), MINE, PRIVATE, ModelInfo("mesh", LandmarkInput(), {"ferplus": FERPLUS})]
)
def test_round_trip(info: ModelInfo, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(with_info(MODEL, info))
    assert path.read_bytes().startswith(MODEL)
    assert read_info(path) == info
    assert info_from_dict(json.loads(json.dumps(info_to_dict(info))), "here") == info


def test_a_name_alone_means_the_first_shipped_models() -> None:
    info = ModelInfo("emoar-m")
    assert (info.input, dict(info.heads)) == (CropInput(48, 1), DEFAULT_HEADS)


def test_the_same_model_gives_the_same_bytes_and_a_new_description_replaces_the_old() -> None:
    once = with_info(MODEL, MINE)
    assert once == with_info(MODEL, MINE) == with_info(with_info(MODEL, ModelInfo("other")), MINE)


@pytest.mark.parametrize(
    "model", [model for model in shipped_models() if model.file.endswith(".tflite")], ids=lambda model: model.name
)
def test_shipped_models_have_the_bytes_that_their_description_gives(model: ModelFile) -> None:
    path = model_path(model.name)
    info = read_info(path)
    assert info is not None
    assert with_info(path.read_bytes(), info) == path.read_bytes()


def test_metadata_of_another_tool_stays() -> None:
    buffer = io.BytesIO(MODEL)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("labels.txt", "a\nb")
    with zipfile.ZipFile(io.BytesIO(with_info(buffer.getvalue(), MINE))) as archive:
        assert sorted(archive.namelist()) == [MEMBER, "labels.txt"]


def test_a_json_beside_it_is_read_and_the_inside_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "mine.tflite"
    path.write_bytes(MODEL)
    assert read_info(path) is None
    (tmp_path / "mine.json").write_text(json.dumps(GOOD))
    info = read_info(path)
    assert info is not None
    assert (info.input, dict(info.heads)) == (CropInput(48, 1), {"custom": ("asleep", "awake")})
    path.write_bytes(with_info(MODEL, MINE))
    assert read_info(path) == MINE


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "expected an object, got list"),
        ("labels", "expected an object, got str"),
        ({**GOOD, "format": 2}, "format must be 1, got 2; a newer emoar may read it"),
        ({"heads": GOOD["heads"]}, "format must be 1, got None"),
        ({**GOOD, "kind": "video"}, "kind must be crop or mesh"),
        ({**GOOD, "size_px": "48"}, "size_px must be a whole number, got '48'"),
        ({**GOOD, "size_px": True}, "size_px must be a whole number"),
        ({**GOOD, "size_px": 48.5}, "size_px must be a whole number"),
        ({**GOOD, "size_px": 4}, r"size_px must be within 8\.\.1024"),
        ({**GOOD, "size_px": 100_000}, r"size_px must be within 8\.\.1024"),
        ({**GOOD, "channels": 2}, "channels must be 1 .* or 3"),
        ({"format": 1}, "heads must be an object such as"),
        ({**GOOD, "heads": ["asleep", "awake"]}, "heads must be an object"),
        ({**GOOD, "heads": {}}, "at least one label set"),
        ({**GOOD, "heads": {"custom": "asleep"}}, "the labels of custom must be a list of texts"),
        ({**GOOD, "heads": {"custom": [1, 2]}}, "the labels of custom must be a list of texts"),
        ({**GOOD, "heads": {"custom": ["asleep"]}}, "at least two labels, all different, got asleep"),
        ({**GOOD, "heads": {"custom": []}}, "at least two labels, all different, got none"),
        ({**GOOD, "heads": {"custom": ["a", "a"]}}, "at least two labels, all different"),
        ({**GOOD, "heads": {"custom": ["a", " "]}}, "a label of custom must be a text of 1 to 80 characters"),
        ({**GOOD, "heads": {"custom": ["a", "b\n"]}}, "a label of custom must be a text"),
        ({**GOOD, "heads": {"custom": ["a", "b" * 81]}}, "a label of custom must be a text"),
        ({**GOOD, "heads": {"custom": ["a", "unsure"]}}, "not 'unsure'"),
        ({**GOOD, "heads": {"my set": ["a", "b"]}}, "letters, digits and _"),
        ({**GOOD, "heads": {"label": ["a", "b"]}}, "letters, digits and _"),
        ({**GOOD, "heads": {"ferplus": ["a", "b"]}}, "ferplus means the labels neutral, happiness"),
        ({**GOOD, "heads": {"ferplus": list(reversed(FERPLUS))}}, "in this order; call other sets custom"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(document: Any, words: str, tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text(json.dumps(document))
    (tmp_path / "mine.tflite").write_bytes(MODEL)
    with pytest.raises(ModelMismatch, match=words) as caught:
        read_info(tmp_path / "mine.tflite")
    assert "mine.json does not describe a model" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b" " * 1_000_001, "larger than 1000000 bytes"),
    ],
)
def test_a_json_that_is_none_is_refused(text: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_bytes(text)
    (tmp_path / "mine.tflite").write_bytes(MODEL)
    with pytest.raises(ModelMismatch, match=words):
        read_info(tmp_path / "mine.tflite")


def test_a_damaged_description_inside_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.tflite"
    content = bytearray(with_info(MODEL, MINE))
    content[content.index(b"asleep")] ^= 1  # the checksum no longer fits
    path.write_bytes(content)
    with pytest.raises(ModelMismatch, match=r"is damaged .*export the model again"):
        read_info(path)


def test_a_bomb_inside_is_not_unpacked(tmp_path: Path) -> None:
    buffer = io.BytesIO(MODEL)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MEMBER, b" " * 50_000_000)
    path = tmp_path / "bomb.tflite"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(ModelMismatch, match="larger than"):
        read_info(path)


@pytest.mark.parametrize("name", ["missing.tflite", "folder.tflite"])
def test_no_file_is_no_description(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.tflite").mkdir()
    try:
        assert read_info(tmp_path / name) is None
    except ModelMismatch as exc:
        assert "cannot be read" in str(exc)  # noqa: PT017
