"""The folder of a server's jobs."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from emoar.errors import OutputError
from emoar.server.jobs.job_folder import JobFolder


def test_a_folder_from_creation_to_deletion(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "jobs")
    job = folder.create("a")
    (job / "source").write_text("x")
    assert stat.S_IMODE(job.stat().st_mode) == 0o700
    with pytest.raises(OutputError):
        folder.create("a")
    folder.close()
    folder.close()
    assert list((tmp_path / "jobs").iterdir()) == []


def test_folders_of_other_servers_stay_while_they_run(tmp_path: Path) -> None:
    first = JobFolder(tmp_path)
    first.create("a")
    (tmp_path / "notes").mkdir()  # not of a server
    second = JobFolder(tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    assert first._lock is not None
    os.close(first._lock)  # as the end of its process does
    third = JobFolder(tmp_path)
    assert sorted(path.name.partition("-")[0] for path in tmp_path.iterdir()) == ["notes", "server", "server"]
    second.close()
    third.close()


def test_a_folder_that_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        JobFolder(tmp_path / "file")
