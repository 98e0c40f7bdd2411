"""Documents of scenes as columns."""

from __future__ import annotations

import numpy as np
import pytest
from makers import make_scene

from emoar.analysis.scene_columns import SceneColumns, column_array
from emoar.errors import InputError


def test_columns_of_each_kind() -> None:
    assert column_array(["a", None], "text").tolist() == ["a", ""]
    assert [list(each) for each in column_array([["dark", "small"], None, []], "texts")] == [["dark", "small"], [], []]
    np.testing.assert_array_equal(column_array([0.5, None], "real"), [0.5, np.nan])
    assert column_array([1, 2], "integer").dtype == np.int64
    assert column_array([True], "flag").dtype == np.bool_
    assert len(column_array([], "texts")) == 0


def test_scenes_become_two_tables() -> None:
    columns = SceneColumns("a.jsonl")
    for index in range(3):
        columns.add(make_scene(index, time_s=index / 10, index=index).to_dict(), index + 1)
    frames, faces = columns.tables()
    assert frames["frame_index"].tolist() == [0, 1, 2]
    assert faces["frame_index"].tolist() == [1, 2, 2]
    assert faces["track_id"].tolist() == [1, 1, 2]
    assert faces["left_px"].shape == faces["z_cm"].shape == (3,)
    assert columns.source == "made.mp4"


def test_a_line_is_named_that_is_wrong() -> None:
    columns = SceneColumns("a.jsonl")
    columns.add(make_scene(time_s=1.0).to_dict(), 1)
    with pytest.raises(InputError, match=r"a\.jsonl, line 2: the time goes back from 1 to 0 s"):
        columns.add(make_scene(time_s=0.0).to_dict(), 2)


def test_the_reasons_of_unread_faces_are_a_text_and_older_scenes_have_none() -> None:
    columns = SceneColumns("a.jsonl")
    now = make_scene(time_s=0.0).to_dict()
    older = make_scene(time_s=0.1, index=1).to_dict()
    now["faces_unread"] = [{"reason": "covered"}, {"reason": "too small"}]
    del older["faces_unread"]
    columns.add(now, 1)
    columns.add(older, 2)
    assert columns.tables()[1]["faces_unread"].tolist() == ["covered; too small", ""]
