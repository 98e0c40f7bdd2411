from __future__ import annotations

from pathlib import Path

import pytest

from emoar.errors import InputError
from emoar.training.recipe import load_recipe

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.toml"))


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    return path


GOOD = 'architecture = "emoar-s"\nepochs = 3\n[augment]\nscale = 0.1\n'


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_the_shipped_recipes_load(path: Path) -> None:
    recipe = load_recipe(path)
    assert recipe.architecture == path.stem.removesuffix("-further")
    assert bool(recipe.init) == path.stem.endswith("-further")


def test_overrides_reach_both_tables(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path, GOOD), ["epochs=5", "augment.mixup=1", "compile=true", "lr = 1e-2"])
    assert (recipe.epochs, recipe.augment.mixup, recipe.compile, recipe.lr) == (5, 1.0, True, 0.01)
    assert recipe.augment.scale == 0.1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace("epochs", "epoch"), "did you mean epochs"),
        (GOOD.replace("scale", "scael"), r"did you mean augment\.scale"),
        (GOOD + "zzz = 1\n", "keys are rotation_deg"),
        ("epochs = 3\n", "missing architecture"),
        (GOOD.replace("3", '"three"'), "epochs must be int"),
        (GOOD.replace("3", "0"), "out of range"),
        (GOOD.replace("3", "true"), "epochs must be int"),
        ("augment = 3\n" + GOOD.split("[")[0], "augment must be a table"),
        ("no toml", "not TOML"),
        (GOOD.replace("epochs", "optimiser = 'sgd'\nepochs"), "did you mean optimizer"),
        (GOOD.replace("epochs", "optimizer = 'lion'\nepochs"), "optimizer must be one of sgd, adam, adamw"),
        (GOOD.replace("epochs", "schedule = 'linear'\nepochs"), "schedule must be one of"),
        (GOOD.replace("epochs", "milestones = [0.5, 1.5]\nepochs"), "milestones .* out of range"),
        (GOOD.replace("epochs", "milestones = 0.5\nepochs"), "milestones must be a list of float"),
        (GOOD.replace("epochs", "teachers = [3]\nepochs"), "teachers must be str"),
        (GOOD.replace("epochs", "realigned = 2\nepochs"), "realigned .* out of range"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_recipe(write(tmp_path, text))


def test_a_missing_file_and_a_bad_override(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_recipe(tmp_path / "none.toml")
    with pytest.raises(InputError, match="key=value"):
        load_recipe(write(tmp_path, GOOD), ["epochs"])
