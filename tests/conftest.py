"""What all tests share. The portraits come out of packages at run time; no picture of a person is in the repository."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

pytest_plugins = ["lsl_network", "server_process", "skip_rules"]

# A shell's background job has Ctrl-C ignored, and its children inherit that; tests of Ctrl-C need it as users have it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def astronaut() -> NDArray[np.uint8]:
    """(512, 512, 3) RGB: a smiling woman, her face 105 pixels high. Public domain."""
    data = pytest.importorskip("skimage.data", reason="the portrait comes with scikit-image: pip install 'emoar[demo]'")
    return np.ascontiguousarray(data.astronaut())


@pytest.fixture(scope="session")
def grace_hopper_path() -> Path:
    """The JPEG of a portrait of Grace Hopper. Public domain."""
    matplotlib = pytest.importorskip("matplotlib", reason="the portrait comes with it: pip install 'emoar[demo]'")
    return Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"


@pytest.fixture(scope="session")
def grace_hopper(grace_hopper_path: Path) -> NDArray[np.uint8]:
    """The same portrait as RGB."""
    from emoar.media.images import read_image

    return read_image(grace_hopper_path).image
