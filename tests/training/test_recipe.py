"""Recipes: the shipped ones load, and every mistake is named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from emoar.errors import InputError
from emoar.training.recipe import Augmentation, Recipe, load_recipe

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.toml"))


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    return path


GOOD = 'architecture = "emoar-s"\nepochs = 3\n[augment]\nscale = 0.1\n'


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_the_shipped_recipes_load(path: Path) -> None:
    recipe = load_recipe(path)
    continued = [suffix for suffix in ("-further", "-steady", "-robust") if path.stem.endswith(suffix)]
    named = path.stem.removesuffix("".join(continued))
    assert recipe.architecture == ("emoar-s" if named == "federated-trunk" else named)
    assert bool(recipe.init) == bool(continued)


def test_overrides_reach_both_tables(tmp_path: Path) -> None:
    recipe = load_recipe(
        write(tmp_path, GOOD), ["epochs=5", "augment.mixup=1", "compile=true", "lr = 1e-2", "init=x.pt"]
    )
    assert (recipe.epochs, recipe.augment.mixup, recipe.compile, recipe.lr) == (5, 1.0, True, 0.01)
    assert recipe.init == "x.pt"  # a text needs no quotes
    assert recipe.augment.scale == 0.1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace("epochs", "epoch"), "unknown key epoch; did you mean epochs?"),
        (GOOD.replace("scale", "scael"), "unknown key augment.scael; did you mean augment.scale?"),
        (GOOD + "zzz = 1\n", "unknown key augment.zzz; known are rotation_deg"),
        ("epochs = 3\n", "architecture must be a text, got nothing"),
        (GOOD.replace("3", '"three"'), "epochs must be a whole number of at least 1, got 'three'"),
        (GOOD.replace("3", "0"), "epochs must be a whole number of at least 1, got 0"),
        (GOOD.replace("3", "true"), "epochs must be a whole number of at least 1, got True"),
        ("augment = 3\n" + GOOD.split("[")[0], "augment must be a table, got 3"),
        (GOOD.replace("0.1", "1.0"), "augment.scale must be a number of at least 0 and below 1, got 1.0"),
        ("no toml", "is not TOML"),
        (GOOD.replace("epochs", "optimiser = 'sgd'\nepochs"), "unknown key optimiser; did you mean optimizer?"),
        (GOOD.replace("epochs", "optimizer = 'lion'\nepochs"), "optimizer must be one of adam, adamw, sgd, got 'lion'"),
        (GOOD.replace("epochs", "schedule = 'linear'\nepochs"), "schedule must be one of"),
        (GOOD.replace("epochs", "channels = 2\nepochs"), "channels must be one of 1, 3, got 2"),
        (GOOD.replace("epochs", "upsample_px = 8\nepochs"), "upsample_px must be 0 or at least 16, got 8"),
        (GOOD.replace("epochs", "milestones = [0.5, 1.5]\nepochs"), "milestones number 2 must be a number above 0 and"),
        (GOOD.replace("epochs", "milestones = 0.5\nepochs"), "milestones must be a list of numbers above 0"),
        (GOOD.replace("epochs", "teachers = [3]\nepochs"), "teachers number 1 must be a text, got 3"),
        (GOOD.replace("epochs", "realigned = 2\nepochs"), "realigned must be a number from 0 to 1, got 2"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        load_recipe(write(tmp_path, text))
    assert str(caught.value).startswith(str(tmp_path / "recipe.toml"))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"epochs": 0}, "epochs: it must be a whole number of at least 1, got 0"),
        ({"optimizer": "lion"}, "optimizer: it must be one of adam, adamw, sgd, got 'lion'"),
        ({"milestones": (0.5, 2.0)}, "milestones: number 2 must be a number above 0 and below 1, got 2.0"),
        ({"upsample_px": 3}, "upsample_px must be 0 or at least 16"),
    ],
)
def test_a_recipe_made_in_python_is_checked_too(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        Recipe(**{"architecture": "emoar-s", "epochs": 1, **settings})
    with pytest.raises(InputError, match="mixup: it must be a number of at least 0"):
        Augmentation(mixup=-1.0)


def test_a_missing_file_and_a_bad_override(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_recipe(tmp_path / "none.toml")
    with pytest.raises(InputError, match="key=value"):
        load_recipe(write(tmp_path, GOOD), ["epochs"])
    with pytest.raises(InputError, match=r"--set epochs\.x=3: epochs is a value, not a table"):
        load_recipe(write(tmp_path, GOOD), ["epochs.x=3"])
