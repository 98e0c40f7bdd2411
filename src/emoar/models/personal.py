"""A personal head: a person's own labels on the features of an expression model, in a small JSON file.

The browser app and `emoar personalise --head-only` write it, `--personal me.json` uses it. The probabilities
are softmax(weights @ features + bias), and with a rejection that of none of the labels. docs/schemas/personal.json is
the JSON Schema; `read_personal` also checks that the shapes fit together. A head fits one file of one model: other
weights have other features.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from emoar.errors import ModelMismatch, ModelMissing
from emoar.labels import UNSURE
from emoar.models.rejection import MOST_LABELS, HeadRejection, Number, Rejection, Row

__all__ = [
    "LONGEST_LABEL",
    "PERSONAL_SCHEMA",
    "PersonalHead",
    "personal_schema",
    "read_personal",
    "sha256_of",
]

PERSONAL_SCHEMA: Final = "emoar.personal/1"
LONGEST_LABEL: Final = 40  # Unicode characters
LARGEST_BYTES: Final = 4_000_000
# no space at the ends; no control characters, line separators, marks of text direction, or halves of a character
LABEL_PATTERN: Final = (
    rf"^(?!\s)[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff]{{1,{LONGEST_LABEL}}}(?<!\s)$"
)
SHA256_PATTERN: Final = "^[0-9a-f]{64}$"
_SHOWN_DIGITS: Final = 12  # of a SHA-256 in messages
_WRITTEN_DIGITS: Final = 7  # significant, of a weight

# patterns are in the schema only: `PersonalHead` checks them with messages for people
_Label = Annotated[str, Meta(extra_json_schema={"pattern": LABEL_PATTERN, "not": {"const": UNSURE}})]
_Sha256 = Annotated[str, Meta(description="of the whole .tflite file", extra_json_schema={"pattern": SHA256_PATTERN})]


class _AnyVersion(msgspec.Struct):
    schema: str


class HeadModel(msgspec.Struct, forbid_unknown_fields=True):
    """The file that the head was trained on."""

    name: Annotated[str, Meta(min_length=1, max_length=200, description="for messages, such as emoar-m")]
    sha256: _Sha256


class HeadDocument(msgspec.Struct, forbid_unknown_fields=True):
    """A personal head: softmax(weights @ features + bias) are the probabilities of the labels."""

    schema: Literal["emoar.personal/1"]
    model: HeadModel
    labels: Annotated[
        list[_Label],
        Meta(
            min_length=2,
            max_length=MOST_LABELS,
            description="all different",
            extra_json_schema={"uniqueItems": True},
        ),
    ]
    weights: Annotated[
        list[Row],
        Meta(min_length=2, max_length=MOST_LABELS, description="a row a label, a column a feature of the model"),
    ]
    bias: Annotated[list[Number], Meta(min_length=2, max_length=MOST_LABELS, description="a number a label")]
    faces: Annotated[
        list[Annotated[int, Meta(ge=0)]] | None,
        Meta(description="how many faces of each label it was trained on, in the order of the labels"),
    ] = None
    rejection: HeadRejection | None = None


@dataclass(frozen=True, eq=False)
class PersonalHead:
    """A linear head with its labels, and the file that its features are from.

    Raises:
        ModelMismatch: shapes, labels or numbers are not valid.
    """

    model_name: str
    model_sha256: str  # of the whole .tflite
    labels: tuple[str, ...]
    weights: NDArray[np.float32]  # (labels, features)
    bias: NDArray[np.float32]  # (labels,)
    faces: tuple[int, ...] | None = None  # number of faces of each label it was trained on
    rejection: Rejection | None = None  # None: every face is one of the labels

    def __post_init__(self) -> None:
        count = len(self.labels)
        if not 2 <= count <= MOST_LABELS:
            raise ModelMismatch(f"a personal head has 2 to {MOST_LABELS} labels, got {count}")
        if not re.fullmatch(SHA256_PATTERN, self.model_sha256):
            raise ModelMismatch(f"the model's sha256 must be 64 hexadecimal digits, got {self.model_sha256!r}")
        for label in self.labels:
            if not re.fullmatch(LABEL_PATTERN, label) or label == UNSURE:
                raise ModelMismatch(f"a label must be a text of 1 to {LONGEST_LABEL} characters, got {label!r}")
        if len(set(self.labels)) < count:
            raise ModelMismatch(f"labels must be all different, got {', '.join(self.labels)}")
        if self.weights.ndim != 2 or len(self.weights) != count or self.bias.shape != (count,):
            shapes = f"{self.weights.shape} and {self.bias.shape}"
            raise ModelMismatch(f"weights and bias must be ({count}, features) and ({count},), got {shapes}")
        if self.faces is not None and len(self.faces) != count:
            raise ModelMismatch(f"faces must be {count} numbers, one for each label, got {len(self.faces)}")
        if self.rejection is not None and self.rejection.centres.shape != self.weights.shape:
            raise ModelMismatch(f"centres must be {self.weights.shape}, got {self.rejection.centres.shape}")
        if not (np.isfinite(self.weights).all() and np.isfinite(self.bias).all()):
            raise ModelMismatch("weights and bias must be finite")

    @property
    def features(self) -> int:
        """The number of features."""
        return self.weights.shape[1]

    @property
    def outputs(self) -> tuple[str, ...]:
        """What there are probabilities of: the labels, and with a rejection at last `unsure` for none of them."""
        return self.labels if self.rejection is None else (*self.labels, UNSURE)

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """The (outputs,) probabilities of (features,) values, or (N, outputs) of (N, features)."""
        logits = features.astype(np.float64) @ self.weights.T.astype(np.float64) + self.bias
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        shares = powers / powers.sum(axis=-1, keepdims=True)
        if self.rejection is not None:
            none = self.rejection.none_of(features)[..., None]
            shares = np.concatenate([(1 - none) * shares, none], axis=-1)
        return shares.astype(np.float32)

    def check_model(self, hashes: Mapping[str, str], model: str) -> str:
        """The file among those of a model that the head was trained on.

        Args:
            hashes: SHA-256 by name of each file.
            model: the name of the model, for the error.

        Raises:
            ModelMismatch: it is none of them; the message gives the remedy.
        """
        for name, sha256 in hashes.items():
            if sha256 == self.model_sha256:
                return name
        own = self.model_name
        if own not in hashes:
            raise ModelMismatch(f"the personal head is for the model {own}, got {model}: give --model {own}")
        shown = f"{self.model_sha256[:_SHOWN_DIGITS]}, not {hashes[own][:_SHOWN_DIGITS]}"
        raise ModelMismatch(f"the personal head is for another version of {own} (sha256 {shown}): train it again")

    def check_width(self, features: int) -> None:
        """Compares the number of the model's features with that of the head.

        Raises:
            ModelMismatch: they differ.
        """
        if features != self.features:
            raise ModelMismatch(f"the personal head has weights of {self.features} features, the model has {features}")

    def to_dict(self) -> dict[str, Any]:
        """The JSON document; `read_personal` reads it."""
        return {
            "schema": PERSONAL_SCHEMA,
            "model": {"name": self.model_name, "sha256": self.model_sha256},
            "labels": list(self.labels),
            "weights": [list(map(_short, row)) for row in self.weights.tolist()],
            "bias": list(map(_short, self.bias.tolist())),
            **({} if self.faces is None else {"faces": list(self.faces)}),
            **({} if self.rejection is None else {"rejection": self.rejection.to_dict()}),
        }


def personal_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    schema = msgspec.json.schema(HeadDocument)
    for described in schema["$defs"].values():  # msgspec below 0.23 keeps the indentation of docstrings
        described |= {"description": inspect.cleandoc(described["description"])} if "description" in described else {}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Personal head", **schema}


def read_personal(path: Path) -> PersonalHead:
    """Reads a personal head.

    Raises:
        ModelMissing: there is no such file.
        ModelMismatch: the file is no personal head, too large, of another version, or not consistent.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError as exc:
        raise ModelMissing(
            f"{path} does not exist: export it in the browser, or make it with emoar personalise"
        ) from exc
    except OSError as exc:
        raise ModelMismatch(f"{path} cannot be read: {exc.strerror or exc}") from exc
    if len(content) > LARGEST_BYTES:
        raise ModelMismatch(f"{path.name} is no usable personal head: larger than {LARGEST_BYTES // 1_000_000} MB")
    try:
        schema = msgspec.json.decode(content, type=_AnyVersion).schema
        if schema != PERSONAL_SCHEMA:
            raise ModelMismatch(f"its schema is {schema!r}, and this version of EmoAR reads {PERSONAL_SCHEMA!r}")
        return _head(msgspec.json.decode(content, type=HeadDocument))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ModelMismatch) as exc:
        raise ModelMismatch(f"{path.name} is no usable personal head: {exc}") from exc


def sha256_of(path: Path) -> str:
    """The SHA-256 of a model file.

    Raises:
        ModelMismatch: it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as exc:
        raise ModelMismatch(f"{path} cannot be read: {exc.strerror or exc}") from exc


def _head(document: HeadDocument) -> PersonalHead:
    widths = {len(row) for row in document.weights}
    if len(widths) > 1:
        raise ModelMismatch(f"the rows of weights must be equally long, got {min(widths)} to {max(widths)} numbers")
    faces = None if document.faces is None else tuple(document.faces)
    weights, bias = (np.array(values, np.float32) for values in (document.weights, document.bias))
    given = document.rejection
    rejection = None if given is None else Rejection.of_rows(given.centres, given.radii)
    named = document.model.name, document.model.sha256, tuple(document.labels)
    return PersonalHead(*named, weights, bias, faces, rejection)


def _short(value: float) -> float:
    return float(f"{value:.{_WRITTEN_DIGITS}g}")
