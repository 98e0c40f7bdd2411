"""The settings that limit what clients may do, and the limits that follow from them."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_dir
from pydantic import BaseModel, ConfigDict

from emoar.server.setting_types import Bytes, Count, CountOrZero, HomePath, Rate, Seconds

__all__ = ["LimitSettings"]


class LimitSettings(BaseModel):
    """The limits of the server, frozen. A limit "per address" also holds for each API key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public: bool = False  # listen beyond this machine: needs keys and TLS

    # requests and live sockets
    max_upload_bytes: Bytes = 10_000_000  # of a request with pictures
    max_pixels: Count = 40_000_000  # of a picture
    max_faces: Count = 20  # of a picture
    max_pictures: Count = 16  # of a request
    max_requests: Count = 32  # pictures at the workers or waiting for them
    max_requests_per_address: CountOrZero = 0  # and of a key; 0: half of max_requests when public, else all
    max_queued_megapixels: Count = 400  # of these pictures together; one picture always has room
    max_connections: Count = 512
    max_connections_per_address: CountOrZero = 0  # 0: half of max_connections when public, else all
    max_uploads: Count = 64  # requests whose body is being received
    max_uploads_per_address: CountOrZero = 0  # and of a key; 0: half of max_uploads when public, else all
    max_sockets: CountOrZero = 16  # live sockets at a time
    max_sockets_per_address: CountOrZero = 0  # and of a key; 0: half of max_sockets when public, else all
    max_event_sockets: CountOrZero = 64  # of subscribers and publishers of events at a time
    max_event_sockets_per_address: CountOrZero = 0  # and of a key; 0: half of max_event_sockets when public, else all
    max_frames_per_s: Rate = -1.0  # live, of a key, and of an address; 0: no limit, -1: 120 when public, else no limit
    request_s: Seconds = 10.0  # for a response, once the request is received
    picture_s: Seconds = 8.0  # of request_s, at a worker; a worker that takes longer is replaced
    upload_s: Seconds = 10.0  # for receiving a body of pictures
    idle_s: Seconds = 30.0  # a connection or live socket without traffic
    stall_s: Seconds = 5.0  # a client that stops reading its response or sending its request
    drain_s: Seconds = 20.0  # for open requests when the server stops
    rate_per_s: Rate = -1.0  # requests of a key, and of an address; 0: no limit, -1: 20 when public, else no limit
    rate_burst: Count = 40  # requests at once before the rate applies
    megapixels_per_s: Rate = -1.0  # of pictures, as rate_per_s: what large ones cost
    # video jobs
    max_video_bytes: Bytes = 200_000_000
    max_jobs: CountOrZero = 8  # being received, waiting or running
    max_jobs_per_address: CountOrZero = 0  # and of a key; 0: half of max_jobs when public, else all
    max_running_jobs: Count = 1
    max_kept_jobs: Count = 16  # finished; above it, the client with the most of them loses its oldest
    max_result_bytes: Bytes = 1_000_000_000  # of each file that a job writes
    job_s: Seconds = 3600.0  # a job that runs longer is cancelled
    job_ttl_s: Seconds = 3600.0  # from the end of a job or session until its files are deleted
    job_folder: HomePath = Path(user_cache_dir("emoar")) / "jobs"  # each server creates its own folder in it

    # sessions, in the folder of the jobs
    max_sessions: CountOrZero = 16  # waiting, recording or not yet deleted
    max_sessions_per_address: CountOrZero = 0  # and of a key; 0: half of max_sessions when public, else all
    max_session_bytes: Bytes = 100_000_000  # nearly three hours of two faces
    session_s: Seconds = 14400.0  # a session that lasts longer is stopped

    # updates of browsers that take part in federated learning
    max_update_bytes: Bytes = 200_000
    max_updates_per_address: CountOrZero = 0  # and of a key, in a round; 0: 3 when public, else no limit

    @property
    def requests_per_s(self) -> float:
        """The effective rate limit in requests per second; 0: no limit."""
        return self.rate_per_s if self.rate_per_s >= 0 else (20.0 if self.public else 0.0)

    @property
    def megapixel_rate(self) -> float:
        """The effective limit on the megapixels per second of one address or key; 0: no limit."""
        return self.megapixels_per_s if self.megapixels_per_s >= 0 else (20.0 if self.public else 0.0)

    @property
    def megapixel_burst(self) -> int:
        """Megapixels of a client at once before its rate applies: some of the largest pictures."""
        return max(4, 4 * self.max_pixels // 1_000_000)

    @property
    def frames_per_s(self) -> float:
        """The effective limit on processed live frames per second; 0: no limit."""
        return self.max_frames_per_s if self.max_frames_per_s >= 0 else (120.0 if self.public else 0.0)

    @property
    def requests_per_address(self) -> int:
        """The effective limit on the pictures of one address or key at the workers or waiting for them."""
        return self.max_requests_per_address or self._share(self.max_requests)

    @property
    def jobs_per_address(self) -> int:
        """The effective limit on the unfinished video jobs of one address or key."""
        return self.max_jobs_per_address or self._share(self.max_jobs)

    @property
    def updates_per_address(self) -> int:
        """The effective limit on the federated updates of one address or key in a round; 0: no limit."""
        return self.max_updates_per_address or (3 if self.public else 0)

    @property
    def sessions_per_address(self) -> int:
        """The effective limit on the sessions of one address or key."""
        return self.max_sessions_per_address or self._share(self.max_sessions)

    @property
    def uploads_per_address(self) -> int:
        """The effective limit on the bodies that one address or key may send at the same time."""
        return self.max_uploads_per_address or self._share(self.max_uploads)

    @property
    def connections_per_address(self) -> int:
        """The effective limit on the open connections of one address."""
        return self.max_connections_per_address or self._share(self.max_connections)

    @property
    def sockets_per_address(self) -> int:
        """The effective limit on the live sockets of one address or key."""
        return self.max_sockets_per_address or self._share(self.max_sockets)

    @property
    def event_sockets_per_address(self) -> int:
        """The effective limit on the sockets of events of one address or key."""
        return self.max_event_sockets_per_address or self._share(self.max_event_sockets)

    @property
    def worker_s(self) -> float:
        """The effective limit on the seconds of one picture at a worker."""
        return min(self.picture_s, self.request_s)

    def _share(self, limit: int) -> int:
        return (limit + 1) // 2 if self.public else limit
