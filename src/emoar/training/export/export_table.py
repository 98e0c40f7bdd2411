"""The table of an export: for the terminal, as Markdown for a model card, and as JSON."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from emoar.bench.stages import describe_machine
from emoar.files import atomic_write
from emoar.models.metadata import info_to_dict
from emoar.training.export.export import Exported, Exports

__all__ = ["headings", "markdown", "rows", "to_dict", "write_card"]


def headings(exports: Exports) -> tuple[str, ...]:
    """The headings of the columns of `rows`."""
    same = (f"same {name} label" for name in exports.info.heads)
    return ("format", "file", "MB", "largest difference", *same, "ms, 1 thread", "verdict")


def rows(exports: Exports) -> list[tuple[str, ...]]:
    """The rows of the table as text: the PyTorch network, then each format."""
    dashes = ("-",) * (1 + len(exports.info.heads))
    first = ("PyTorch", "", _megabytes(exports.network_bytes), *dashes, f"{exports.network_ms:.2f}", "the reference")
    return [first, *(_row(file, list(exports.info.heads)) for file in exports.files)]


def markdown(exports: Exports) -> str:
    """The table with inputs, outputs and method, as a Markdown section for a model card."""
    info = exports.info
    first, *other = info.input.shapes
    shapes = f"{first} in .tflite, {other[0]} in .onnx and Core ML" if other else str(first)
    outputs = [
        f"- output `{name}`: {', '.join(labels)} (temperature {exports.temperatures[name]:.3f} inside)"
        for name, labels in info.heads.items()
    ]
    machine = describe_machine()
    title = headings(exports)
    table = [title, tuple("---" for _ in title), *rows(exports)]
    return "\n".join(
        (
            f"## Exports of {info.name}",
            "",
            f"- input `{info.input.tensor_name}`: {info.input.describe()}, {shapes}",
            *outputs,
            *([f"- privacy: {info.privacy.describe()}"] if info.privacy else []),
            "",
            f"Compared with the network in PyTorch on {exports.faces} real faces, one after the other: the largest "
            "difference of any probability, how often the most probable label is the same, and the median time of a "
            f"face on one thread ({machine['processor']}, load {machine['load']}, Python {platform.python_version()}).",
            "",
            *(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in table),
            "",
        )
    )


def to_dict(exports: Exports) -> dict[str, Any]:
    """The results of an export as values for JSON."""
    return {
        "model": info_to_dict(exports.info),
        "temperatures": {name: round(t, 5) for name, t in exports.temperatures.items()},
        "faces": exports.faces,
        "machine": describe_machine(),
        "network": {"latency_ms": round(exports.network_ms, 4), "bytes": exports.network_bytes},
        "files": [_file(file) for file in exports.files],
    }


def write_card(exports: Exports, folder: Path) -> tuple[Path, Path]:
    """Writes `NAME-export.md` and `NAME-export.json` into `folder` and returns their paths.

    Raises:
        OutputError: the files cannot be written.
    """
    card = folder / f"{exports.info.name}-export.md"
    data = card.with_suffix(".json")
    atomic_write(card, markdown(exports).encode())
    atomic_write(data, (json.dumps(to_dict(exports), indent=2, ensure_ascii=False) + "\n").encode())
    return card, data


def _row(file: Exported, heads: Sequence[str]) -> tuple[str, ...]:
    size = _megabytes(file.size_bytes) if file.file else "-"
    verdict = file.problem or file.note or "agrees"
    if file.comparison is None:
        return (file.format, file.file or "-", size, "-", *("-" for _ in heads), "-", verdict)
    agreement = (f"{file.comparison.agreement[name]:.1%}" for name in heads)
    return (
        file.format,
        file.file,
        size,
        f"{file.comparison.difference:.2g}",
        *agreement,
        f"{file.latency_ms:.2f}",
        verdict,
    )


def _file(file: Exported) -> dict[str, Any]:
    compared = file.comparison
    return {
        "format": file.format,
        "file": file.file or None,
        "bytes": file.size_bytes if file.file else None,
        "largest_difference": compared.difference if compared else None,
        "agreement": {name: round(share, 5) for name, share in compared.agreement.items()} if compared else None,
        "latency_ms": round(file.latency_ms, 4) if file.latency_ms is not None else None,
        "good": file.good,
        "problem": file.problem or None,
        "note": file.note or None,
    }


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.2f}"
