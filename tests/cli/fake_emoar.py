"""Runs the command line with a pipeline that needs no models: python fake_emoar.py [DELAY_S] ARGUMENTS..."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from makers import FakePipeline

from emoar.cli import main
from emoar.cli.options import Settings

if __name__ == "__main__":
    delay_s = float(sys.argv[1])
    Settings.pipeline = lambda self: FakePipeline(delay_s)
    sys.exit(main(sys.argv[2:]))
