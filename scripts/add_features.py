"""Makes the input of the heads of a .tflite an output named `features`, without exporting the model again.

`emoar export` writes files with this output; this adds it to files from before. Weights, operations and probabilities
stay the same, and so does the description at the end of the file. Usage:

    python scripts/add_features.py src/emoar/weights/*.tflite
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from emoar.models.metadata import FEATURES, read_info, with_info

ALIGNMENT = 64  # bytes


def main() -> None:
    """Changes the files in place, and their hashes in the manifest beside them, if there is one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    for path in parser.parse_args().files:
        info = read_info(path)
        content = with_features(path.read_bytes())
        path.write_bytes(with_info(content, info) if info else content)
        print(f"{path}: {path.stat().st_size} bytes")
        _enter(path)


def _enter(path: Path) -> None:
    """Changes size and hash of the file in the manifest beside it, if there is one."""
    manifest = path.with_name("manifest.json")
    if manifest.is_file():
        entries, content = json.loads(manifest.read_text("utf-8")), path.read_bytes()
        entries[path.stem] |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        manifest.write_text(json.dumps(entries, indent=1, sort_keys=True) + "\n", "utf-8")


def with_features(content: bytes) -> bytes:
    """The model with the tensor that all fully connected layers of its outputs read as a further output."""
    model: Any = schema.ModelT.InitFromPackedBuf(content, 0)
    (graph,), (signature,) = model.subgraphs, model.signatureDefs
    if FEATURES in [output.name.decode() for output in signature.outputs]:
        return content
    maker = {int(tensor): operation for operation in graph.operators for tensor in operation.outputs}
    inputs = {int(maker[_logits(maker, output)].inputs[0]) for output in graph.outputs}
    if len(inputs) != 1:
        raise SystemExit(f"the heads have {len(inputs)} different inputs")
    (features,) = inputs
    graph.outputs = [*map(int, graph.outputs), features]
    entry = schema.TensorMapT()
    entry.name, entry.tensorIndex = FEATURES, features
    signature.outputs.append(entry)
    return _packed(model, content)


def _packed(model: Any, content: bytes) -> bytes:
    """The bytes of a changed model, whose weights lie after its description at the same alignment as in `content`."""
    outside = [buffer for buffer in model.buffers if buffer.offset > 1]
    if not outside:
        return _description(model)
    start, end = min(each.offset for each in outside), max(each.offset + each.size for each in outside)
    moved = -(-(len(_description(model)) - start) // ALIGNMENT) * ALIGNMENT
    for buffer in outside:
        buffer.offset += moved
    return _description(model).ljust(start + moved, b"\0") + content[start:end]


def _description(model: Any) -> bytes:
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _logits(maker: dict[int, Any], output: int) -> int:
    """The input of the softmax that makes an output."""
    return int(maker[int(output)].inputs[0])


if __name__ == "__main__":
    main()
