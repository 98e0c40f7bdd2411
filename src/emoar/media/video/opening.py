"""Opens files, pipes and addresses with FFmpeg, always with the demuxer that their first bytes name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from emoar.errors import MediaError
from emoar.media.addresses import TIMEOUT_S, Address, network_options, with_demuxer
from emoar.media.containers import ACCEPTED, HEAD_BYTES, LOCAL_OPTIONS, container_of, needs_seeking

if TYPE_CHECKING:
    from av.container import InputContainer

    from emoar.media.peeked import PeekedPipe

__all__ = ["open_container", "origin_s", "reason_of"]


def open_container(source: Path | Address | PeekedPipe) -> InputContainer:
    """Opens a source with PyAV.

    Raises:
        MediaError: it is missing, empty, or not a video that can be read; an address does not answer.
    """
    import av.error

    name = source.shown if isinstance(source, Address) else source if isinstance(source, Path) else source.path
    try:
        return _opened(source)
    except MediaError:
        raise
    except av.error.ExitError as exc:
        raise MediaError(f"cannot read {name}: no answer for {TIMEOUT_S:g} s") from exc
    except av.error.InvalidDataError as exc:
        raise MediaError(f"{name} is not a video that can be read: no video, damaged, or cut short") from exc
    except OSError as exc:  # PyAV's file errors are subclasses of it
        raise MediaError(f"cannot read {name}: {exc.strerror or exc}") from exc
    except (av.error.FFmpegError, ValueError, RuntimeError) as exc:
        raise MediaError(f"{name} is not a video that can be read: {reason_of(exc)}") from exc


def origin_s(container: InputContainer) -> float:
    """Start time of the file on its own clock, in seconds, for sound and pictures; broadcasts do not start at 0."""
    import av

    start: Any = container.start_time  # None for some containers, whatever the type stub states
    return float(start) / av.time_base if start else 0.0


def reason_of(error: BaseException) -> str:
    """The words of an error of PyAV, in one line."""
    return str(getattr(error, "strerror", None) or error or type(error).__name__).splitlines()[0]


def _opened(source: Path | Address | PeekedPipe) -> InputContainer:

    if isinstance(source, Address):
        address = source if source.demuxer else with_demuxer(source)
        options = network_options(address)
        return _open(address.url, address.demuxer, options, timeout=TIMEOUT_S)
    if not isinstance(source, Path):
        demuxer = _demuxer(source.head, source.path)
        return _open(source.to_file() if needs_seeking(source.head) else source, demuxer, {})
    with source.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise MediaError(f"{source} is empty (0 bytes)")
    # "file:" keeps FFmpeg from taking a name such as "concat:a" for an address.
    return _open(f"file:{source}", _demuxer(head, source), LOCAL_OPTIONS)


def _open(file: Any, demuxer: str | None, options: dict[str, str], **more: Any) -> InputContainer:
    import av

    container: Any = av.open(file, "r", format=demuxer, options=options, metadata_errors="replace", **more)
    return container


def _demuxer(head: bytes, path: Path) -> str:
    demuxer = container_of(head)
    if demuxer is None:
        raise MediaError(f"{path} is not a video that can be read: give {ACCEPTED}")
    return demuxer
