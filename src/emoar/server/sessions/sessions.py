"""All sessions of a server. Each has a folder, deleted some time after its end, at the latest when the server ends."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from typing import Final

from emoar.errors import OutputError
from emoar.server.http.problems import Problem
from emoar.server.http.shares import Shares
from emoar.server.jobs.job_folder import JobFolder
from emoar.server.jobs.jobs import storage_problem
from emoar.server.metrics import Metrics
from emoar.server.sessions.session import Session
from emoar.server.settings import Settings

__all__ = ["Sessions"]

_IN_USE: Final = "all sessions are in use: download and delete one, or try again later"


class Sessions:
    """Starts, finds and deletes sessions. Their files lie in the folder of the video jobs."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._sessions: dict[str, Session] = {}
        limit, share = settings.max_sessions, settings.sessions_per_address
        self._places = Shares(
            "max_sessions", limit, share, metrics, _IN_USE, kind="too-many-sessions", retry_after_s=60
        )
        self._folder: JobFolder | None = None
        self._reaper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Creates the folder; does nothing for `max_sessions` 0.

        Raises:
            OutputError: the folder cannot be written, or others may write it.
        """
        if self._settings.max_sessions:
            self._folder = JobFolder(self._settings.job_folder)
            self._reaper = asyncio.create_task(self._reap())

    async def close(self) -> None:
        """Deletes all sessions and their files."""
        if self._reaper is not None:
            self._reaper.cancel()
        for session in list(self._sessions.values()):
            await self.delete(session)
        if self._folder is not None:
            self._folder.close()

    def begin(self, key_id: str | None, names: tuple[str, ...], purpose: str) -> Session:
        """A new session, which waits for its live socket.

        Raises:
            Problem: there are too many, of all clients or of this one; the server records none, or cannot store one.
        """
        if self._folder is None:
            raise Problem(503, "no-sessions", "this server records no sessions (max_sessions is 0)", "max_sessions", 0)
        self._places.take(*names)
        name, settings = secrets.token_hex(16), self._settings
        try:
            folder = self._folder.create(name)
        except OutputError as exc:
            self._places.give_back(*names)
            raise storage_problem(exc.__cause__) from exc
        session = Session(name, folder, key_id, names, purpose, settings.max_session_bytes, settings.session_s)
        self._sessions[name] = session
        return session

    def find(self, name: str, key_id: str | None) -> Session:
        """The session with the id `name`, for the API key that started it.

        Raises:
            Problem: 404; there is no such session, it has been deleted, or another key started it.
        """
        session = self._sessions.get(name)
        if session is None or session.key_id != key_id:
            detail = "there is no such session: it was deleted, has expired, or never existed"
            raise Problem(404, "no-such-session", detail)
        return session

    def attach(self, name: str, key_id: str | None) -> Session:
        """The session that records a live socket which is about to open.

        Raises:
            Problem: as for `find`; it has a socket or had one; the server cannot store it.
        """
        session = self.find(name, key_id)
        try:
            session.begin(self._settings.model)
        except OutputError as exc:
            raise storage_problem(exc.__cause__) from exc
        return session

    async def delete(self, session: Session) -> None:
        """Stops a session and deletes its file."""
        if self._sessions.pop(session.id, None) is None:
            return
        session.stop()
        self._places.give_back(*session.names)
        await asyncio.to_thread(shutil.rmtree, session.folder, ignore_errors=True)

    def deleted_at(self, session: Session) -> float | None:
        """The Unix time in seconds at which the session is deleted; None while it records."""
        return None if session.state == "recording" else time.time() + self._left_s(session)

    def _left_s(self, session: Session) -> float:
        return session.touched_s + self._settings.job_ttl_s - time.monotonic()

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(min(self._settings.job_ttl_s / 4, 30))
            await self._delete_expired()

    async def _delete_expired(self) -> None:
        for session in list(self._sessions.values()):
            if session.state != "recording" and self._left_s(session) <= 0:
                await self.delete(session)
