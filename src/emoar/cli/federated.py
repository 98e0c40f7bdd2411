"""`emoar federated`: many devices improve one model, and no face leaves any of them."""

from __future__ import annotations

import typer

from emoar.cli.federated_budget import EPILOG as BUDGET_EPILOG
from emoar.cli.federated_budget import budget
from emoar.cli.federated_simulate import EPILOG as SIMULATE_EPILOG
from emoar.cli.federated_simulate import simulate

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Federated learning: many devices improve one model, and no face leaves any of them.",
    epilog="Who sees what, and what is not protected: docs/federated.md.",
)
app.command("budget", epilog=BUDGET_EPILOG)(budget)
app.command("simulate", epilog=SIMULATE_EPILOG)(simulate)
