"""Items of a source that cannot be read: the error names them; they are skipped only on request."""

from __future__ import annotations

from typing import Final

from emoar.errors import DataError

__all__ = ["BadItems", "printable"]

LISTED: Final = 50  # items in one error line; `emoar data info --skip-bad` lists all


class BadItems:
    """Collects the unreadable rows or images of one source."""

    def __init__(self, source: str, things: str, *, skip: bool) -> None:
        self._source, self._things, self._skip = source, things, skip
        self._lines: list[str] = []

    def add(self, reason: str) -> None:
        """Adds one item, as a line such as `happy/2.png is empty`."""
        self._lines.append(printable(" ".join(reason.split())))

    def raise_or_skip(self, total: int) -> tuple[str, ...]:
        """Returns the lines of the skipped items; `total` is the number of items of the source.

        Raises:
            DataError: there are bad items and skipping is off, or all items are bad.
        """
        bad = len(self._lines)
        if not bad or (self._skip and bad < total):
            return tuple(self._lines)
        more = f"; and {bad - LISTED} more" if bad > LISTED else ""
        cure = "give other data" if self._skip else "repair or remove them, or leave them out with --skip-bad"
        raise DataError(
            f"{self._source}: {bad} of {total} {self._things} cannot be used: "
            f"{'; '.join(self._lines[:LISTED])}{more}: {cure}"
        )


def printable(text: str) -> str:
    """The text with undecodable bytes (file names of other encodings) replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
