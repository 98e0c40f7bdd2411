"""Tone mapping, against the transfer functions written down here once more."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.media.video.hdr import table

PQ, HLG, GAMMA_2020 = 16, 18, 14


def pq_signal(nits: np.ndarray) -> np.ndarray:
    m = (np.asarray(nits, float) / 10_000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * m) / (1 + 2392 / 128 * m)) ** (2523 / 32)


def hlg_signal(scene: np.ndarray) -> np.ndarray:
    scene = np.asarray(scene, float)
    return np.where(
        scene <= 1 / 12, np.sqrt(3 * scene), 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991
    )


def grey(transfer: int, signal: np.ndarray, size: int = 65) -> np.ndarray:
    """What the table gives for grey values."""
    diagonal = table(transfer, size)[np.arange(size), np.arange(size), np.arange(size)]
    assert np.ptp(diagonal, axis=1).max() < 1e-3  # grey stays grey
    return np.interp(signal, np.linspace(0, 1, size), diagonal[:, 1])


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_darker_than_half_of_white_keeps_its_light(transfer: int) -> None:
    white = np.array([0.02, 0.1, 0.2, 0.4])  # of the reference white, linear
    signal = pq_signal(203 * white) if transfer == PQ else hlg_signal((203 * white / 1000) ** (1 / 1.2))
    np.testing.assert_allclose(grey(transfer, signal), white ** (1 / 2.2), atol=0.02)


@pytest.mark.parametrize("transfer", [PQ, HLG, GAMMA_2020])
def test_brighter_stays_brighter_and_within_range(transfer: int) -> None:
    values = table(transfer, 33)
    assert values.min() >= 0
    assert values.max() <= 1
    steps = np.diff(grey(transfer, np.linspace(0, 0.75, 100)))
    assert (steps > 0).all()
    assert grey(transfer, np.array([0.0])) == pytest.approx(0, abs=1e-3)
    assert grey(transfer, np.array([1.0])) == pytest.approx(1, abs=1e-3)


def test_reference_white_is_bright() -> None:
    assert 0.8 < grey(PQ, pq_signal(np.array([203.0])))[0] < 1
    assert 0.8 < grey(HLG, np.array([0.75]))[0] < 1


def test_colours_of_bt2020_become_those_of_bt709() -> None:
    """The red of BT.709, written in BT.2020, is red alone again."""
    red = np.array([0.6274, 0.0691, 0.0164])  # linear light (BT.2087)
    signal = red ** (1 / 2.2)
    size = 65
    at = np.round(signal * (size - 1)).astype(int)
    result = table(GAMMA_2020, size)[at[2], at[1], at[0]]
    assert result[0] > 0.95
    assert result[1] < 0.25
    assert result[2] < 0.2
