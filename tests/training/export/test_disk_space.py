"""The check of the disk before an export."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch", reason="exporting needs torch: pip install 'emoar[train]'")

from emoar.errors import OutputError  # noqa: E402
from emoar.training.export.disk_space import check_space, parameter_bytes  # noqa: E402

NETWORK = torch.nn.Sequential(torch.nn.Linear(1000, 1000), torch.nn.BatchNorm1d(1000))


def test_weights_and_statistics_count_and_integers_do_not() -> None:
    assert parameter_bytes(NETWORK) == 4 * (1000 * 1000 + 1000 + 4 * 1000)


@pytest.mark.parametrize("full", ["the folder", "temporary files", None])
def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str | None) -> None:
    place = {"the folder": tmp_path, "temporary files": Path(tempfile.gettempdir())}.get(full or "")
    needed = 6 * parameter_bytes(NETWORK) + 4_000_000
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=needed - (Path(path) == place)))
    if full is None:
        check_space(tmp_path, NETWORK)
        return
    with pytest.raises(OutputError, match=f"an export needs about 28 MB in {place}, 28 MB are free"):
        check_space(tmp_path, NETWORK)
