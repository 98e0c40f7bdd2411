"""The manifest: one row for each video, always made anew from the parts."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any, Final

from emoar.archive.part import PartInfo
from emoar.archive.results import ResultsFolder
from emoar.files import PartialFile, output_errors
from emoar.media.parquet_sink import load_pyarrow

__all__ = ["write_manifest"]

_COLUMNS: Final = {  # fields of `PartInfo`, and the place of the part below the folder
    "source": "text",
    "state": "text",
    "error": "text",
    "part": "text",
    "video_s": "real",
    "width_px": "count",
    "height_px": "count",
    "frames": "count",
    "frames_with_face": "count",
    "faces": "count",
    "labels": "text",  # JSON: usable rows by label
    "seconds": "real",
    "finished": "text",
    "host": "text",
    "path": "text",
    "size_bytes": "count",
    "content_sha256": "text",
    "model_sha256": "text",
    "options_sha256": "text",
    "version": "text",
}


def write_manifest(results: ResultsFolder, infos: Sequence[PartInfo]) -> None:
    """Writes `manifest.parquet`; an older one stays until the new one is whole.

    Raises:
        OutputError: it cannot be written.
    """
    arrow, parquet = load_pyarrow()
    table = arrow.Table.from_pylist([_row(results, info) for info in infos], _schema(arrow))
    file = PartialFile(results.manifest)
    try:
        with output_errors(file.path):
            parquet.write_table(table, file.temporary)
            with file.temporary.open("rb+") as written:
                os.fsync(written.fileno())
    except BaseException:
        file.discard()
        raise
    file.commit()


def _row(results: ResultsFolder, info: PartInfo) -> dict[str, Any]:
    own = {
        "part": results.part_of(info.source).relative_to(results.root).as_posix(),
        "labels": json.dumps(info.labels),
        "size_bytes": None if info.size_bytes < 0 else info.size_bytes,
    }
    return {name: own.get(name, getattr(info, name, None)) for name in _COLUMNS}


def _schema(arrow: Any) -> Any:
    kinds = {"text": arrow.string(), "count": arrow.int64(), "real": arrow.float64()}
    return arrow.schema([(name, kinds[kind]) for name, kind in _COLUMNS.items()])
