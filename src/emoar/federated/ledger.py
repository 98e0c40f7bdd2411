"""The ledger of spent privacy: a JSON file that is written before a release leaves, and that refuses past the budget.

Epsilon is computed from all releases of the file, whatever the clock or the run: restarts and a wrong clock change
nothing. A failed write raises, and the release must not leave then.
"""

from __future__ import annotations

import dataclasses
import json
import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, cast

import msgspec

from emoar.errors import InputError
from emoar.federated.accountant import ACCOUNTANT, Release, epsilon_of
from emoar.files import atomic_write, locked

__all__ = ["Entry", "Ledger", "LedgerState", "Unit", "read_ledger"]

Unit = Literal["client", "example"]  # whose presence epsilon hides
_FORMAT: Final = 1


@dataclass(frozen=True)
class Entry:
    """One release of the ledger."""

    release: Release
    purpose: str  # what it was for, such as `run 3f2a, round 12`
    written_at: str  # UTC by the clock of the machine; information only


@dataclass(frozen=True)
class LedgerState:
    """The content of a ledger."""

    unit: Unit  # client: all faces of one client; example: one face
    epsilon: float  # the budget
    delta: float
    format: int = _FORMAT
    accountant: str = ACCOUNTANT
    entries: tuple[Entry, ...] = field(default_factory=tuple[Entry, ...])

    def spent(self) -> float:
        """Epsilon of all entries together."""
        return epsilon_of((entry.release for entry in self.entries), self.delta)


class Ledger:
    """The ledger in a file. Several processes may use it at once: each spends under a lock.

    Args:
        path: the file; made by the first release.
        unit: whose presence is hidden.
        epsilon: the budget; `math.inf` records without a limit.
        delta: the probability with which the bound may fail.

    Raises:
        InputError: the file is no ledger, or is one with another unit, budget or delta.
    """

    def __init__(self, path: Path, unit: Unit, epsilon: float, delta: float) -> None:
        if not epsilon > 0 or not 0 < delta < 1:
            raise InputError(f"a budget has epsilon above 0 and delta between 0 and 1, got {epsilon} and {delta}")
        self.path = path
        self._new = LedgerState(unit, epsilon, delta)
        state = self.state()
        for name in ("unit", "epsilon", "delta"):
            before, now = getattr(state, name), getattr(self._new, name)
            if before != now:
                raise InputError(
                    f"{path} is a ledger with {name} {before}, not {now}: a budget is not changed after the fact"
                )

    def state(self) -> LedgerState:
        """What the file holds now.

        Raises:
            InputError: the file is damaged; nothing is then spent.
        """
        return read_ledger(self.path) if self.path.exists() else self._new

    def check(self, release: Release) -> None:
        """Checks before the work starts that a release can be paid for; spends nothing.

        Raises:
            InputError: the budget does not suffice.
        """
        _with(self.state(), release, "")

    def spend(self, release: Release, purpose: str) -> float:
        """Writes a release to the file and returns the epsilon spent with it. Call it before the release leaves.

        Raises:
            InputError: the budget does not suffice: the release must not leave, and the file is unchanged.
            OutputError: the file cannot be written: the release must not leave.
        """
        with locked(self.path):
            state = _with(self.state(), release, purpose)
            atomic_write(self.path, _to_json(state), mode=0o600)
        return state.spent()


def read_ledger(path: Path) -> LedgerState:
    """Reads a ledger.

    Raises:
        InputError: it is missing or damaged.
    """
    try:
        document: Any = json.loads(path.read_bytes())
        if isinstance(document, dict) and cast("dict[str, Any]", document).get("epsilon") is None:
            document["epsilon"] = math.inf
        state = msgspec.convert(document, LedgerState)
    except OSError as exc:
        raise InputError(f"{path}: the privacy ledger cannot be read ({exc.strerror})") from exc
    except (ValueError, msgspec.ValidationError) as exc:
        raise InputError(
            f"{path}: the privacy ledger is damaged ({exc}); restore it from a backup: without it nothing is sent"
        ) from exc
    if state.format != _FORMAT:
        raise InputError(f"{path}: the privacy ledger has format {state.format}; a newer emoar may read it")
    return state


def _with(state: LedgerState, release: Release, purpose: str) -> LedgerState:
    """The ledger with one more release, within the budget."""
    entry = Entry(release, purpose, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    longer = dataclasses.replace(state, entries=(*state.entries, entry))
    if longer.spent() > state.epsilon:
        raise InputError(
            f"the privacy budget is spent: epsilon {state.spent():.4g} of {state.epsilon:g}, and this release would "
            f"make it {longer.spent():.4g}; nothing is sent"
        )
    return longer


def _to_json(state: LedgerState) -> bytes:
    document = dataclasses.asdict(state)
    if math.isinf(state.epsilon):
        document["epsilon"] = None
    return json.dumps(document, indent=1).encode() + b"\n"
