"""The folder of a run on the server: the plan, the model, and a checkpoint after each round. Written atomically."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from emoar.config import convert
from emoar.errors import InputError
from emoar.federated.ledger import Ledger
from emoar.federated.plan import Plan
from emoar.federated.rounds import RoundReport
from emoar.federated.updates import Arrays
from emoar.files import atomic_write

__all__ = ["FederationState", "RunFolder", "plan_from_json", "plan_to_json"]

_BETWEEN: Final = "/"  # of a tensor's group and name in the checkpoint


@dataclass(frozen=True, eq=False)
class FederationState:
    """What a stopped run continues from."""

    done: int  # rounds
    weights: Arrays
    moments: Mapping[str, Arrays]  # of the strategy


class RunFolder:
    """`plan.json`, `model.pt`, `state.npz`, `rounds.jsonl`, and with client-level privacy `ledger.json`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def model(self) -> Path:
        """The model that the run starts from."""
        return self.path / "model.pt"

    def create(self, plan: Plan, model: Path, epsilon: float = 0.0) -> None:
        """Starts a run.

        Args:
            plan: its settings.
            model: a checkpoint.
            epsilon: the budget of client-level privacy; 0 where there is no noise.

        Raises:
            InputError: there is a run of another plan in the folder, or the model cannot be read.
            OutputError: a file cannot be written.
        """
        document = {"plan": json.loads(plan_to_json(plan)), "epsilon": epsilon}
        if (self.path / "plan.json").exists():
            if self.plan() != plan or self._document()["epsilon"] != epsilon:
                raise InputError(f"{self.path} holds a run with another plan: give another folder with -o")
            return
        try:
            content = model.read_bytes()
        except OSError as exc:
            raise InputError(f"{model} cannot be read ({exc.strerror})") from exc
        atomic_write(self.model, content)
        atomic_write(self.path / "plan.json", json.dumps(document, indent=1).encode())

    def plan(self) -> Plan:
        """The settings.

        Raises:
            InputError: there is no run in the folder, or it is damaged.
        """
        return convert(self._document()["plan"], Plan, str(self.path / "plan.json"))

    def ledger(self) -> Ledger | None:
        """The ledger of client-level privacy; None without noise.

        Raises:
            InputError: it is damaged.
        """
        plan, epsilon = self.plan(), float(self._document()["epsilon"])
        return Ledger(self.path / "ledger.json", "client", epsilon, plan.delta) if plan.noise else None

    def fingerprint(self) -> str:
        """The sha256 of the model that the run starts from: clients with another one refuse."""
        return hashlib.sha256(self.model.read_bytes()).hexdigest()

    def save(self, state: FederationState, report: RoundReport | None = None) -> None:
        """Writes the checkpoint, then adds the round to the history.

        Raises:
            OutputError: it cannot be written; the previous checkpoint is kept.
        """
        arrays = {f"weights{_BETWEEN}{name}": value for name, value in state.weights.items()}
        for group, values in state.moments.items():
            arrays |= {f"{group}{_BETWEEN}{name}": value for name, value in values.items()}
        content = io.BytesIO()
        np.savez(content, done=np.int64(state.done), **arrays)  # type: ignore[arg-type]
        atomic_write(self.path / "state.npz", content.getvalue())
        if report is not None:
            lines = [line for line in self.history() if line["number"] < report.number]
            lines.append(dataclasses.asdict(report))
            text = "".join(json.dumps(line) + "\n" for line in lines)
            atomic_write(self.path / "rounds.jsonl", text.encode())

    def load(self) -> FederationState | None:
        """The checkpoint; None before the first round.

        Raises:
            InputError: it is damaged.
        """
        path = self.path / "state.npz"
        if not path.exists():
            return None
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as content:
                done = int(content["done"])
                groups: dict[str, dict[str, Any]] = {}
                for key in content.files:
                    group, _, name = key.partition(_BETWEEN)
                    if name:
                        groups.setdefault(group, {})[name] = content[key]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as exc:
            raise InputError(f"{path} is damaged: remove it to start the run again ({exc})") from exc
        return FederationState(done, groups.pop("weights", {}), groups)

    def history(self) -> list[dict[str, Any]]:
        """The rounds until now."""
        path = self.path / "rounds.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def _document(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.path / "plan.json").read_bytes()))
        except OSError as exc:
            raise InputError(f"{self.path} holds no run: start one with emoar federated run") from exc
        except ValueError as exc:
            raise InputError(f"{self.path / 'plan.json'} is damaged: {exc}") from exc


def plan_to_json(plan: Plan) -> str:
    """A plan as text, for a message."""
    return json.dumps(dataclasses.asdict(plan), sort_keys=True)


def plan_from_json(text: str) -> Plan:
    """The inverse of `plan_to_json`.

    Raises:
        InputError: it is no plan.
    """
    try:
        return convert(json.loads(text), Plan, "the plan of the server")
    except ValueError as exc:
        raise InputError(f"the server sent no plan: {exc}") from exc
