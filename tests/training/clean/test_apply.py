"""Findings applied to data: faces left out, labels changed, other data refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cleaning_faces import ITEMS, findings_of, grey_dataset, textured
from training_faces import votes_of

from emoar.errors import DataError, InputError
from emoar.labels import FER2013
from emoar.training.clean.apply import SUGGESTED, apply_findings, cleaned, parse_findings_option
from emoar.training.clean.findings import Finding, write_findings
from emoar.training.data.resize import resized


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ({}, [100, 101, 102, 103, 104, 105]),
        ({"exclude": [SUGGESTED]}, [100, 102, 103, 104, 105]),
        ({"exclude": ["profile"]}, [100, 101, 103, 104, 105]),
        ({"exclude": ["wrong_label"], "minimum_score": 0.5}, [100, 101, 102, 103, 105]),
        ({"exclude": ["leakage", "imbalance"]}, [100, 101, 102, 103, 104, 105]),  # test splits stay whole
    ],
)
def test_excluding(options: dict, rows: list[int], tmp_path: Path) -> None:
    data = grey_dataset(textured(6), split=["Training"] * 5 + ["PublicTest"])
    write_findings(findings_of(data, *ITEMS), tmp_path / "clean.parquet")
    assert apply_findings(data, tmp_path / "clean.parquet", **options).rows.tolist() == rows


def test_a_test_split_changes_when_it_is_named(tmp_path: Path) -> None:
    data = grey_dataset(textured(6), split=["Training"] * 4 + ["PublicTest"] * 2)
    kept = apply_findings(data, findings_of(data, *ITEMS), exclude=["leakage"], splits=("PublicTest",))
    assert kept.rows.tolist() == [100, 101, 102, 103, 104]
    lonely = grey_dataset(textured(6), split=["Training"] * 5 + ["PublicTest"])
    with pytest.raises(DataError, match="no face of PublicTest is left: exclude fewer"):
        apply_findings(lonely, findings_of(lonely, *ITEMS), exclude=["leakage"], splits=("PublicTest",))


def test_what_the_command_line_takes(tmp_path: Path) -> None:
    data, path = grey_dataset(textured(6)), tmp_path / "clean.parquet"
    write_findings(findings_of(data, *ITEMS), path)
    changed = cleaned(data, [f"{path}:profile", str(path)], [f"{path}:wrong_label"])
    assert changed.rows.tolist() == [100, 103, 104]
    assert [FER2013[label] for label in changed.truth("fer2013")] == ["happy", "sad", "fear"]
    with pytest.raises(InputError, match="no such finding"):
        cleaned(data, [f"{path}:blanc"], [])
    with pytest.raises(DataError, match="none"):
        cleaned(data, [str(tmp_path / "none.parquet")], [])


def test_relabelling() -> None:
    data = grey_dataset(textured(6))
    changed = apply_findings(data, findings_of(data, *ITEMS), relabel=[SUGGESTED])
    assert [FER2013[label] for label in changed.truth("fer2013")] == ["happy", "happy", "happy", "sad", "fear", "happy"]
    assert (data.truth("fer2013") == FER2013.index("happy")).all()  # the data itself stays
    sure = apply_findings(data, findings_of(data, *ITEMS), relabel=["wrong_label"], minimum_score=0.5)
    assert [FER2013[label] for label in sure.truth("fer2013")].count("sad") == 0
    votes_of(data)[:, 0] = 10
    votes = findings_of(data, Finding("wrong_label", 103, 1.0, "relabel:fear"), label_set="ferplus")
    assert apply_findings(data, votes, relabel=[SUGGESTED]).truth("ferplus").tolist() == [0, 0, 0, 6, 0, 0]
    with pytest.raises(DataError, match="suggest wink, but the data has angry"):
        apply_findings(data, findings_of(data, Finding("wrong_label", 103, 1.0, "relabel:wink")), relabel=[SUGGESTED])


def test_findings_of_other_data_are_refused(tmp_path: Path) -> None:
    data, other = grey_dataset(textured(6)), grey_dataset(textured(6, seed=1))
    with pytest.raises(DataError, match="findings are of other data"):
        apply_findings(other, findings_of(data, *ITEMS), exclude=[SUGGESTED])
    larger = grey_dataset(np.stack([resized(image, 64, colour=True) for image in data.images]))
    assert len(apply_findings(larger, findings_of(data, *ITEMS), exclude=[SUGGESTED])) == 4
    with pytest.raises(DataError, match="no face of Training is left"):
        apply_findings(
            data,
            findings_of(data, *(Finding("blank", row, 1.0, "exclude") for row in range(100, 106))),
            exclude=["blank"],
        )
    with pytest.raises(DataError, match="does not exist: make it with emoar data clean"):
        apply_findings(data, tmp_path / "none.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(DataError, match="no file of findings"):
        apply_findings(data, tmp_path / "bad.parquet")


@pytest.mark.parametrize(
    ("text", "path", "names"),
    [
        ("a/clean.parquet", "a/clean.parquet", (SUGGESTED,)),
        ("a/clean.parquet:blank, leakage", "a/clean.parquet", ("blank", "leakage")),
        ("clean.parquet:", "clean.parquet", (SUGGESTED,)),
        ("C:/data/clean.parquet", "C:/data/clean.parquet", (SUGGESTED,)),
    ],
)
def test_the_option_of_training(text: str, path: str, names: tuple[str, ...]) -> None:
    assert parse_findings_option(text) == (Path(path), names)


def test_unknown_findings_are_named() -> None:
    with pytest.raises(InputError, match="no such finding: blanc; there are blank"):
        parse_findings_option("clean.parquet:blanc")
