"""The columns of the Parquet schema, by label set."""

from __future__ import annotations

import sys

import pytest

from emoar.errors import DependencyMissing
from emoar.labels import FERPLUS, LABEL_SETS, LabelSet
from emoar.training.data.parquet import index_column, label_columns, pyarrow, vote_columns


@pytest.mark.parametrize(
    ("label_set", "column"), [("fer2013", "emotion"), ("custom", "label"), ("affectnet", "label_affectnet")]
)
def test_the_column_of_a_set_with_one_label_a_face(label_set: str, column: str) -> None:
    assert index_column(label_set) == column


def test_the_columns_of_a_set_with_votes() -> None:
    columns = vote_columns(LABEL_SETS["ferplus"])
    assert columns == (*(f"votes_{name}" for name in FERPLUS), "votes_unknown", "votes_not_a_face")
    assert vote_columns(LabelSet("mine", "Mine", ("a", "b"), rejections=("none",))) == (
        "votes_mine_a",
        "votes_mine_b",
        "votes_mine_none",
    )


def test_every_label_set_of_the_table_has_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    before = label_columns()
    assert before[:2] == ("emotion", "label")
    assert len(before) == 12
    entry = LabelSet("affectnet", "AffectNet", ("neutral", "happy"))
    monkeypatch.setitem(LABEL_SETS, "affectnet", entry)  # type: ignore[arg-type]
    assert set(label_columns()) - set(before) == {"label_affectnet"}


def test_a_missing_pyarrow_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DependencyMissing, match=r"pip install 'emoar\[data\]'"):
        pyarrow()
