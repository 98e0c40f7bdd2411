"""Running EmoAR loads no training, table or plotting library."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "pandas", "matplotlib", "scipy", "skimage", "pyarrow", "litert_torch")

PROGRAMS = {
    "import": "import emoar",
    "command line": "import emoar.cli",
    "models": "from emoar import models; models.verify()",
    "pipeline and drawing": """
import numpy as np, emoar
with emoar.Pipeline() as pipeline:
    scene = pipeline(np.full((120, 160, 3), 128, np.uint8))
emoar.draw(scene, overlays=["label", "quote", "sticker", "facepaint", "wireframe", "box"])
""",
    "server": "from emoar.server import app, settings, state; app.create_app(state.new_state(settings.Settings()))",
    "client": "import emoar; emoar.Client().close()",
    "demo clip": "from emoar.demo.clip import demo_clip; next(demo_clip())",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_loads_nothing_heavy(program: str) -> None:
    report = f"\nimport sys\nprint('loaded:', *sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program + report], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


def test_the_process_that_speaks_http_cannot_decode() -> None:
    program = (
        PROGRAMS["server"] + "; import sys; print(*{'cv2', 'ai_edge_litert', 'av', 'skia', 'numpy'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
