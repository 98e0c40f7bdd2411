"""The description of a model: its label sets and its input. Read without torch.

It is JSON: `emoar.json` in a zip archive at the end of the .tflite (like TensorFlow Lite's metadata; runtimes ignore
it, and `unzip -p model.tflite emoar.json` prints it), or a file of the same name that ends in .json:

    {"format": 1, "name": "mine", "kind": "crop", "size_px": 48, "channels": 1,
     "heads": {"custom": ["asleep", "awake"]}}

`decision` has the rules of `emoar.models.decision`, where the label is not just the most probable one; `privacy` what
the training of the model spent, where it had differential privacy.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from emoar.errors import ModelMismatch
from emoar.labels import DEFAULT_HEADS, LABEL_SETS, PERSONAL, UNSURE
from emoar.models.decision import Decision, decision_from_dict, decision_to_dict
from emoar.models.inputs import CropInput, ModelInput, input_of
from emoar.models.privacy import Privacy, privacy_from_dict, privacy_to_dict

__all__ = ["FEATURES", "MEMBER", "ModelInfo", "info_from_dict", "info_to_dict", "read_info", "with_info"]

FORMAT: Final = 1
MEMBER: Final = "emoar.json"
FEATURES: Final = "features"  # the output (1, width) that the heads are computed from; older files do not have it
LARGEST_BYTES: Final = 1_000_000  # of the JSON: a larger text is not a description
LONGEST_LABEL: Final = 80  # characters
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # a fixed date, so that the same model gives the same bytes
_RESERVED: Final = ("label_set", "label", "confidence", "since_s", PERSONAL, FEATURES)
# ^ keys beside the sets in a scene's JSON, the set of a personal head, and an output beside the heads


@dataclass(frozen=True)
class ModelInfo:
    """Input and label sets of an expression model; the defaults are those of the first shipped models.

    Raises:
        ModelMismatch: there is no label set, or a name, a label or their number is not allowed.
    """

    name: str
    input: ModelInput = field(default_factory=CropInput)
    heads: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(DEFAULT_HEADS))
    # ^ label set -> its labels, in the order of the probabilities
    decision: Decision = field(default_factory=Decision)  # of the label
    privacy: Privacy | None = None  # of those whose faces it was trained on; None where nothing is promised

    def __post_init__(self) -> None:
        if not self.heads:
            raise ModelMismatch("heads must name at least one label set")
        for name, labels in self.heads.items():
            _check_head(name, labels)
        self.decision.check(self.heads)


def info_to_dict(info: ModelInfo) -> dict[str, Any]:
    """The JSON document of a description; `info_from_dict` reads it."""
    fields = info.input.to_dict()
    return {
        "format": FORMAT,
        "name": info.name,
        "kind": fields["kind"],
        "heads": {name: list(labels) for name, labels in info.heads.items()},
        "size_px": fields["size_px"],
        "channels": fields["channels"],
        **({"decision": decision_to_dict(info.decision)} if info.decision.rules else {}),
        **({"privacy": privacy_to_dict(info.privacy)} if info.privacy else {}),
    }


def info_from_dict(document: Any, where: str) -> ModelInfo:
    """The description in a JSON document; `where` is named in errors.

    Raises:
        ModelMismatch: a field is missing or wrong.
    """
    try:
        if not isinstance(document, dict):
            raise ModelMismatch(f"expected an object, got {type(document).__name__}")
        fields = cast("dict[str, Any]", document)
        if fields.get("format") != FORMAT:
            raise ModelMismatch(f"format must be {FORMAT}, got {fields.get('format')!r}; a newer emoar may read it")
        kind, heads = fields.get("kind", "crop"), fields.get("heads")
        size_px, channels = (_whole(fields, name, fallback) for name, fallback in (("size_px", 48), ("channels", 1)))
        if not isinstance(heads, dict):
            raise ModelMismatch('heads must be an object such as {"custom": ["asleep", "awake"]}')
        named = cast("dict[str, Any]", heads)
        labels = {name: _labels(name, value) for name, value in named.items()}
        decision = decision_from_dict(fields.get("decision", {}), labels)
        privacy = privacy_from_dict(fields["privacy"]) if "privacy" in fields else None
        return ModelInfo(str(fields.get("name", "")), input_of(kind, size_px, channels), labels, decision, privacy)
    except ModelMismatch as exc:
        raise ModelMismatch(f"{where} does not describe a model: {exc}") from None


def read_info(path: Path) -> ModelInfo | None:
    """The description inside a model file, else that of the .json beside it; None where there is neither.

    Raises:
        ModelMismatch: the description is damaged or wrong, or a file cannot be read.
    """
    beside = path.with_suffix(".json")
    text = _embedded(path)
    where = f"{MEMBER} in {path.name}"
    if text is None:
        if not beside.is_file():
            return None
        where = str(beside)
        try:
            text = beside.read_bytes()[: LARGEST_BYTES + 1]
        except OSError as exc:
            raise ModelMismatch(f"{where} cannot be read: {exc.strerror}") from exc
    if len(text) > LARGEST_BYTES:
        raise ModelMismatch(f"{where} does not describe a model: larger than {LARGEST_BYTES} bytes")
    try:
        return info_from_dict(json.loads(text), where)
    except (ValueError, RecursionError) as exc:
        raise ModelMismatch(f"{where} is not JSON: {exc}") from exc


def with_info(content: bytes, info: ModelInfo) -> bytes:
    """The bytes of a model file with the description at the end, which replaces an older description."""
    out = io.BytesIO(_bare(content))
    with zipfile.ZipFile(out, "a") as archive:
        text = json.dumps(info_to_dict(info), ensure_ascii=False, separators=(",", ":"))
        archive.writestr(zipfile.ZipInfo(MEMBER, _EPOCH), text)
    return out.getvalue()


def _bare(content: bytes) -> bytes:
    """The bytes without an archive that has only EmoAR's description; an archive of another tool is kept."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    return content[: entries[0].header_offset] if [entry.filename for entry in entries] == [MEMBER] else content


