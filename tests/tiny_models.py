"""Very small expression models whose answers can be worked out by hand: what the real ones cannot show exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from emoar.models.inputs import CropInput
from emoar.models.metadata import ModelInfo, with_info

SHARPNESS = 20.0  # grey levels (or pixels) to one logit


def write_tiny(path: Path, info: ModelInfo, *, channels_first: bool = False, described: bool = True) -> Path:
    """Writes a .tflite with one label set of two or three labels.

    A grey crop model compares the left with the right half; an RGB one the means of its channels; a mesh one how far
    the nose tip (1) is right of and below the first landmark. The logits are that over `SHARPNESS`.
    """
    torch = pytest.importorskip("torch", reason="making models needs torch: pip install 'emoar[train]'")
    pytest.importorskip("litert_torch", reason="making models needs litert-torch: pip install 'emoar[train]'")
    from emoar.training.export.tflite import quiet

    (head,) = info.heads
    takes, count = info.input, len(info.heads[head])

    class Tiny(torch.nn.Module):
        def forward(self, x):  # type: ignore[no-untyped-def]
            if not isinstance(takes, CropInput):
                logits = x[:, 1, :count] - x[:, 0, :count]
            elif takes.channels == 3:
                logits = x.mean(dim=(2, 3) if channels_first else (1, 2))
            else:
                side = takes.size_px
                grey = x.reshape(1, side, side)
                halves = (grey[:, :, : side // 2], grey[:, :, side // 2 :])
                logits = torch.stack([half.mean(dim=(1, 2)) for half in halves], dim=1)
            return {head: torch.softmax(logits / SHARPNESS, dim=1)}

    shape = takes.shape("channels_first" if channels_first else "channels_last")
    with quiet():
        import litert_torch

        litert_torch.convert(Tiny().eval(), (torch.full(shape, 100.0),)).export(str(path))
    if described:
        path.write_bytes(with_info(path.read_bytes(), info))
    return path
