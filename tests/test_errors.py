"""The tree of errors, as its docstring draws it, with the exit code of each."""

from __future__ import annotations

import copy
import pickle

import pytest

from emoar import errors
from emoar.errors import EmoarError, ServerError

TREE = {  # error -> its base and its exit code
    "EmoarError": (Exception, 1),
    "InputError": (EmoarError, 2),
    "MediaError": (errors.InputError, 3),
    "CameraError": (errors.MediaError, 3),
    "DataError": (errors.InputError, 2),
    "OutputError": (EmoarError, 4),
    "ModelError": (EmoarError, 5),
    "ModelMissing": (errors.ModelError, 5),
    "ModelMismatch": (errors.ModelError, 5),
    "TrainingError": (EmoarError, 6),
    "ServerError": (EmoarError, 8),
    "DependencyMissing": (EmoarError, 7),
}


def test_every_error_is_in_the_tree() -> None:
    assert sorted([*TREE, "MediaWarning"]) == sorted(errors.__all__)
    for name in TREE:
        assert name in (errors.__doc__ or "")


@pytest.mark.parametrize("name", TREE)
def test_base_and_exit_code(name: str) -> None:
    base, code = TREE[name]
    kind = getattr(errors, name)
    assert kind.__bases__[0] is base
    assert kind.exit_code == code
    assert issubclass(kind, EmoarError)


def test_wrong_values_are_value_errors_as_well() -> None:
    with pytest.raises(ValueError, match="3 is too small"):
        raise errors.DataError("3 is too small")


@pytest.mark.parametrize("name", TREE)
def test_an_error_is_its_message_also_after_pickling(name: str) -> None:
    error = getattr(errors, name)("box must be (4,), got (5,)")
    for same in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert str(same) == "box must be (4,), got (5,)"


def test_a_server_error_knows_status_and_limit() -> None:
    error = ServerError("too large", status=413, limit="max_pixels")
    assert (str(error), error.status, error.limit) == ("too large", 413, "max_pixels")
    assert (ServerError("gone").status, ServerError("gone").limit) == (None, None)
