"""All checks on one dataset, with steps, cache and skipped findings."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_faces import made_dataset

from emoar.errors import DataError, InputError
from emoar.training.clean.clean import CleanOptions, clean
from emoar.training.clean.findings import read_findings, write_findings


def test_everything_together(tmp_path: Path) -> None:
    pytest.importorskip("cleanlab")
    data = made_dataset(120)
    data.images[5] = 90
    data.images[8] = data.images[7]
    data.split[[5, 7, 8]] = "Training"
    steps: set[str] = set()
    options = CleanOptions(cache=tmp_path / "cache")
    result = clean(data, options, lambda name, done, total: steps.add(name))
    assert {"face mesh", "copies", "classifier", "watermarks"} <= steps
    assert {"blank", "duplicate", "imbalance"} <= result.counts.keys()
    write_findings(result, tmp_path / "clean.parquet")
    assert read_findings(tmp_path / "clean.parquet").counts == result.counts
    skipped = clean(data, CleanOptions(skip=frozenset({"blank", "wrong_label", "watermark"}), cache=options.cache))
    assert "blank" not in skipped.counts
    with pytest.raises(InputError, match="no such finding: blanc"):
        CleanOptions(skip=frozenset({"blanc"}))
    with pytest.raises(DataError, match="no labels of custom: it has ferplus, fer2013"):
        clean(data, CleanOptions("custom"))
