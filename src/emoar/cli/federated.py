"""`emoar federated`: many devices improve one model, and no face leaves any of them."""

from __future__ import annotations

import typer

from emoar.cli.federated_budget import EPILOG as BUDGET_EPILOG
from emoar.cli.federated_budget import budget
from emoar.cli.federated_gateway import EPILOG as GATEWAY_EPILOG
from emoar.cli.federated_gateway import gateway
from emoar.cli.federated_join import EPILOG as JOIN_EPILOG
from emoar.cli.federated_join import join
from emoar.cli.federated_keys import app as keys
from emoar.cli.federated_model import EPILOG as MODEL_EPILOG
from emoar.cli.federated_model import model
from emoar.cli.federated_run import EPILOG as RUN_EPILOG
from emoar.cli.federated_run import run
from emoar.cli.federated_serve import EPILOG as SERVE_EPILOG
from emoar.cli.federated_serve import serve
from emoar.cli.federated_simulate import EPILOG as SIMULATE_EPILOG
from emoar.cli.federated_simulate import simulate
from emoar.cli.federated_status import EPILOG as STATUS_EPILOG
from emoar.cli.federated_status import status

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Federated learning: many devices improve one model, and no face leaves any of them.",
    epilog="Who sees what, and what is not protected: docs/federated.md.",
)
app.add_typer(keys, name="keys")
app.command("serve", epilog=SERVE_EPILOG)(serve)
app.command("join", epilog=JOIN_EPILOG)(join)
app.command("gateway", epilog=GATEWAY_EPILOG)(gateway)
app.command("model", epilog=MODEL_EPILOG)(model)
app.command("run", epilog=RUN_EPILOG)(run)
app.command("status", epilog=STATUS_EPILOG)(status)
app.command("budget", epilog=BUDGET_EPILOG)(budget)
app.command("simulate", epilog=SIMULATE_EPILOG)(simulate)
