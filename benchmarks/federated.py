"""Accuracy of federated learning on FER2013 by clients, heterogeneity and privacy budget.

    python -m benchmarks federated              what is missing is computed; the table is of PublicTest
    python -m benchmarks.federated --write      and writes table and plots into docs/
    python -m benchmarks.federated --final      the same models on PrivateTest: once, when nothing changes any more

A public model is trained on one half of Training (by the hash of the pixels, so that copies stay together); the other
half is what the clients hold. Everything is kept in out/federated, so that a stopped run continues.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import Any, Final

from benchmarks._environments import ROOT, python_of
from benchmarks._federated_plots import plot
from benchmarks._markdown import replace_block
from benchmarks._table import Row, print_table

__all__ = ["means_of", "rows", "table"]

DATA: Final = ROOT.parent / "shared" / "data" / "fer2013.parquet"
PAGE: Final = ROOT / "docs" / "federated.md"
PLOTS: Final = ROOT / "docs" / "federated.svg"
BLOCK: Final = "federated table"  # of the page
FINAL_BLOCK: Final = "federated table of PrivateTest"
PUBLISHED: Final = 47.5  # per cent: the only figure that was found for FER2013 with DP-SGD


def main() -> None:
    """Trains the public model, computes the cells, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "out" / "federated")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--quick", action="store_true", help="the first cells only")
    parser.add_argument("--final", action="store_true", help="PrivateTest")
    parser.add_argument("--write", action="store_true", help="write the table and the plots into docs/")
    parser.add_argument("--no-cells", action="store_true", help="compute no cells: only show what there is")
    arguments = parser.parse_args()
    python = python_of(ROOT / ".venv-federated")
    python = python if python.is_file() else Path(os.environ.get("FEDERATED_PYTHON", python))
    if not arguments.data.is_file() or not python.is_file():
        missing = arguments.data if not arguments.data.is_file() else f"{python} (make federated)"
        print(f"{missing} is missing: going on without the table of federated learning")
        return
    arguments.work.mkdir(parents=True, exist_ok=True)
    if not arguments.no_cells:
        _train_trunk(arguments.work, arguments.data)
        options = [*(["--final"] if arguments.final else []), *(["--quick"] if arguments.quick else [])]
        command = [str(python), "-m", "benchmarks._federated_cells", str(arguments.work), "--data", str(arguments.data)]
        subprocess.run([*command, *options], check=True, cwd=ROOT)
    found = _results(arguments.work, final=arguments.final)
    key = "private_test" if arguments.final else "public_test"
    print(table(found, key))
    print_table("Federated learning", rows(found, key), ["Bars: of the public head, Dirichlet 0.5, 100 clients."])
    if arguments.write:
        block = FINAL_BLOCK if arguments.final else BLOCK
        PAGE.write_text(replace_block(PAGE.read_text("utf-8"), block, table(found, key)), "utf-8")
        if not arguments.final:
            _plot(found, key, arguments.work)


def _plot(found: list[dict[str, Any]], key: str, work: Path) -> None:
    attacks = json.loads((work / "attack.json").read_text()) if (work / "attack.json").exists() else {}
    worst_case = {float(epsilon): auc for epsilon, auc in attacks.items()}
    plot(means_of(found, key, 100), means_of(found, "membership_auc"), worst_case, PLOTS, PUBLISHED)


def _train_trunk(work: Path, data: Path) -> None:
    if (work / "trunk" / "final.pt").exists():
        return
    import numpy as np

    from benchmarks._federated_halves import half_of
    from emoar.training.data.read import read_dataset
    from emoar.training.data.write_parquet import write_parquet

    faces = read_dataset(data)
    public = (faces.split == "Training") & (half_of(faces.images) == 0) | (faces.split == "PublicTest")
    write_parquet(faces.take(np.flatnonzero(public)), work / "public.parquet")
    recipe = str(ROOT / "recipes" / "federated-trunk.toml")
    options = ["--data", str(work / "public.parquet"), "-o", str(work / "trunk"), "--threads", "1"]
    subprocess.run([sys.executable, "-m", "emoar", "train", "run", recipe, *options], check=True)


def _results(work: Path, *, final: bool) -> list[dict[str, Any]]:
    """The rows of the present settings, the newest of each cell."""
    if final:
        return list(json.loads((work / "final.json").read_text()))
    rows = [json.loads(line) for line in (work / "results.jsonl").read_text().splitlines()]
    return list({(*_cell(row), row["seed"]): row for row in rows if "plan" in row}.values())


def _cell(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("start", "part", "clients", "partition", "privacy", "epsilon"))


def means_of(found: list[dict[str, Any]], key: str, factor: float = 1) -> dict[tuple[Any, ...], float]:
    """Mean over seeds of a figure, by start, part, clients, partition, privacy and epsilon."""
    values: defaultdict[tuple[Any, ...], list[float]] = defaultdict(list)
    for row in found:
        if row.get(key) is not None:
            values[_cell(row)].append(factor * row[key])
    return {cell: mean(each) for cell, each in values.items()}


def table(found: list[dict[str, Any]], key: str) -> str:
    """The results as Markdown: a row for each model, number of clients and partition, a column a kind of privacy."""
    means = means_of(found, key, 100)
    columns = [("none", 0.0), *[(p, e) for p in ("client", "example") for e in (8.0, 3.0, 1.0)], ("local-only", 0.0)]
    titles = [f"{p} {e:g}" if e else p for p, e in columns]
    lines = [f"| trained | clients | faces | {' | '.join(titles)} |", "|---|---|---|" + "---|" * len(columns)]
    for start, part, clients, partition in dict.fromkeys(cell[:4] for cell in means):
        figures = [means.get((start, part, clients, partition, *column)) for column in columns]
        words = " | ".join("" if figure is None else f"{figure:.1f}" for figure in figures)
        trained = part if start == "public" else f"new {part}"
        lines.append(f"| {trained} | {f'{clients:,}' if clients else 'one place'} | {partition} | {words} |")
    return "\n".join(lines)


def rows(found: list[dict[str, Any]], key: str) -> list[Row]:
    """The figures with bars; cells that are not computed yet are left out."""
    means = means_of(found, key, 100)
    base = ("public", "head", 100, "dirichlet 0.5")
    plain = means.get((*base, "none", 0.0))
    result: list[Row] = []
    for epsilon, most in ((8.0, 2.0), (3.0, 4.0), (1.0, None)):
        private = means.get((*base, "client", epsilon))
        if plain is not None and private is not None:
            result.append(
                Row(f"points lost at epsilon {epsilon:g}, each client hidden", plain - private, "", at_most=most)
            )
    hidden = [value for cell, value in means.items() if cell[0] == "public" and cell[4] in ("client", "example")]
    if hidden:
        result.append(Row("lowest accuracy with privacy, public model", min(hidden), "%", at_least=PUBLISHED))
    return result


if __name__ == "__main__":
    main()
