"""`emoar federated status`: nodes, rounds and spent privacy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from emoar.errors import InputError, ServerError
from emoar.federated.deployment.flower_command import FlowerCommand
from emoar.federated.deployment.run_folder import RunFolder
from emoar.federated.ledger import read_ledger

__all__ = ["EPILOG", "status"]

EPILOG: Final = """Examples:

  emoar federated status federation/ --run runs/first

  emoar federated status --ledger anna/key-node/ledger.json"""


def status(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the server.", show_default=False)] = None,
    run: Annotated[Path | None, typer.Option("--run", help="Folder of a run.", show_default=False)] = None,
    ledger: Annotated[Path | None, typer.Option("--ledger", help="A ledger of privacy.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Nodes that may join and are online, rounds of a run, and the privacy that was spent."""
    if folder is None and run is None and ledger is None:
        raise InputError("name the folder of a server, --run or --ledger")
    found: dict[str, Any] = {}
    if folder is not None:
        try:
            found["nodes"] = [
                {"id": each["node-id"], "status": each["status"]} for each in FlowerCommand(folder).nodes()
            ]
        except ServerError as exc:
            found["server"] = str(exc)
    if run is not None:
        runs = RunFolder(run)
        found["rounds"], found["of"] = runs.history(), runs.plan().rounds
        ledger = ledger or (run / "ledger.json" if (run / "ledger.json").exists() else None)
    if ledger is not None:
        state = read_ledger(ledger)
        found["privacy"] = {"unit": state.unit, "spent": state.spent(), "budget": state.epsilon, "delta": state.delta}
    typer.echo(json.dumps(found, indent=2) if as_json else "\n".join(_lines(found)))


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [f"server: {found['server']}"] if "server" in found else []
    lines += [f"node {node['id']}: {node['status']}" for node in found.get("nodes", [])]
    if found.get("nodes") == []:
        lines.append("no node may join yet: put public keys into the folder nodes")
    if "rounds" in found:
        lines.append(f"{len(found['rounds'])} of {found['of']} rounds")
        lines += [f"  refused in round {r['number']}: {line}" for r in found["rounds"] for line in r["refused"]]
    if "privacy" in found:
        spent = found["privacy"]
        lines.append(
            f"epsilon {spent['spent']:.3g} of {spent['budget']:g} for each {spent['unit']}, delta {spent['delta']:g}"
        )
    return lines
