"""The sum of the browsers' updates of a round. Single updates are added to it and not kept.

The sum is in a file, so that a server that ends loses none; several processes may add at once.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.federated.gateway.browser_round import BIAS, WEIGHTS, BrowserRound, close_round, read_round
from emoar.federated.updates import Arrays
from emoar.files import atomic_write, locked

__all__ = ["UPDATE_SCHEMA", "Tally", "UpdateError", "add_update", "read_tally", "take_mean"]

UPDATE_SCHEMA: Final = "emoar.federated-update/1"
_FILE: Final = "sum.npz"
_ID: Final = re.compile("[0-9a-f]{32}")


class UpdateError(InputError):
    """An update that is not added. `kind` is for programs."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    schema: str
    round: str
    id: str  # random, of this update: the same one counts once
    model: str  # sha256 of the file whose features were used
    weights: list[list[float]]
    bias: list[float]


@dataclass(frozen=True, eq=False)
class Tally:
    """What has arrived in a round."""

    round: str
    sums: Mapping[str, NDArray[np.float64]]
    ids: frozenset[str] = frozenset()  # of the updates

    @property
    def received(self) -> int:
        """How many updates are in the sums."""
        return len(self.ids)


def add_update(folder: Path, body: bytes) -> tuple[int, int]:
    """Checks the update of a browser and adds it to the sum of the open round.

    Args:
        folder: of the gateway.
        body: whatever a browser sent.

    Returns:
        How many updates have been received, and how many are needed.

    Raises:
        UpdateError: it is none, or not of the open round; the sum is unchanged.
        InputError: a file of the gateway is damaged.
        OutputError: the sum cannot be written; it is unchanged.
    """
    try:
        sent = msgspec.json.decode(body, type=_Document)  # NaN and infinity are no JSON
    except msgspec.ValidationError as exc:
        raise UpdateError("wrong-update", f"this is no update: {exc}") from exc
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise UpdateError("bad-json", "the body is no JSON in UTF-8") from exc
    if sent.schema != UPDATE_SCHEMA or not _ID.fullmatch(sent.id):
        raise UpdateError("wrong-update", f"an update has schema {UPDATE_SCHEMA} and an id of 32 hexadecimal digits")
    with locked(folder / _FILE):
        opened = read_round(folder)
        if opened is None or sent.round != opened.round:
            raise UpdateError("round-closed", "this round is closed: wait for the next one")
        if sent.model != opened.model.sha256:
            detail = f"this update is for another version of the model {opened.model.name}: reload the page"
            raise UpdateError("other-model", detail)
        tally = read_tally(folder, opened)
        if sent.id in tally.ids:
            raise UpdateError("already-received", "this update has been received already and counts once")
        if tally.received >= opened.at_least:
            raise UpdateError("round-full", "this round has all the updates that it needs: wait for the next one")
        delta = _checked(opened, sent)
        tally = replace(
            tally, sums={name: value + delta[name] for name, value in tally.sums.items()}, ids=tally.ids | {sent.id}
        )
        atomic_write(folder / _FILE, _to_bytes(tally))
    return tally.received, opened.at_least


def read_tally(folder: Path, opened: BrowserRound) -> Tally:
    """What has arrived in a round.

    Raises:
        InputError: the file is damaged.
    """
    path = folder / _FILE
    nothing = Tally(opened.round, {WEIGHTS: np.zeros(opened.weights.shape), BIAS: np.zeros(opened.bias.shape)})
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as content:
            if str(content["round"]) != opened.round:
                return nothing
            return Tally(opened.round, {n: content[n] for n in (WEIGHTS, BIAS)}, frozenset(content["ids"].tolist()))
    except FileNotFoundError:
        return nothing
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as exc:
        raise InputError(f"{path} is damaged ({exc}): remove it, and the open round starts again") from exc


def take_mean(folder: Path, opened: BrowserRound) -> tuple[Arrays, int] | None:
    """The mean update of a complete round and the number of its updates, and ends the round; None before.

    The mean is scaled down by the share of noise in it (James and Stein, 1961; positive part): the variance of the
    noise is known, and where it outweighs the updates, the mean hardly changes the model. It is computed from noisy
    values alone, so that it costs no privacy.

    Raises:
        InputError: a file is damaged.
    """
    with locked(folder / _FILE):
        tally = read_tally(folder, opened)
        if tally.received < opened.at_least:
            return None
        close_round(folder)
        (folder / _FILE).unlink(missing_ok=True)
    mean: dict[str, Any] = {name: value / tally.received for name, value in tally.sums.items()}
    square = sum(float(np.square(value).sum()) for value in mean.values())
    expected = (opened.noise * opened.clip_norm) ** 2 * (opened.size - 2) / tally.received
    factor = max(0.0, 1 - expected / square) if square > 0 else 0.0
    return {name: (factor * value).astype(np.float32) for name, value in mean.items()}, tally.received


def _checked(opened: BrowserRound, sent: _Document) -> Arrays:
    try:
        with np.errstate(over="ignore"):  # what is too large becomes infinite, which the check refuses
            arrays = {WEIGHTS: np.array(sent.weights, np.float32), BIAS: np.array(sent.bias, np.float32)}
        return opened.rules().check(arrays, 1).delta
    except ValueError as exc:  # rows of different lengths; an InputError is one, too
        reason = str(exc) if isinstance(exc, InputError) else "its rows differ in length"
        raise UpdateError("wrong-update", f"this update is not allowed: {reason}") from exc


def _to_bytes(tally: Tally) -> bytes:
    content = io.BytesIO()
    arrays: dict[str, Any] = {**tally.sums, "ids": np.array(sorted(tally.ids)), "round": np.array(tally.round)}
    np.savez(content, **arrays)
    return content.getvalue()
