"""Reads multipart/form-data (RFC 7578) as its bytes arrive: python-multipart's parser with the server's limits."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from emoar.server.http.problems import Problem

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

__all__ = ["FormParser", "Part"]

_MAX_PARTS: Final = 64
_MAX_HEADERS: Final = 16  # of a part
_MAX_HEADER_BYTES: Final = 4096
_EXTENDED_NAME: Final = re.compile(rb";\s*filename\*\s*=\s*[\w-]+'[^']*'([^;\s]*)", re.IGNORECASE)  # RFC 8187
# The parser logs warnings that quote malformed input. The server's log must not contain it.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())


@dataclass(eq=False)
class Part:
    """One field of a form."""

    name: str = ""
    file_name: str | None = None  # None: a plain field


class _Collector:
    """The parser's callbacks and their results, without a reference to the parser: a cycle would delay freeing them."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.new: list[tuple[Part, bytes]] = []
        self.ended = False
        self._part: Part | None = None
        self._header_name = self._header_value = b""

    def begin_part(self) -> None:
        if len(self.parts) == _MAX_PARTS:
            raise _bad(f"it has more than {_MAX_PARTS} parts")
        self._part = None

    def add_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def add_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            _, options = parse_options_header(self._header_value)
            file_name, extended = options.get(b"filename"), _EXTENDED_NAME.search(self._header_value)
            if file_name is None and extended is not None:  # older clients write names so that are not ASCII
                file_name = unquote_to_bytes(extended[1])
            self._part = Part(_text(options.get(b"name", b"")), None if file_name is None else _text(file_name))
        self._header_name = self._header_value = b""

    def end_headers(self) -> None:
        if self._part is None:
            raise _bad("a part has no Content-Disposition")
        self.parts.append(self._part)

    def add_data(self, data: bytes, start: int, end: int) -> None:
        self.new.append((self.parts[-1], data[start:end]))

    def end(self) -> None:
        self.ended = True


class FormParser:
    """Splits a form into its parts, chunk by chunk.

    Raises:
        Problem: the Content-Type has no boundary, or one that is too long.
    """

    def __init__(self, content_type: str) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        if not boundary or not content_type.isascii():
            raise Problem(400, "bad-multipart", "multipart/form-data must name its boundary in the Content-Type")
        self._collector = collector = _Collector()
        callbacks: MultipartCallbacks = {
            "on_part_begin": collector.begin_part,
            "on_header_field": collector.add_header_name,
            "on_header_value": collector.add_header_value,
            "on_header_end": collector.end_header,
            "on_headers_finished": collector.end_headers,
            "on_part_data": collector.add_data,
            "on_end": collector.end,
        }
        limits = {"max_header_count": _MAX_HEADERS, "max_header_size": _MAX_HEADER_BYTES}
        try:
            self._parser = MultipartParser(boundary, callbacks, **limits)
        except FormParserError as exc:
            raise _bad("its boundary is too long") from exc

    @property
    def parts(self) -> list[Part]:
        """The parts that have begun."""
        return self._collector.parts

    def feed(self, chunk: bytes) -> list[tuple[Part, bytes]]:
        """The content of parts in a chunk of the body, in order; one part may arrive in several pieces.

        Raises:
            Problem: the form is malformed or exceeds a limit.
        """
        try:
            self._parser.write(chunk)
        except FormParserError as exc:
            raise _bad("a boundary or a header of a part is malformed or too long") from exc
        new, self._collector.new = self._collector.new, []
        return new

    def close(self) -> None:
        """Checks at the end of the body that the form is complete.

        Raises:
            Problem: the form is cut short.
        """
        if not self._collector.ended:
            raise _bad("it is cut short")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _bad(reason: str) -> Problem:
    return Problem(400, "bad-multipart", f"this is no valid multipart/form-data: {reason}")
