"""The client process of a gateway: a round of the federation becomes one for browsers, and their updates one mean.

It needs neither PyTorch nor faces.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from emoar.errors import InputError
from emoar.federated.deployment.browser_settings import BrowserSettings
from emoar.federated.deployment.grid_fleet import TIMEOUT
from emoar.federated.deployment.run_folder import plan_from_json
from emoar.federated.gateway.browser_round import BIAS, WEIGHTS, BrowserRound, FeatureModel, close_round, open_round
from emoar.federated.gateway.tally import read_tally, take_mean
from emoar.federated.head import Head
from emoar.federated.plan import Plan
from emoar.federated.updates import Arrays, clip

__all__ = ["browsers_update"]

_PAUSE_S: Final = 1.0
_SHARE: Final = 0.9  # of the time that the server waits; the rest is for the way


def browsers_update(
    settings: BrowserSettings,
    weights: Arrays,
    config: dict[str, Any],
    run: int,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[Arrays, int]:
    """Opens a round for browsers and waits until it is complete.

    Args:
        settings: of the gateway.
        weights: of the federation's round.
        config: of the federation's message.
        run: its number.
        pause: waits that many seconds.

    Returns:
        The mean update and the number of browsers in it.

    Raises:
        InputError: the run is of another model or trains more than the head, or too few updates came in time.
        OutputError: the round cannot be written.
    """
    plan = _plan_of(settings, config)
    opened, head = _round_of(settings, weights, config, run, plan), Head(settings.label_set)
    folder = Path(settings.folder)
    end = time.monotonic() + _SHARE * float(config[TIMEOUT])
    open_round(folder, opened)
    try:
        while (result := take_mean(folder, opened)) is None:
            if time.monotonic() > end:
                received = read_tally(folder, opened).received
                raise InputError(f"{received} of {opened.at_least} browsers sent an update in time")
            pause(_PAUSE_S)
    finally:
        close_round(folder)
    mean, count = result
    delta = {head.weight: mean[WEIGHTS], head.bias: mean[BIAS]}
    return clip(delta, plan.local.clip_norm) if plan.local.clip_norm else delta, count


def _plan_of(settings: BrowserSettings, config: dict[str, Any]) -> Plan:
    """The plan of the run, if browsers can help with it."""
    if config.get("model") != settings.fingerprint:
        raise InputError("the run starts from another model than this gateway has: fetch the federation's model again")
    plan = plan_from_json(str(config["plan"]))
    if plan.part != "head":
        raise InputError(f"browsers train the head alone, the run trains {plan.part}: start it with --part head")
    if plan.label_set != settings.label_set:
        raise InputError(f"the server trains {plan.label_set}, this gateway has labels of {settings.label_set}")
    return plan


def _round_of(settings: BrowserSettings, weights: Arrays, config: dict[str, Any], run: int, plan: Plan) -> BrowserRound:
    head = Head(settings.label_set)
    return BrowserRound(
        round=f"{run}:{config['round']}:{secrets.token_hex(8)}",
        model=FeatureModel(settings.model, settings.sha256),
        label_set=settings.label_set,
        labels=settings.labels,
        weights=weights[head.weight],
        bias=weights[head.bias],
        clip_norm=settings.clip_norm,
        noise=settings.noise,
        lr=plan.local.lr,
        epochs=plan.local.epochs,
        at_least=settings.at_least,
    )
