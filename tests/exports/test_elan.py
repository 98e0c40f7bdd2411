"""ELAN's files, read back by pympi."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pympi import Eaf

from emoar.analysis.recording import Recording
from emoar.exports.base import ExportOptions
from emoar.exports.elan import write_elan


def test_a_tier_a_face_and_one_of_markers(two_faces: Recording, tmp_path: Path) -> None:
    path = tmp_path / "film.eaf"
    assert write_elan(two_faces, path, ExportOptions(media="videos/film.mp4")) == [path]
    file = Eaf(str(path))
    assert list(file.get_tier_names()) == ["face 1 expression", "face 2 expression", "markers"]
    assert file.get_annotation_data_for_tier("face 1 expression") == [(0, 1000, "happiness"), (1200, 2000, "neutral")]
    assert file.get_annotation_data_for_tier("face 2 expression") == [(500, 1000, "surprise")]
    assert file.get_annotation_data_for_tier("markers") == [
        (0, 1050, "question 1"),
        (1050, 2100, 'ask "why" & <smile>'),
    ]
    (media,) = file.get_linked_files()
    assert (media["RELATIVE_MEDIA_URL"], media["MIME_TYPE"]) == ("./film.mp4", "video/mp4")
    assert len(set(file.timeslots)) == 2 * 5


def test_without_anybody_there_are_no_tiers(two_faces: Recording, tmp_path: Path) -> None:
    nobody = {name: values[:0] for name, values in two_faces.faces.items()}
    write_elan(replace(two_faces, faces=nobody, markers=()), tmp_path / "film.eaf", ExportOptions())
    assert list(Eaf(str(tmp_path / "film.eaf")).get_tier_names()) == []
