"""Writes tests/golden/decision/cases.json: heads and what is decided from them, for Python's and the browser's tests.

Usage: python scripts/write_decision_golden.py      after a change of the arithmetic that is meant
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from emoar.labels import DEFAULT_HEADS
from emoar.models.decision import MIRROR, Decision, Rule, decision_to_dict

OUTPUT = Path(__file__).parent.parent / "tests" / "golden" / "decision" / "cases.json"
FERPLUS = Rule(
    shares=(0.3631, 0.2652, 0.1255, 0.1238, 0.0869, 0.0067, 0.023, 0.0058),
    tau=0.2,
    balance=0.01,
    other="fer2013",
    weight=0.1,
    confidence=(0.3, 0.93, -0.47),
    unsure_below=0.5,
)
FER2013 = Rule(
    shares=(0.139, 0.0152, 0.1428, 0.2516, 0.168, 0.1107, 0.1727),
    tau=0.3,
    balance=0.02,
    other="ferplus",
    weight=0.3,
    confidence=(0.9, 0.68, -0.9),
    unsure_below=0.5,
)
DECISIONS = {
    "none": Decision(),
    "ferplus alone": Decision({"ferplus": Rule(FERPLUS.shares, tau=0.5)}),
    "both": Decision({"ferplus": FERPLUS, "fer2013": FER2013}),
    "second": Decision({"ferplus": dataclasses.replace(FERPLUS, second=MIRROR), "fer2013": FER2013}),
}
CONCENTRATIONS = (0.05, 0.3, 1.0, 20.0)  # of a Dirichlet distribution: from one label to all alike


def main() -> None:
    """Writes the file."""
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps(cases(), indent=1) + "\n")


def cases() -> list[dict[str, Any]]:
    """For each decision some faces: the heads' probabilities, those of second predictions, and the decided ones."""
    rng = np.random.default_rng(0)
    heads = [
        {
            name: np.round(rng.dirichlet(np.full(len(labels), concentration)), 6)
            for name, labels in DEFAULT_HEADS.items()
        }
        for concentration in CONCENTRATIONS
        for _ in range(3)
    ]
    heads.append({name: np.eye(len(labels))[0] for name, labels in DEFAULT_HEADS.items()})
    others = [heads[-1], *heads[:-1]]  # second predictions that differ: no face has such ones
    return [
        {
            "name": name,
            "decision": decision_to_dict(decision),
            "heads": {key: values.tolist() for key, values in face.items()},
            **({"second": {key: values.tolist() for key, values in other.items()}} if decision.second else {}),
            "decided": {
                key: np.round(values, 6).tolist() for key, values in decision.decide(face, DEFAULT_HEADS, other).items()
            },
        }
        for name, decision in DECISIONS.items()
        for face, other in zip(heads, others, strict=True)
    ]


if __name__ == "__main__":
    main()
