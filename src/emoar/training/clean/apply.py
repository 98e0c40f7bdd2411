"""Application of findings to a dataset: excludes or relabels faces in a copy of the dataset."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, InputError
from emoar.training.clean.findings import EXCLUDE, FINDINGS, RELABEL, Finding, Findings, read_findings
from emoar.training.clean.perceptual_hash import distance_bits, perceptual_hashes
from emoar.training.data.face_dataset import FaceDataset

__all__ = ["SUGGESTED", "apply_findings", "cleaned", "parse_findings_option"]

SUGGESTED: Final = "suggested"  # selects all findings that suggest the exclusion or relabelling
SAME_PICTURE_BITS: Final = 12  # largest hash distance of a crop that was only scaled or converted to grey
STRANGERS: Final = 0.1  # with a larger share of different images, the findings belong to other data


def parse_findings_option(text: str) -> tuple[Path, tuple[str, ...]]:
    """Parses `clean.parquet:duplicate,blank` to the file and the findings; without findings, `SUGGESTED`.

    Raises:
        InputError: there is no finding of that name.
    """
    path, colon, names = text.rpartition(":")
    if not colon or "/" in names or "\\" in names:
        return Path(text), (SUGGESTED,)
    chosen = tuple(name.strip() for name in names.split(",") if name.strip())
    _check_names(chosen)
    return Path(path), chosen or (SUGGESTED,)


def cleaned(data: FaceDataset, exclude: Sequence[str], relabel: Sequence[str]) -> FaceDataset:
    """Applies the findings of command-line options; exclusions come before relabelling.

    Args:
        data: the data that was cleaned.
        exclude: options as for `parse_findings_option`.
        relabel: options as for `parse_findings_option`.

    Raises:
        DataError: see `apply_findings`.
        InputError: there is no finding of that name.
        DependencyMissing: pyarrow is not installed.
    """
    for text in exclude:
        path, names = parse_findings_option(text)
        data = apply_findings(data, path, exclude=names)
    for text in relabel:
        path, names = parse_findings_option(text)
        data = apply_findings(data, path, relabel=names)
    return data


def apply_findings(
    data: FaceDataset,
    path: Path | Findings,
    *,
    exclude: Collection[str] = (),
    relabel: Collection[str] = (),
    splits: Sequence[str] = ("Training",),
    minimum_score: float = 0.0,
) -> FaceDataset:
    """Excludes the faces of some findings and applies the suggested labels of others.

    Args:
        data: the data that was cleaned; size and colour may differ.
        path: `clean.parquet`, or the findings.
        exclude: names of findings whose faces are excluded, whatever their suggestion; or `SUGGESTED`.
        relabel: names of findings whose suggested label is applied; or `SUGGESTED`. Excluded faces stay excluded.
        splits: splits to change; by default Training only, so that metrics on test splits stay comparable.
        minimum_score: findings with a lower score (0..1) are ignored.

    Raises:
        DataError: the file is missing or not a file of findings, belongs to other data, suggests an unknown label, or
            `splits` would be empty.
        InputError: there is no finding of that name.
        DependencyMissing: pyarrow is not installed.
    """
    _check_names((*exclude, *relabel))
    findings = path if isinstance(path, Findings) else read_findings(path)
    _check_same_data(data, findings)
    active = {int(row) for row in data.rows[np.isin(data.split, splits)]}
    items = [item for item in findings.items if item.row in active and item.score >= minimum_score]
    out = {item.row for item in items if _chosen(item, exclude, EXCLUDE)}
    new = {item.row: item.suggestion.removeprefix(RELABEL) for item in items if _chosen(item, relabel, RELABEL)}
    changed = _relabelled(data, {row: label for row, label in new.items() if row is not None}, findings.label_set)
    keep = np.flatnonzero(~np.isin(data.rows, [row for row in out if row is not None]))
    if active and not np.isin(changed.split[keep], splits).any():
        raise DataError(f"without these findings no face of {', '.join(splits)} is left: exclude fewer")
    return changed.take(keep)


def _chosen(item: Finding, names: Collection[str], suggestion: str) -> bool:
    suggested = item.suggestion.startswith(suggestion)
    if suggestion == RELABEL:
        return suggested and (item.name in names or SUGGESTED in names)
    return item.name in names or (suggested and SUGGESTED in names)


def _relabelled(data: FaceDataset, labels: dict[int, str], label_set: str) -> FaceDataset:
    if not labels:
        return data
    known = data.label_sets.get(label_set, ())
    unknown = sorted(set(labels.values()) - set(known))
    if unknown:
        raise DataError(
            f"the findings suggest {', '.join(unknown)}, but the data has {', '.join(known) or 'no labels'}"
        )
    index = {row: known.index(label) for row, label in labels.items()}
    places: NDArray[np.int64] = np.flatnonzero(np.isin(data.rows, list(index)))
    values = np.array([index[int(row)] for row in data.rows[places]], np.int64)
    return data.with_targets(**{label_set: data.targets[label_set].relabelled(places, values)})


def _check_names(names: Collection[str]) -> None:
    unknown = sorted(set(names) - {*FINDINGS, SUGGESTED})
    if unknown:
        raise InputError(f"no such finding: {', '.join(unknown)}; there are {', '.join(FINDINGS)}")


def _check_same_data(data: FaceDataset, findings: Findings) -> None:
    """Raises DataError if the rows of the findings are missing in the data, or are different images there."""
    places = np.flatnonzero(np.isin(data.rows, list(findings.hashes)))
    if not len(findings.hashes):
        return
    theirs = np.array([findings.hashes[int(row)] for row in data.rows[places]], np.uint64)
    strangers = distance_bits(perceptual_hashes(data.images[places]), theirs) > SAME_PICTURE_BITS
    if not len(places) or strangers.mean() > STRANGERS:
        raise DataError(
            f"the findings are of other data ({findings.name or 'unnamed'}, not {data.name or 'this'}): "
            "run emoar data clean on this data"
        )
