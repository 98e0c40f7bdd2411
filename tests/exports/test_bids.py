"""BIDS data sets, checked by the official validator and read by pandas."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from emoar.analysis.recording import Recording
from emoar.exports.base import ExportOptions
from emoar.exports.bids import write_bids


def problems(folder: Path) -> list[str]:
    """The errors of the validator."""
    command = [Path(sys.executable).with_name("bids-validator-deno"), folder, "--format", "json"]
    result = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=300, check=False)
    issues = json.loads(result.stdout)["issues"]["issues"]
    return [f"{one['code']} {one.get('location')}" for one in issues if one["severity"] == "error"]


def test_the_validator_accepts_it(two_faces: Recording, tmp_path: Path) -> None:
    write_bids(two_faces, tmp_path / "study", ExportOptions(subject="01", task="interview"))
    write_bids(two_faces, tmp_path / "study", ExportOptions(subject="02", task="interview", rate_hz=5))
    assert problems(tmp_path / "study") == []
    (tmp_path / "study/sub-01/beh/sub-01_task-interview_events.tsv").write_text("duration\n1\n")
    assert problems(tmp_path / "study") != []  # the check can fail


def test_events_and_signals(two_faces: Recording, tmp_path: Path) -> None:
    files = write_bids(two_faces, tmp_path, ExportOptions(subject="01", task="interview"))
    assert all(path.exists() for path in files)
    stem = tmp_path / "sub-01/beh/sub-01_task-interview"
    events = pd.read_csv(f"{stem}_events.tsv", sep="\t", quoting=csv.QUOTE_NONE)
    assert list(events.columns[:3]) == ["onset", "duration", "trial_type"]
    assert list(events["onset"]) == sorted(events["onset"])
    found = [tuple(row) for row in events[["onset", "duration", "trial_type", "face"]].fillna("n/a").to_numpy()]
    assert (0.0, 1.0, "happiness", "face1") in found
    assert (0.5, 0.5, "surprise", "face2") in found
    assert (1.05, 0.0, 'marker: ask "why" & <smile>', "n/a") in found
    signal = pd.read_csv(f"{stem}_recording-face1_physio.tsv.gz", sep="\t", header=None, na_values="n/a")
    side = json.loads(Path(f"{stem}_recording-face1_physio.json").read_text())
    assert (side["SamplingFrequency"], side["StartTime"]) == (10, 0)
    assert len(side["Columns"]) == signal.shape[1] == 8
    happy = signal[side["Columns"].index("happiness")]
    np.testing.assert_allclose(happy[:10], 0.8)
    assert list(happy.isna()) == [False] * 10 + [True] * 2 + [False] * 8
