"""The findings of cleaning, as a value and as `clean.parquet`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from emoar.errors import DataError
from emoar.files import PartialFile, output_errors
from emoar.training.data.parquet import pyarrow

__all__ = ["EXCLUDE", "FINDINGS", "RELABEL", "REVIEW", "Finding", "Findings", "read_findings", "write_findings"]

SCHEMA: Final = "emoar.findings/1"
EXCLUDE, REVIEW, RELABEL, WEIGHT = "exclude", "review", "relabel:", "weight:"  # suggestions, or their prefixes

# All findings in the order of the report, with their descriptions for people.
FINDINGS: Final[dict[str, str]] = {
    "blank": "blank or nearly one colour",
    "not_a_face": "most FER+ taggers saw no face",
    "no_face": "the face mesh is not sure that there is a face",
    "duplicate": "the same pixels as another face of its split",
    "near_duplicate": "almost the same picture as another face of its split, also mirrored",
    "leakage": "the same or almost the same picture in another split, which makes test figures too good",
    "conflict": "the same picture elsewhere in its split has another label",
    "profile": "the head is turned so far that half of the face is hidden",
    "ambiguous": "the FER+ taggers disagreed: high entropy of their votes",
    "wrong_label": "the label is probably wrong, by predictions of networks that never saw the face",
    "watermark": "text seems to lie over the picture",
    "imbalance": "a class that is much rarer than the others (no single face)",
}


@dataclass(frozen=True)
class Finding:
    """A problem of one face or one class.

    Raises:
        DataError: the name is unknown, or the score is not in 0..1.
    """

    name: str  # a key of FINDINGS
    row: int | None  # row of the data (`FaceDataset.rows`); None for a class
    score: float  # confidence or severity, 0..1
    suggestion: str  # exclude, review, relabel:LABEL or weight:FACTOR
    detail: str = ""  # explanation for people
    other_row: int | None = None  # row of the face that this one is a copy of

    def __post_init__(self) -> None:
        if self.name not in FINDINGS:
            raise DataError(f"finding must be one of {', '.join(FINDINGS)}, got {self.name!r}")
        if not 0 <= self.score <= 1:
            raise DataError(f"score of {self.name} must be within 0..1, got {self.score}")


@dataclass(frozen=True)
class Findings:
    """All findings of one dataset."""

    items: tuple[Finding, ...]
    label_set: str  # label set of the labels in suggestions
    hashes: dict[int, int]  # row -> perceptual hash of each face with a finding, to identify the data
    name: str = ""  # name of the data

    @property
    def counts(self) -> dict[str, int]:
        """The number of findings by name, in the order of the report, without zeros."""
        seen = Counter(item.name for item in self.items)
        return {name: seen[name] for name in FINDINGS if seen[name]}

    def of(self, *names: str) -> list[Finding]:
        """The findings of these names, by descending score."""
        return sorted((item for item in self.items if item.name in names), key=lambda item: -item.score)


def write_findings(findings: Findings, path: Path) -> None:
    """Writes a Parquet file with the columns row, finding, score, suggestion, detail, other_row and hash.

    Raises:
        OutputError: the file cannot be written.
        DependencyMissing: pyarrow is not installed.
    """
    arrow, parquet = pyarrow()
    about = {"emoar.schema": SCHEMA, "emoar.label_set": findings.label_set, "emoar.name": findings.name}
    schema = arrow.schema(
        [
            ("row", arrow.int64()),
            ("finding", arrow.string()),
            ("score", arrow.float32()),
            ("suggestion", arrow.string()),
            ("detail", arrow.string()),
            ("other_row", arrow.int64()),
            ("hash", arrow.uint64()),
        ],
        metadata=about,
    )
    rows = [
        {
            "row": item.row,
            "finding": item.name,
            "score": item.score,
            "suggestion": item.suggestion,
            "detail": item.detail,
            "other_row": item.other_row,
            "hash": None if item.row is None else findings.hashes[item.row],
        }
        for item in findings.items
    ]
    file = PartialFile(path)
    try:
        with output_errors(path):
            parquet.write_table(arrow.Table.from_pylist(rows, schema=schema), file.temporary)
    except BaseException:
        file.discard()
        raise
    file.commit()


def read_findings(path: Path) -> Findings:
    """Reads a file of `write_findings`, from which rows may have been removed or changed.

    Raises:
        DataError: the file is missing or not a file of findings.
        DependencyMissing: pyarrow is not installed.
    """
    arrow, parquet = pyarrow()
    if not path.is_file():
        raise DataError(f"{path} does not exist: make it with emoar data clean DATA -o FOLDER")
    try:
        table: Any = parquet.read_table(path)
        rows: Sequence[dict[str, Any]] = table.to_pylist()
        about: dict[bytes, bytes] = table.schema.metadata or {}
        items = tuple(_finding(row) for row in rows)
        hashes = {row["row"]: row["hash"] for row in rows if row["row"] is not None and row["hash"] is not None}
    except (arrow.ArrowException, OSError, KeyError, TypeError, UnicodeDecodeError) as exc:
        raise DataError(f"{path.name}: no file of findings ({exc}): make it with emoar data clean") from exc
    names = (about.get(key.encode(), b"").decode("utf-8", "replace") for key in ("emoar.label_set", "emoar.name"))
    return Findings(items, next(names) or "fer2013", hashes, next(names))


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(
        row["finding"], row["row"], row["score"], row["suggestion"], row.get("detail") or "", row.get("other_row")
    )
