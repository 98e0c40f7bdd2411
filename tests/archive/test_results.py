"""The folder of results refuses what is not its own, and a second run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from emoar.archive.options import ArchiveOptions, Identity
from emoar.archive.part import DONE, PartInfo, write_failed_part
from emoar.archive.results import MARKER, ResultsFolder
from emoar.errors import InputError, OutputError
from emoar.labels import DEFAULT_HEADS

IDENTITY = Identity.of(ArchiveOptions(fps=5))


def test_a_new_folder_and_the_same_one_later(tmp_path: Path) -> None:
    with ResultsFolder(tmp_path / "new" / "results") as results:
        assert results.identity is None
        results.begin(IDENTITY)
        info = PartInfo("b\udc80.mp4".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "/b", DONE)
        for source in ("z.mp4", "a.mp4"):
            write_failed_part(results.part_of(source), PartInfo(source, "/", DONE), DEFAULT_HEADS)
        assert results.part_of("a.mp4") != results.part_of(info.source)
    with ResultsFolder(tmp_path / "new" / "results") as again:
        assert again.identity == IDENTITY
        assert [part.source for part in again.parts()] == ["a.mp4", "z.mp4"]


def test_what_a_killed_process_has_begun_is_removed(tmp_path: Path) -> None:
    with ResultsFolder(tmp_path) as results:
        begun = results.scenes / "part-1.parquet.99-abc.tmp.part"
        begun.write_bytes(b"PAR1")
        results.begin(IDENTITY)
        assert not begun.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("thesis.docx", "x", "holds other files: name a new or empty folder"),
        (MARKER, json.dumps({"schema": "emoar.archive/99"}), "another version"),
        (MARKER, "[]", "is damaged"),
        (MARKER, '{"schema": "emoar.archive/1"}', "is damaged"),
    ],
)
def test_folders_of_another_kind(name: str, content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=words):
        ResultsFolder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_and_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is a file"):
        ResultsFolder(tmp_path / "file")
    with pytest.raises(OutputError, match="not a folder"):
        ResultsFolder(tmp_path / "file" / "results")


HOLDS = """
import sys
from pathlib import Path
from emoar.archive.results import ResultsFolder
with ResultsFolder(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_one_run_at_a_time_also_after_one_was_killed(tmp_path: Path) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], **pipes) as other:  # type: ignore[call-overload]
        assert other.stdout.readline() == "open\n"
        with pytest.raises(InputError, match="another run writes into"):
            ResultsFolder(tmp_path)
        other.kill()
        other.wait()
    with ResultsFolder(tmp_path) as results:
        results.begin(IDENTITY)
