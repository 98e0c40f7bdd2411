"""The table of formats, and that a row in it and a file are all that a format needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from emoar.media.formats import SCENE_FORMATS, SceneFormat, scene_format

PACKAGE = Path(__file__).parents[2] / "src" / "emoar"


@pytest.mark.parametrize("row", SCENE_FORMATS, ids=lambda row: row.suffixes[0])
def test_every_row_leads_to_a_sink(row: SceneFormat) -> None:
    assert callable(import_module(row.module).open_sink)
    assert all(scene_format(suffix.upper()) is row for suffix in row.suffixes)


def test_an_unknown_suffix() -> None:
    assert scene_format(".csv") is None
    assert scene_format("") is None


def test_the_table_loads_no_library() -> None:
    program = "import emoar.media.formats, sys; print({'numpy', 'cv2', 'pyarrow'} & {*sys.modules})"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "set()"


CSV = """
import csv

from emoar.files import PartialFile
from emoar.media.scene_table import columns_for, scene_to_rows


class CsvSink:
    needs_picture = False

    def __init__(self, path, label_sets, *, measures, valence):
        self._file = PartialFile(path)
        columns = columns_for(label_sets, measures=measures, valence=valence)
        self._columns = [column.name for column in columns]
        self._rows = []

    def write(self, scene, picture=None):
        self._rows += scene_to_rows(scene)

    def close(self, *, complete=True):
        with self._file.temporary.open("w", newline="") as file:
            writer = csv.DictWriter(file, self._columns)
            writer.writeheader()
            writer.writerows(self._rows)
        self._file.commit()
        return str(self._file.path)


def open_sink(path, *, landmarks, label_sets, measures, valence):
    return CsvSink(path, label_sets, measures=measures, valence=valence)
"""
ROW = '    SceneFormat((".csv",), "text, one row a face and frame", "text/csv", "emoar.media.csv_sink"),\n'
PROGRAM = """
import csv, sys
from makers import make_scene
from emoar.cli import main
from emoar.media.sinks import open_scene_sink
from emoar.server.jobs.job import RESULTS

sink = open_scene_sink(sys.argv[1])
sink.write(make_scene(2))
sink.close()
rows = list(csv.DictReader(open(sys.argv[1])))
print([row["label"] for row in rows], "scenes.csv" in RESULTS)
main(["video", "--help"])
"""


def test_a_format_is_one_file_and_one_row(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "emoar", ignore=shutil.ignore_patterns("*.tflite", "web_app", "training"))
    (tmp_path / "emoar" / "media" / "csv_sink.py").write_text(CSV)
    table = tmp_path / "emoar" / "media" / "formats.py"
    before = "SCENE_FORMATS: Final = (\n"
    assert before in table.read_text()
    table.write_text(table.read_text().replace(before, before + ROW))
    folders = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path / "a.csv"],
        env={**os.environ, "PYTHONPATH": folders},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("['happiness', 'happiness'] True")
    assert ".csv (text, one row a face" in " ".join(done.stdout.replace("│", " ").split())
