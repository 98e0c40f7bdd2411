"""The folder of a server's jobs."""

from __future__ import annotations

import os
import shutil
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


def test_links_in_the_folder_are_not_followed(tmp_path: Path) -> None:
    victim, jobs = tmp_path / "victim", tmp_path / "jobs"
    victim.mkdir()
    (victim / "file").write_text("x")
    jobs.mkdir(mode=0o700)
    (jobs / "server-link").symlink_to(victim)
    (jobs / "server-lock").mkdir()
    (jobs / "server-lock" / ".lock").symlink_to(tmp_path / "elsewhere")
    (jobs / "server-folder" / ".lock").mkdir(parents=True)
    (jobs / "server-none").mkdir()
    (jobs / "server-pipe").mkdir()
    os.mkfifo(jobs / "server-pipe" / ".lock")
    (jobs / "server-file").write_text("x")
    JobFolder(jobs).close()
    assert [path.name for path in victim.iterdir()] == ["file"]
    assert not (tmp_path / "elsewhere").exists()
    assert {"server-link", "server-lock", "server-folder", "server-none", "server-file"} <= {
        path.name for path in jobs.iterdir()
    }


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system has no users")
@pytest.mark.parametrize(
    ("mode", "good"), [(0o700, True), (0o755, True), (0o1777, True), (0o777, False), (0o770, False)]
)
def test_a_folder_that_others_may_write_is_refused(tmp_path: Path, mode: int, good: bool) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs").chmod(mode)
    if good:
        JobFolder(tmp_path / "jobs").close()
    else:
        with pytest.raises(OutputError, match="other users may write into it; chmod 700"):
            JobFolder(tmp_path / "jobs")


def test_a_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    if tmp_path.stat().st_uid == 0:
        pytest.skip("a folder of the administrator is accepted")
    with pytest.raises(OutputError, match="belongs to another user"):
        JobFolder(tmp_path)


def test_a_server_that_has_just_started_is_never_taken_for_abandoned(tmp_path: Path) -> None:
    """Between its creation and its lock a folder has another name, which only a killed server leaves."""
    (tmp_path / "new-young").mkdir()
    (tmp_path / "new-old").mkdir()
    os.utime(tmp_path / "new-old", (0, 0))
    first, second = JobFolder(tmp_path), JobFolder(tmp_path)
    assert (tmp_path / "new-young").exists()
    assert not (tmp_path / "new-old").exists()
    assert len(list(tmp_path.glob("server-*"))) == 2
    first.close()
    second.close()


def test_a_folder_that_was_cleaned_away_is_made_again(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "jobs")
    shutil.rmtree(tmp_path / "jobs")
    job = folder.create("a")
    assert stat.S_IMODE(job.parent.stat().st_mode) == 0o700
    JobFolder(tmp_path / "jobs").close()  # it is locked
    assert job.exists()
    folder.close()
    assert list((tmp_path / "jobs").iterdir()) == []
