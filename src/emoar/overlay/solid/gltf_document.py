"""The JSON part of a binary glTF 2.0 file, as far as content packs use it, and its arrays of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from emoar.errors import InputError

__all__ = ["Accessor", "Document", "Material", "Node", "Primitive", "read_glb"]

MAGIC: Final = b"glTF"
JSON_CHUNK: Final = b"JSON"
BINARY_CHUNK: Final = b"BIN\0"
EXTENSIONS: Final = frozenset({"KHR_mesh_quantization"})  # those that a file may require
LARGEST_BYTES: Final = 50_000_000
TYPES: Final[Mapping[int, Any]] = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
WIDTHS: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}

_Index = Annotated[int, Meta(ge=0)]
_Three = tuple[float, float, float]
_Four = tuple[float, float, float, float]


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    """A glTF object: keys are in camel case, unknown ones are left out."""


class Node(_Part, frozen=True):
    """A node of the scene; it is moved by `matrix`, or by the three others."""

    mesh: _Index | None = None
    children: tuple[_Index, ...] = ()
    translation: _Three = (0.0, 0.0, 0.0)
    rotation: _Four = (0.0, 0.0, 0.0, 1.0)  # a quaternion, x y z w
    scale: _Three = (1.0, 1.0, 1.0)
    matrix: Annotated[tuple[float, ...], Meta(min_length=16, max_length=16)] | None = None  # column-major
    extras: Any = None


class Primitive(_Part, frozen=True):
    """Triangles of one material."""

    attributes: dict[str, _Index]
    indices: _Index | None = None
    material: _Index | None = None
    mode: int = 4


class _Mesh(_Part, frozen=True):
    primitives: tuple[Primitive, ...]


class _Colours(_Part, frozen=True):
    base_color_factor: _Four = (1.0, 1.0, 1.0, 1.0)


class Material(_Part, frozen=True):
    """Colours are linear."""

    pbr_metallic_roughness: _Colours = _Colours()
    emissive_factor: _Three = (0.0, 0.0, 0.0)
    alpha_mode: str = "OPAQUE"
    double_sided: bool = False


class Accessor(_Part, frozen=True):
    """An array of numbers in the file."""

    component_type: int
    count: Annotated[int, Meta(ge=1, le=1_000_000)]
    type: str
    buffer_view: _Index | None = None
    byte_offset: _Index = 0
    normalized: bool = False


class _View(_Part, frozen=True):
    byte_length: _Index
    byte_offset: _Index = 0
    byte_stride: Annotated[int, Meta(ge=1, le=252)] | None = None


class _Scene(_Part, frozen=True):
    nodes: tuple[_Index, ...] = ()


class Document(_Part, frozen=True):
    """The whole file; `binary` is its second chunk."""

    nodes: tuple[Node, ...] = ()
    meshes: tuple[_Mesh, ...] = ()
    materials: tuple[Material, ...] = ()
    accessors: tuple[Accessor, ...] = ()
    buffer_views: tuple[_View, ...] = ()
    scenes: tuple[_Scene, ...] = ()
    scene: _Index = 0
    extensions_required: tuple[str, ...] = ()
    binary: bytes = b""

    def array(self, index: int) -> NDArray[Any]:
        """(N,) or (N, k) numbers of an accessor; normalised integers as float32 of -1..1 or 0..1.

        Raises:
            InputError: it is sparse, or lies outside the file.
        """
        accessor = self.accessors[index]
        if accessor.buffer_view is None:
            raise InputError("has a sparse accessor; export it without")
        view = self.buffer_views[accessor.buffer_view]
        kind, width = np.dtype(TYPES[accessor.component_type]), WIDTHS[accessor.type]
        stride = view.byte_stride or kind.itemsize * width
        start = view.byte_offset + accessor.byte_offset
        if start + stride * (accessor.count - 1) + kind.itemsize * width > len(self.binary):
            raise InputError("ends too early; export it again")
        shape = (accessor.count, width)
        found = np.ndarray(shape, kind, self.binary, start, (stride, kind.itemsize))
        values = found.astype(np.float32) / np.float32(np.iinfo(kind).max) if accessor.normalized else found.copy()
        return values[:, 0] if width == 1 else values


def read_glb(data: bytes, where: str) -> Document:
    """Reads the content of a binary glTF file; `where` is its name, for the message.

    Raises:
        InputError: it is not binary glTF 2.0, is too large, or needs an extension that is not drawn.
    """
    if len(data) > LARGEST_BYTES:
        raise InputError(f"{where}: has {len(data)} bytes; at most {LARGEST_BYTES} are read")
    chunks = _chunks(data)
    if data[:4] != MAGIC or int.from_bytes(data[4:8], "little") != 2 or JSON_CHUNK not in chunks:
        raise InputError(f"{where}: is not binary glTF 2.0; export it as .glb")
    try:
        document = msgspec.json.decode(chunks[JSON_CHUNK], type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{where}: is not glTF that can be read: {error}") from error
    missing = sorted(set(document.extensions_required) - EXTENSIONS)
    if missing:
        raise InputError(f"{where}: needs {', '.join(missing)}, which is not drawn; export it without")
    return msgspec.structs.replace(document, binary=chunks.get(BINARY_CHUNK, b""))


def _chunks(data: bytes) -> dict[bytes, bytes]:
    """The first chunk of each kind."""
    found: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "little")
        found.setdefault(data[at + 4 : at + 8], data[at + 8 : at + 8 + length])
        at += 8 + length
    return found
