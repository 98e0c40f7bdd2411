"""The kinds of input of an expression model: an aligned crop of a face, or the landmarks of its mesh.

Each kind defines the shape of its tensor, how the values of a face are computed, and their layout. A third kind is one
class here and one line in `input_of`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError, ModelMismatch
from emoar.types import LANDMARK_COUNT

__all__ = ["CropInput", "InputValues", "LandmarkInput", "Layout", "ModelInput", "input_of"]

LARGEST_SIDE_PX: Final = 1024
_SMALLEST_SIDE_PX: Final = 8
_EXAMPLE_GREY: Final = 127

InputValues = NDArray[np.uint8 | np.float32]  # of one face or of several: uint8 crops, float32 landmarks
Layout = Literal["channels_last", "channels_first"]  # of crops; landmarks have one layout
Shape = tuple[int, ...]


class ModelInput(ABC):
    """One kind of model input; instances can be compared and hashed.

    Attributes:
        kind: its name in a model's description.
        tensor_name: of the input tensor in .onnx and Core ML files.
        subject: the object whose expression the model recognises, in words.
        dtype: of one face's values before they become a float32 tensor.
    """

    kind: ClassVar[str]
    tensor_name: ClassVar[str]
    subject: ClassVar[str]
    dtype: ClassVar[type[np.generic]]

    @property
    @abstractmethod
    def face_shape(self) -> Shape:
        """The shape of one face's values, which `prepare` returns."""

    @abstractmethod
    def shape(self, layout: Layout) -> Shape:
        """The shape of the tensor of one face, the batch axis included."""

    @abstractmethod
    def prepare(self, crop: NDArray[np.uint8], landmarks_px: NDArray[np.float32] | None = None) -> InputValues:
        """The values of one face.

        Args:
            crop: the aligned crop, (S, S) grey or (S, S, 3) RGB, of any size.
            landmarks_px: (468, 3) of the same face in pixels, of the picture or of the crop.

        Raises:
            InputError: landmarks are needed and not given.
        """

    @abstractmethod
    def arrange(self, faces: InputValues, layout: Layout) -> InputValues:
        """The values of N faces, (N, *face_shape), with the axes of the tensor; a view, without a copy."""

    @abstractmethod
    def mirror(self, face: InputValues) -> InputValues | None:
        """The values of the mirrored face; None where mirroring is no augmentation for this kind."""

    @abstractmethod
    def example(self) -> InputValues:
        """The values of one synthetic face, always the same: for tracing, timing and counting operations."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """The fields of a model's description; `input_of` reads them."""

    @abstractmethod
    def describe(self) -> str:
        """The content of the tensor in words, for users who run the model themselves."""

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of the tensor in all layouts, channels last first."""
        return tuple(dict.fromkeys((self.shape("channels_last"), self.shape("channels_first"))))

    def layout_of(self, shape: Shape) -> Layout | None:
        """The layout of a tensor of that shape, whose batch axis may have any length; None where no layout fits."""
        if shape[1:] == self.shape("channels_last")[1:]:
            return "channels_last"
        return "channels_first" if shape[1:] == self.shape("channels_first")[1:] else None

    def to_batch(self, faces: InputValues, layout: Layout = "channels_first") -> NDArray[np.float32]:
        """The float32 tensor of (N, *face_shape) values, contiguous."""
        return np.ascontiguousarray(self.arrange(faces, layout), np.float32)

    def sample(self, layout: Layout = "channels_first") -> NDArray[np.float32]:
        """The tensor of the example face: a batch of one."""
        return self.to_batch(self.example()[None], layout)

    def check(self, face: NDArray[Any], model: str) -> None:
        """Compares the values of one face with the contract; `model` is named in the error.

        Raises:
            InputError: another shape or type.
        """
        if face.shape != self.face_shape or face.dtype != self.dtype:
            wanted = f"{self.face_shape} {np.dtype(self.dtype).name}"
            raise InputError(f"face must be {wanted} for {model}, got {face.shape} {face.dtype}")


@dataclass(frozen=True)
class CropInput(ModelInput):
    """The aligned crop: (S, S) uint8 grey, or (S, S, 3) uint8 RGB.

    Raises:
        ModelMismatch: a value is out of range.
    """

    size_px: int = 48  # height and width
    channels: int = 1  # 1 grey, 3 RGB

    kind: ClassVar[str] = "crop"
    tensor_name: ClassVar[str] = "face"
    subject: ClassVar[str] = "an aligned face"
    dtype: ClassVar[type[np.generic]] = np.uint8

    def __post_init__(self) -> None:
        if not _SMALLEST_SIDE_PX <= self.size_px <= LARGEST_SIDE_PX:
            raise ModelMismatch(f"size_px must be within {_SMALLEST_SIDE_PX}..{LARGEST_SIDE_PX}, got {self.size_px}")
        if self.channels not in (1, 3):
            raise ModelMismatch(f"channels must be 1 (grey) or 3 (RGB), got {self.channels}")

    @property
    def face_shape(self) -> Shape:
        """(S, S) for grey, (S, S, 3) for RGB."""
        return (self.size_px, self.size_px) if self.channels == 1 else (self.size_px, self.size_px, 3)

    def shape(self, layout: Layout) -> Shape:
        """(1, S, S, C) for channels last, (1, C, S, S) for channels first."""
        side, channels = self.size_px, self.channels
        return (1, side, side, channels) if layout == "channels_last" else (1, channels, side, side)

    def prepare(self, crop: NDArray[np.uint8], landmarks_px: NDArray[np.float32] | None = None) -> NDArray[np.uint8]:
        """The crop in this size and colour; a crop that fits is returned unchanged."""
        if crop.ndim == 3 and self.channels == 1:
            crop = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
        if crop.shape[0] != self.size_px:
            how = cv2.INTER_AREA if self.size_px < crop.shape[0] else cv2.INTER_LINEAR
            crop = cv2.resize(crop, (self.size_px, self.size_px), interpolation=how).astype(np.uint8, copy=False)
        if crop.ndim == 2 and self.channels == 3:
            crop = cv2.cvtColor(crop, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)
        return crop

    def arrange(self, faces: InputValues, layout: Layout) -> InputValues:
        """(N, *face_shape) -> (N, S, S, C) or (N, C, S, S); a view, without a copy."""
        if self.channels == 1:
            return faces[..., None] if layout == "channels_last" else faces[:, None]
        return faces if layout == "channels_last" else faces.transpose(0, 3, 1, 2)

    def mirror(self, face: InputValues) -> InputValues:
        """The crop with left and right exchanged; a view."""
        return face[:, ::-1]

    def example(self) -> NDArray[np.uint8]:
        """A grey crop without a face."""
        return np.full(self.face_shape, _EXAMPLE_GREY, np.uint8)

    def to_dict(self) -> dict[str, Any]:
        """`kind`, `size_px` and `channels`."""
        return {"kind": self.kind, "size_px": self.size_px, "channels": self.channels}

    def describe(self) -> str:
        """The colour and the range of the values in words."""
        return f"the aligned {'grey' if self.channels == 1 else 'RGB'} crop, float32 0..255"


@dataclass(frozen=True)
class LandmarkInput(ModelInput):
    """The (468, 3) float32 landmarks of the face mesh in pixels."""

    kind: ClassVar[str] = "mesh"
    tensor_name: ClassVar[str] = "landmarks"
    subject: ClassVar[str] = f"{LANDMARK_COUNT} landmarks"
    dtype: ClassVar[type[np.generic]] = np.float32

    @property
    def face_shape(self) -> Shape:
        """(468, 3)."""
        return (LANDMARK_COUNT, 3)

    def shape(self, layout: Layout) -> Shape:
        """(1, 468, 3) in either layout."""
        return (1, LANDMARK_COUNT, 3)

    def prepare(self, crop: NDArray[np.uint8], landmarks_px: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """The landmarks unchanged; the crop is not used.

        Raises:
            InputError: there are no landmarks.
        """
        if landmarks_px is None:
            raise InputError(f"landmarks_px must be {self.face_shape} float32, got none: the model takes no crop")
        return landmarks_px

    def arrange(self, faces: InputValues, layout: Layout) -> InputValues:
        """(N, 468, 3), unchanged in either layout."""
        return faces

    def mirror(self, face: InputValues) -> None:
        return None

    def example(self) -> NDArray[np.float32]:
        """(468, 3) landmarks, all different."""
        # a network that divides by the size of the face must not divide by zero
        return np.linspace(1, 200, LANDMARK_COUNT * 3, dtype=np.float32).reshape(3, LANDMARK_COUNT).T.copy()

    def to_dict(self) -> dict[str, Any]:
        """`kind`, and the size and channels of the default crop."""
        return {**CropInput().to_dict(), "kind": self.kind}  # format 1 gives every kind a size and a colour

    def describe(self) -> str:
        """The number and the unit of the landmarks in words."""
        return f"the {LANDMARK_COUNT} raw landmarks in pixels, float32"


def input_of(kind: str, size_px: int = 48, channels: int = 1) -> ModelInput:
    """The input that a model's description names; landmarks have neither size nor colour.

    Raises:
        ModelMismatch: there is no such kind, or a value is out of range.
    """
    if kind == CropInput.kind:
        return CropInput(size_px, channels)
    if kind == LandmarkInput.kind:
        return LandmarkInput()
    raise ModelMismatch(f"kind must be {CropInput.kind} or {LandmarkInput.kind}, got {kind!r}")
