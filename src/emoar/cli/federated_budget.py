"""`emoar federated budget`: what an arrangement gives in epsilon and delta."""

from __future__ import annotations

import json
from typing import Annotated, Final

import typer

from emoar.errors import InputError
from emoar.federated.accountant import ACCOUNTANT, Release, epsilon_of, noise_for

__all__ = ["EPILOG", "budget"]

EPILOG: Final = """Examples:

  emoar federated budget --clients 1000 --per-round 50 --rounds 100 --noise 1

  emoar federated budget --clients 1000 --per-round 50 --rounds 100 --epsilon 3

  emoar federated budget --faces 300 --batch 32 --rounds 30 --epsilon 8      of one client's own faces"""


def budget(
    rounds: Annotated[int, typer.Option("--rounds", help="Rounds.", min=1)],
    clients: Annotated[int, typer.Option("--clients", help="Clients in all.", show_default=False, min=0)] = 0,
    per_round: Annotated[
        float, typer.Option("--per-round", help="Clients in a round, on average; all if not given.", show_default=False)
    ] = 0.0,
    faces: Annotated[
        int, typer.Option("--faces", help="Instead of clients: faces of one client.", show_default=False, min=0)
    ] = 0,
    batch: Annotated[int, typer.Option("--batch", help="With --faces: faces in a step, on average.", min=1)] = 32,
    epochs: Annotated[int, typer.Option("--epochs", help="With --faces: passes over them in a round.", min=1)] = 1,
    noise: Annotated[
        float | None, typer.Option("--noise", help="Noise multiplier: deviation / clipping norm.", show_default=False)
    ] = None,
    epsilon: Annotated[
        float | None, typer.Option("--epsilon", help="Find the noise that keeps this.", show_default=False)
    ] = None,
    delta: Annotated[float, typer.Option("--delta", help="Probability with which epsilon may fail.")] = 1e-5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What clients, rounds and noise give in epsilon; or the noise that an epsilon needs."""
    if bool(clients) == bool(faces):
        raise InputError("give --clients (each client is hidden) or --faces (each face of one client is hidden)")
    if (noise is None) == (epsilon is None):
        raise InputError("give --noise to get epsilon, or --epsilon to get the noise")
    if clients:
        rate, steps, unit = (per_round or clients) / clients, rounds, "client"
    else:
        rate = min(1.0, batch / faces)
        steps, unit = rounds * max(1, round(epochs / rate)), "example"
    if noise is None:
        assert epsilon is not None
        noise = noise_for(epsilon, delta, rate, steps)
    spent = epsilon_of([Release(noise, rate, steps)], delta)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "unit": unit,
                    "epsilon": spent,
                    "delta": delta,
                    "noise": noise,
                    "rate": rate,
                    "steps": steps,
                    "accountant": ACCOUNTANT,
                }
            )
        )
        return
    typer.echo(
        f"epsilon {spent:.3g} at delta {delta:g} for each {unit}: noise multiplier {noise:.4g}, sampling rate "
        f"{rate:.4g}, {steps} steps\naccountant: {ACCOUNTANT}"
    )
    if delta * (clients or faces) >= 1:
        typer.echo(f"delta is too large: take one far below 1 / {clients or faces}", err=True)
