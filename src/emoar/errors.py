"""The errors that EmoAR raises.

    EmoarError
    ├── InputError          the caller's value, file or option is not usable
    │   ├── MediaError      a picture or video cannot be read
    │   │   └── CameraError the camera is absent, busy or was unplugged
    │   └── DataError       a training or evaluation data set cannot be read
    ├── OutputError         the result cannot be written (folder, permission, full disk)
    ├── ModelError          a model file is missing, damaged or violates its contract
    │   ├── ModelMissing    not on this machine and no source answered
    │   └── ModelMismatch   present, with the wrong bytes, shapes or types
    ├── TrainingError       training cannot start or cannot continue
    ├── ServerError         a server cannot be reached, or refuses the request
    └── DependencyMissing   an optional extra is not installed

Each message is one line: the cause, and the remedy. `EmoarError.exit_code` is the exit status of the command line.
"""

from __future__ import annotations

__all__ = [
    "CameraError",
    "DataError",
    "DependencyMissing",
    "EmoarError",
    "InputError",
    "MediaError",
    "MediaWarning",
    "ModelError",
    "ModelMismatch",
    "ModelMissing",
    "OutputError",
    "ServerError",
    "TrainingError",
]


class EmoarError(Exception):
    """The base class of all errors of this package."""

    exit_code = 1


class InputError(EmoarError, ValueError):
    """The caller's value, file or option is not usable."""

    exit_code = 2


class MediaError(InputError):
    """A picture or video cannot be read."""

    exit_code = 3


class MediaWarning(UserWarning):
    """A picture could be read although its file is damaged."""


class CameraError(MediaError):
    """The camera is absent, busy or was unplugged."""


class DataError(InputError):
    """A training or evaluation data set cannot be read."""


class OutputError(EmoarError):
    """The result cannot be written."""

    exit_code = 4


class ModelError(EmoarError):
    """A model file is not usable."""

    exit_code = 5


class ModelMissing(ModelError):
    """A model file is not on this machine and no source answered."""


class ModelMismatch(ModelError):
    """A model file has the wrong bytes, shapes or types."""


class TrainingError(EmoarError):
    """Training cannot start or cannot continue."""

    exit_code = 6


class DependencyMissing(EmoarError):
    """An optional extra is not installed."""

    exit_code = 7


class ServerError(EmoarError):
    """A server cannot be reached, or refuses the request.

    Attributes:
        status: the HTTP status; None when there was no answer.
        limit: the setting of the server that was exceeded, such as `max_pixels`.
    """

    exit_code = 8

    def __init__(self, message: str, *, status: int | None = None, limit: str | None = None) -> None:
        super().__init__(message)
        self.status, self.limit = status, limit