def _embedded(path: Path) -> bytes | None:
    try:
        if not zipfile.is_zipfile(path):
            return None
        with zipfile.ZipFile(path) as archive:
            if MEMBER not in archive.namelist():
                return None
            with archive.open(MEMBER) as member:
                return member.read(LARGEST_BYTES + 1)
    # zipfile raises NotImplementedError for an unknown compression, and RuntimeError for an encrypted member
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as exc:
        raise ModelMismatch(f"the description in {path.name} is damaged ({exc}): export the model again") from exc
    except OSError as exc:
        raise ModelMismatch(f"{path} cannot be read: {exc.strerror or exc}") from exc


def _whole(fields: Mapping[str, Any], name: str, fallback: int) -> int:
    value = fields.get(name, fallback)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ModelMismatch(f"{name} must be a whole number, got {value!r}")
    return value


def _labels(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ModelMismatch(f"the labels of {name} must be a list of texts")
    labels = cast("list[Any]", value)
    if not all(isinstance(label, str) for label in labels):
        raise ModelMismatch(f"the labels of {name} must be a list of texts")
    return tuple(labels)


def _check_head(name: str, labels: tuple[str, ...]) -> None:
    if not name.isidentifier() or name in _RESERVED:
        raise ModelMismatch(f"a label set's name must be letters, digits and _ (not {', '.join(_RESERVED)}): {name!r}")
    if name in LABEL_SETS and labels != LABEL_SETS[name].labels:
        raise ModelMismatch(
            f"{name} means the labels {', '.join(LABEL_SETS[name].labels)} in this order; call other sets custom"
        )
    if len(labels) < 2 or len(set(labels)) < len(labels):
        raise ModelMismatch(f"{name} must have at least two labels, all different, got {', '.join(labels) or 'none'}")
    for label in labels:
        if not label.strip() or not label.isprintable() or len(label) > LONGEST_LABEL or label == UNSURE:
            raise ModelMismatch(
                f"a label of {name} must be a text of 1 to {LONGEST_LABEL} characters and not {UNSURE!r}: {label!r}"
            )
