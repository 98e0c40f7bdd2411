"""Reading of labelled faces from a Parquet file, Kaggle's CSV or a folder of crops.

Needs no torch: `emoar evaluate` uses this module without it.
"""

from __future__ import annotations

from pathlib import Path

from emoar.errors import DataError
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.options import ReadOptions
from emoar.training.data.read_csv import read_csv
from emoar.training.data.read_folder import read_folder
from emoar.training.data.read_parquet import read_parquet

__all__ = ["read_dataset"]


def read_dataset(path: Path, options: ReadOptions | None = None, progress: Progress = NO_PROGRESS) -> FaceDataset:
    """Reads a Parquet file, Kaggle's `fer2013.csv` (with FER+'s `fer2013new.csv`) or a folder of crops.

    Args:
        path: the file or folder; docs/data.md describes the formats.
        options: None uses the defaults: stored size and colour, no skipping of bad items.
        progress: advances with the faces read.

    Raises:
        DataError: the path is missing or its content does not fit the format; bad images and rows are named.
        DependencyMissing: Parquet needs `pyarrow`, from the `data` extra.
    """
    path, options = Path(path), options or ReadOptions()
    if not path.exists():
        raise DataError(f"{path} does not exist: give a .parquet or .csv file or an image folder")
    if path.is_dir():
        return read_folder(path, options, progress)
    if path.suffix.lower() == ".parquet":
        return read_parquet(path, options, progress)
    if path.suffix.lower() == ".csv":
        return read_csv(path, options, progress)
    raise DataError(f"{path.name}: expected .parquet, .csv or a folder of images")
